"""A whole service in this process, fed and heard by another one: for `latency`, `slack`, `burst` and `sources`."""

from __future__ import annotations

import asyncio
import gc
import io
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx
from pydantic import SecretStr

from benchmarks.polling import settings
from watcher.app import App
from watcher.telemetry import Redactor


@contextmanager
def server(developments: int = 0) -> Iterator[str]:
    """Feeds and a stand-in for Slack from another process, until the end of the block; the base of their addresses."""
    command = [sys.executable, "-m", "benchmarks.live_server", str(developments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()


@dataclass(frozen=True, slots=True)
class Seen:
    """What the other process noted, in Unix time. `posts` at Slack with the links in each."""

    shown: dict[str, float]
    critical: frozenset[str]
    posts: tuple[tuple[float, tuple[str, ...]], ...]
    refused: int

    def posted(self) -> dict[str, float]:
        """When each link was first in a post."""
        found: dict[str, float] = {}
        for moment, links in self.posts:
            for link in links:
                found.setdefault(link, moment)
        return found


def seen(base: str) -> Seen:
    """Ask it."""
    told: Any = httpx.get(f"{base}/seen").json()
    posts = tuple((moment, tuple(links)) for moment, links in told["posts"])
    return Seen(told["shown"], frozenset(told["critical"]), posts, told["refused"])


@asynccontextmanager
async def running(root: Path, base: str) -> AsyncIterator[App]:
    """A service on the rules in this folder; its Slack is the stand-in."""
    slack = {"slack_bot_token": SecretStr("xoxb-benchmark"), "slack_api_url": f"{base}/api/"}
    given = settings(root).model_copy(update=slack)
    async with App(given, Redactor(), console=io.StringIO(), environment={}) as app:
        stop = asyncio.Event()
        service = asyncio.create_task(app.run(stop, settled=gc.freeze))
        try:
            yield app
        finally:
            stop.set()
            await service


def spread(taken: Iterable[float]) -> str:
    """Seconds as "n 31: median 120, p95 300, p99 410, most 420 ms". Of fewer than 100 the p99 is the most."""
    ordered = sorted(taken)
    if len(ordered) < 2:
        return f"n {len(ordered)}"
    cuts = quantiles(ordered, n=100, method="inclusive")
    shown = {"median": median(ordered), "p95": cuts[94], "p99": cuts[98], "most": ordered[-1]}
    return f"n {len(ordered)}: " + ", ".join(f"{name} {value * 1000:.0f}" for name, value in shown.items()) + " ms"


def load() -> str:
    """The machine's load, for the last line of a report."""
    return "load " + " ".join(f"{one:.1f}" for one in os.getloadavg())
