"""The service while it runs, fed by another process: how long an item takes to the outbox, and 10,000 sources at once.

`latency`: 100 feeds polled every 10 s, each with a new item every 2 s, one in 20 about a signal; from the response
in which an item first stood to the moment at which another connection sees its delivery (looked for every 20 ms), after
20 s of warming up. Every so many-th (`--telling=20`) item is about a signal.
`slack`: the same, told to a stand-in for Slack; to the request there. Most fold into stories that were told.
`sources`: 10,000 feeds polled every 5 minutes that answer 304, one poll in a hundred brings an item; CPU, memory, and
how late polls are. Option for all: `--seconds=60`.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import httpx
from pydantic import SecretStr
from sqlalchemy import func, select

from benchmarks.options import option
from benchmarks.polling import settings, write_rules
from watcher.app import App
from watcher.storage.engine import Database
from watcher.storage.schema import delivery, source_state
from watcher.telemetry import Redactor, configure

FEEDS, SOURCES, RATE, WARM = 100, 10_000, 0.5, 20.0


def latency() -> None:
    """Print the percentiles."""
    configure("console", "error", Redactor())
    seconds = float(option("seconds", "60"))
    with _server() as base, TemporaryDirectory() as folder:
        telling = option("telling", "20")
        urls = [f"{base}/live/{n}?rate={RATE}&telling={telling}" for n in range(FEEDS)]
        write_rules(Path(folder) / "rules", urls, every="10s")
        seen = asyncio.run(_watched(Path(folder), seconds))
        served = httpx.get(f"{base}/served").json()
    warm = min(served.values()) + WARM
    served = {link: moment for link, moment in served.items() if moment >= warm}
    taken = sorted(moment - served[link] for link, moment in seen.items() if link in served)
    cuts = quantiles(taken, n=100) if len(taken) > 1 else [0.0] * 99
    rate = len(served) / (seconds - WARM)
    print(f"latency: {rate:.0f} documents/s, {len(taken)} deliveries, ms from response to outbox")
    shown = {"median": median(taken), "p95": cuts[94], "p99": cuts[98], "most": taken[-1]}
    print(", ".join(f"{name} {value * 1000:.0f}" for name, value in shown.items()))


def slack() -> None:
    """Print the percentiles of the way to the request at Slack."""
    configure("console", "error", Redactor())
    seconds, telling = float(option("seconds", "200")), option("telling", "20")
    with _server() as base, TemporaryDirectory() as folder:
        root = Path(folder)
        urls = [f"{base}/live/{n}?rate={RATE}&telling={telling}" for n in range(FEEDS)]
        write_rules(root / "rules", urls, every="10s")
        routes = "channels: {desk: {kind: slack, channel: C0DESK00001}}\nroutes: [{to: [desk]}]\n"
        (root / "rules" / "routes.yaml").write_text(routes, encoding="utf-8")
        cpu = time.process_time()
        asyncio.run(_told(root, base, seconds))
        cpu = time.process_time() - cpu
        served, posted = httpx.get(f"{base}/served").json(), httpx.get(f"{base}/posted").json()
    warm = min(served.values()) + WARM
    taken = sorted(moment - served[link] for link, moment in posted.items() if served.get(link, 0) >= warm)
    cuts = quantiles(taken, n=100) if len(taken) > 1 else [0.0] * 99
    rate = sum(moment >= warm for moment in served.values()) / (seconds - WARM)
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"slack: {rate:.0f} documents/s, {len(taken)} posts, ms from response to Slack's request, load {load}")
    shown = {"median": median(taken), "p95": cuts[94], "p99": cuts[98], "most": taken[-1]}
    print(", ".join(f"{name} {value * 1000:.0f}" for name, value in shown.items()) + f"; CPU {cpu / seconds:.0%}")


async def _told(root: Path, base: str, seconds: float) -> None:
    given = settings(root).model_copy(
        update={"slack_bot_token": SecretStr("xoxb-benchmark"), "slack_api_url": f"{base}/api/"}
    )
    async with App(given, Redactor(), console=io.StringIO(), environment={}) as app:
        stop = asyncio.Event()
        running = asyncio.create_task(app.run(stop))
        await asyncio.sleep(seconds)
        stop.set()
        await running


def scale() -> None:
    """Print CPU, memory and lateness."""
    configure("console", "error", Redactor())
    seconds = float(option("seconds", "330"))
    with _server() as base, TemporaryDirectory() as folder:
        write_rules(Path(folder) / "rules", [f"{base}/quiet/{n}" for n in range(SOURCES)], every="5m")
        asyncio.run(_scaled(Path(folder), seconds))


async def _watched(root: Path, seconds: float) -> dict[str, float]:
    """When the delivery of each link was first seen."""
    seen: dict[str, float] = {}
    async with App(settings(root), Redactor(), console=io.StringIO(), environment={}) as app:
        stop = asyncio.Event()
        running = asyncio.create_task(app.run(stop))
        other = await Database.open(f"sqlite:///{root / 'data' / 'watcher.db'}")
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            await asyncio.sleep(0.02)
            async with other.read() as conn:
                rows = list(await conn.execute(select(delivery.c.message).offset(len(seen))))
            now = time.time()
            for (message,) in rows:
                told = message if isinstance(message, dict) else json.loads(message)
                seen.setdefault(told["document"]["url"], now)
        stop.set()
        await running
        await other.close()
    return seen


async def _scaled(root: Path, seconds: float) -> None:
    async with App(settings(root), Redactor(), console=io.StringIO(), environment={}) as app:
        stop = asyncio.Event()
        cpu = time.process_time()
        running = asyncio.create_task(app.run(stop))
        latest = 0.0
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            await asyncio.sleep(1)
            async with app.db.read() as conn:
                first = await conn.scalar(select(func.min(source_state.c.next_due_at)))
            latest = max(latest, (app.clock.now() - first).total_seconds() if first else 0.0)
        spent = time.process_time() - cpu
        stop.set()
        await running
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        polls, new = app.collector.tally["polls"], app.collector.tally["documents"]
        print(f"sources: {SOURCES} every 5 m for {seconds:.0f} s: {polls} polls, {new} documents")
        print(f"CPU {spent / seconds:.0%} of a core, at most {memory:.0f} MB resident, latest poll {latest:.1f} s late")


@contextmanager
def _server() -> Iterator[str]:
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.live_server"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()
