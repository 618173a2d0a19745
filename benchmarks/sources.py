"""10,000 feeds polled every 5 minutes that answer 304; one poll in a hundred brings an item.

CPU, memory, and how late polls are, in `--seconds=330`. The first five minutes are first polls; with `--seconds=660`
the second half is told apart: the steady state.
"""

from __future__ import annotations

import asyncio
import resource
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select

from benchmarks.options import option
from benchmarks.polling import write_rules
from benchmarks.running import load, running, server
from watcher.app import App
from watcher.storage.schema import source_state
from watcher.telemetry import Redactor, configure

SOURCES, ROUND = 10_000, 330.0
"""Sources, and seconds after which each was polled for the first time."""


def main() -> None:
    """Print a line for each stretch."""
    configure("console", "error", Redactor())
    seconds = float(option("seconds", "330"))
    with server() as base, TemporaryDirectory() as folder:
        write_rules(Path(folder) / "rules", [f"{base}/quiet/{n}" for n in range(SOURCES)], every="5m")
        asyncio.run(_ran(Path(folder), base, seconds))


async def _ran(root: Path, base: str, seconds: float) -> None:
    async with running(root, base) as app:
        await _stretch(app, "first polls", min(seconds, ROUND))
        if seconds > ROUND:
            await _stretch(app, "steady state", seconds - ROUND)


async def _stretch(app: App, name: str, seconds: float) -> None:
    tally, cpu, latest = app.collector.tally.copy(), time.process_time(), 0.0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        await asyncio.sleep(1)
        async with app.db.read() as conn:
            first = await conn.scalar(select(func.min(source_state.c.next_due_at)))
        latest = max(latest, (app.clock.now() - first).total_seconds() if first else 0.0)
    spent, did = time.process_time() - cpu, app.collector.tally - tally
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"sources, {name}, {seconds:.0f} s: {did['polls']} polls, {did['documents']} documents")
    print(
        f"  CPU {spent / seconds:.0%} of a core, at most {memory:.0f} MB resident, latest poll {latest:.1f} s late,"
        f" {load()}",
        flush=True,
    )
