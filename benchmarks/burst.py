"""500 alerts in a minute to one Slack channel, the last ten of them critical: how long until all of them are told.

As a desk would set its channel up (`group` and `limit`), then with a message each, which takes more than eight minutes
at Slack's pace: of that only the first `--plain=90` seconds are run. `--plain=600` runs it to the end.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.live_server import BURST, BURST_FEEDS
from benchmarks.options import option
from benchmarks.polling import write_rules
from benchmarks.running import Seen, load, running, seen, server
from benchmarks.slack_stand_in import CHANNEL
from watcher.model.delivery import DeliveryStatus
from watcher.storage import outbox
from watcher.storage.engine import Database
from watcher.telemetry import Redactor, configure

OVER, CRITICAL, AVAILABLE = 60, 10, 1_100
PLAIN = f"channels: {{desk: {{kind: slack, channel: {CHANNEL}}}}}\nroutes: [{{to: [desk]}}]\n"
GROUPED = f"""channels:
  desk: {{kind: slack, channel: {CHANNEL}, limit: {{most: 20, per: 1m}}}}
routes:
  - {{to: [desk], group: {{by: signal, wait: 10s, longest: 30s, interval: 30s}}}}
"""


def main() -> None:
    """Print a paragraph for each setting."""
    configure("console", "error", Redactor())
    _measure("grouped", GROUPED, 300)
    _measure("a message each", PLAIN, float(option("plain", "90")))


@dataclass(frozen=True, slots=True)
class Ended:
    """Links whose message was taken by Slack, of how many alerts; deliveries by status."""

    told: frozenset[str]
    waiting: int
    dead: int
    cpu: float


def _measure(name: str, routes: str, seconds: float) -> None:
    with server(AVAILABLE) as base, TemporaryDirectory() as folder:
        root = Path(folder)
        urls = [f"{base}/burst/{number}?over={OVER}&critical={CRITICAL}" for number in range(BURST_FEEDS)]
        write_rules(root / "rules", urls, every="5s")
        (root / "rules" / "routes.yaml").write_text(routes, encoding="utf-8")
        ended = asyncio.run(_ran(root, base, seconds))
        _report(name, ended, seen(base))


async def _ran(root: Path, base: str, seconds: float) -> Ended:
    """Until everything is told, at most so long."""
    until, cpu = time.monotonic() + seconds, time.process_time()
    async with running(root, base) as app:
        while True:
            await asyncio.sleep(1)
            ended = await _ended(app.db, time.process_time() - cpu)
            all_told = len(ended.told) >= BURST and not ended.waiting
            if all_told or time.monotonic() > until:
                return ended


async def _ended(db: Database, cpu: float) -> Ended:
    async with db.read() as conn:
        sent = await outbox.listing(conn, DeliveryStatus.SENT, limit=10_000)
        counts = await outbox.counts(conn)
    told = {one.message.document.url for one in sent if one.alert_id}
    told |= {item.document.url for one in sent for item in one.message.items}
    dead = counts.get(DeliveryStatus.DEAD, 0)
    return Ended(frozenset(told), sum(counts.values()) - len(sent) - dead, dead, cpu)


def _report(name: str, ended: Ended, noted: Seen) -> None:
    began, posted = min(noted.shown.values()), noted.posted()
    pages = {link: posted[link] for link in noted.critical if link in posted}
    first, last = min(noted.shown[link] for link in pages), max(pages.values())
    between = sum(first < moment < last and not pages.keys() & set(links) for moment, links in noted.posts)
    slowest = max(moment - noted.shown[link] for link, moment in pages.items())
    print(f"burst, {name}: {len(noted.shown)} developments in {max(noted.shown.values()) - began:.0f} s, {load()}")
    print(f"  told {len(ended.told)}, waiting {ended.waiting} messages, dead {ended.dead}, CPU {ended.cpu:.0f} s")
    print(f"  {len(noted.posts)} messages that name {len(posted)} of them, the last {noted.posts[-1][0] - began:.0f} s "
          f"after the first development, refused by Slack {noted.refused}")  # fmt: skip
    print(f"  {len(pages)} critical ones, the slowest {slowest:.1f} s after it was shown, "
          f"messages about others meanwhile: {between}", flush=True)  # fmt: skip
