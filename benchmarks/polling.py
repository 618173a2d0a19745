"""A poll cycle of 200 loopback feeds of 50 items: first time (10,000 documents stored and matched), then unchanged.

The floor in the same run: one httpx client that fetches the same bytes, and strict lxml that parses them, nothing kept.
The feeds come from another process. Figures are this process's CPU seconds and the wall's.
"""

from __future__ import annotations

import asyncio
import io
import shutil
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import yaml
from lxml import etree

from watcher.app import App
from watcher.services.rules import pack_dir
from watcher.settings import FixedSettings
from watcher.telemetry import Redactor, configure

FEEDS = 200
Figure = tuple[float, float]


def main() -> None:
    """Print a row for each state of the feeds."""
    configure("console", "error", Redactor())
    with _server() as base:
        floor = asyncio.run(_floor(base))
        print(f"poll: {FEEDS} feeds of 50 items over loopback; seconds of CPU (and wall), ratio of CPU to the floor")
        print(f"{'floor: httpx + lxml, nothing kept':<42} {floor[0]:6.2f} ({floor[1]:5.2f})")
        for way, title in (("plain", "unchanged, 200 with the same bytes"), ("etag", "unchanged, 304")):
            first, again, stored = asyncio.run(_cycles(base, way))
            if way == "plain":
                _row(f"first time: {stored} documents, pack of 3", first, floor)
            _row(title, again, floor)


def _row(title: str, figure: Figure, floor: Figure) -> None:
    print(f"{title:<42} {figure[0]:6.2f} ({figure[1]:5.2f})   {figure[0] / floor[0]:.2f} x")


@contextmanager
def _server() -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.feed_server", str(FEEDS)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()


async def _timed(work: Callable[[], Awaitable[object]]) -> Figure:
    cpu, wall = time.process_time(), time.perf_counter()
    await work()
    return time.process_time() - cpu, time.perf_counter() - wall


async def _floor(base: str) -> Figure:
    gate = asyncio.Semaphore(32)
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=64)) as client:

        async def one(number: int) -> None:
            async with gate:
                answer = await client.get(f"{base}/plain/{number}")
            for item in etree.fromstring(answer.content, parser).iter("item"):
                _ = [child.text for child in item]

        async def all_of_them() -> None:
            await asyncio.gather(*(one(number) for number in range(FEEDS)))

        return await _timed(all_of_them)


async def _cycles(base: str, way: str) -> tuple[Figure, Figure, int]:
    """(first cycle, unchanged cycle, documents stored)."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        _write_rules(root / "rules", base, way)
        settings = FixedSettings(
            rules=root / "rules", data_dir=root / "data", fetch_allow_private=(ip_network("127.0.0.0/8"),)
        )
        async with App(settings, Redactor(), console=io.StringIO(), environment={}) as app:
            first = await _timed(app.once)
            stored = app.collector.tally["documents"]
            return first, await _timed(app.once), stored


def _write_rules(target: Path, base: str, way: str) -> None:
    target.mkdir()
    for part in ("signals", "lexicons"):
        shutil.copytree(pack_dir() / part, target / part)
    sources = [
        {
            "id": f"feed-{number}",
            "kind": "feed",
            "url": f"{base}/{way}/{number}",
            "publisher": f"feed{number}.example.org",
            "language": "en",
        }
        for number in range(FEEDS)
    ]
    (target / "sources.yaml").write_text(yaml.safe_dump({"sources": sources}), encoding="utf-8")
    routes = {"channels": {"screen": {"kind": "console"}}, "routes": [{"to": ["screen"]}]}
    (target / "routes.yaml").write_text(yaml.safe_dump(routes), encoding="utf-8")
