"""How long the news takes: 100 feeds polled every 10 s that bring 50 documents a second, and developments among them.

`latency`: 120 developments a minute, told to the console; from the response in which an item first stood to the moment
at which another process sees its delivery in the outbox.
`slack`: 20 a minute, told to a stand-in for Slack in one channel; to the outbox, and to the request there.
Measured for `--seconds=100` after 30 s of warming up. `--alerts=20` a minute; `--random`: not evenly spread.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.options import flag, option
from benchmarks.polling import write_rules
from benchmarks.running import load, running, seen, server, spread
from benchmarks.slack_stand_in import CHANNEL
from watcher.telemetry import Redactor, configure

FEEDS, RATE, WARM = 100, 0.5, 30.0
TO_SLACK = f"channels: {{desk: {{kind: slack, channel: {CHANNEL}}}}}\nroutes: [{{to: [desk]}}]\n"


def latency() -> None:
    """Print how long it takes to the outbox."""
    _measure("latency", "120", None)


def slack() -> None:
    """Print how long it takes to the outbox, and to Slack."""
    _measure("slack", "20", TO_SLACK)


def _measure(name: str, often: str, routes: str | None) -> None:
    configure("console", "error", Redactor())
    seconds, alerts = float(option("seconds", "100")), float(option("alerts", often))
    how = f"rate={RATE}&alerts={alerts}{'&random=1' if flag('random') else ''}"
    with server(int((seconds + WARM) * alerts / 60) + 20) as base, TemporaryDirectory() as folder:
        root = Path(folder)
        write_rules(root / "rules", [f"{base}/live/{number}?{how}" for number in range(FEEDS)], every="10s")
        if routes:
            (root / "rules" / "routes.yaml").write_text(routes, encoding="utf-8")
        found = asyncio.run(_ran(root, base, seconds))
        told = seen(base)
    documents, cpu, queued = found
    warm = min(told.shown.values()) + WARM
    shown = {link: moment for link, moment in told.shown.items() if moment >= warm}
    posted = told.posted()
    print(
        f"{name}: {documents / seconds:.0f} documents/s, {len(shown)} developments, CPU {cpu / seconds:.0%}, {load()}"
    )
    print(f"  to the outbox  {spread(queued[link] - moment for link, moment in shown.items() if link in queued)}")
    if routes:
        print(f"  to Slack       {spread(posted[link] - moment for link, moment in shown.items() if link in posted)}")
        print(f"  posts {len(told.posts)}, refused {told.refused}, not posted {len(shown.keys() - posted.keys())}")


async def _ran(root: Path, base: str, seconds: float) -> tuple[int, float, dict[str, float]]:
    """Documents and CPU seconds of the time that is measured, and when each link was first in the outbox."""
    async with running(root, base) as app:
        with _eye(root / "data" / "watcher.db") as queued:
            await asyncio.sleep(WARM)
            documents, cpu = app.collector.tally["documents"], time.process_time()
            await asyncio.sleep(seconds)
            documents, cpu = app.collector.tally["documents"] - documents, time.process_time() - cpu
            await asyncio.sleep(3)  # what was shown last is still on its way
        return documents, cpu, queued


@contextmanager
def _eye(database: Path) -> Iterator[dict[str, float]]:
    """When each link was first in the outbox: filled at the end of the block."""
    queued: dict[str, float] = {}
    command = [sys.executable, "-m", "benchmarks.outbox_eye", str(database)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield queued
    finally:
        lines, _ = process.communicate()
        for line in lines.splitlines():
            link, moment = json.loads(line)
            queued.setdefault(link, moment)
