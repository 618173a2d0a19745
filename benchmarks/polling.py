"""A poll cycle of 1,000 loopback feeds of 50 items: first time (50,000 documents stored and matched), then unchanged.

In the same run: what one httpx client needs to fetch the same bytes; the same with the fastest parser that reads them
correctly (the product's own, on its fast path), and with bare lxml, nothing kept. The feeds come from another process.
Figures are this process's CPU seconds and the wall's. Options: `--feeds=200`; `--reader=PYTHON`, `--flexget=PYTHON`: a
Python in which the peer is installed.
"""

from __future__ import annotations

import asyncio
import gc
import io
import shutil
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import yaml
from lxml import etree

from benchmarks.options import option
from watcher.app import App
from watcher.services.rules import pack_dir
from watcher.settings import FixedSettings
from watcher.sources.feed import read_strictly
from watcher.telemetry import Redactor, configure

Figure = tuple[float, float]
Parse = Callable[[bytes], object]
PEERS = {"reader": "benchmarks/peer_reader.py", "flexget": "benchmarks/peer_flexget.py"}


def main() -> None:
    """Print a row for each state of the feeds."""
    configure("console", "error", Redactor())
    count = int(option("feeds", "1000"))
    with server(count) as base:
        print(f"poll: {count} feeds of 50 items over loopback; seconds of CPU (and wall)")
        _row("floor: fetch", fetch := asyncio.run(_floor(base, count, None)))
        _row("floor: fetch, bare lxml", asyncio.run(_floor(base, count, _bare)))
        _row("floor: fetch, correct parser", floor := asyncio.run(_floor(base, count, _correct)))
        for way, title in (("plain", "unchanged, 200 with the same bytes"), ("etag", "unchanged, 304")):
            first, again, stored = asyncio.run(_cycles(base, way, count))
            if way == "plain":
                _row(f"first time: {stored} documents", first, floor)
            else:
                fetch = asyncio.run(_floor(base, count, None, tags=True))
                _row("floor: fetch, conditional", fetch)
            _row(title, again, fetch)
        for name, script in PEERS.items():
            if python := option(name):
                _peer(name, python, script, base, count)


def _row(title: str, figure: Figure, floor: Figure | None = None) -> None:
    ratio = f"   {figure[0] / floor[0]:.2f} x" if floor else ""
    print(f"{title:<42} {figure[0]:7.2f} ({figure[1]:6.2f}){ratio}", flush=True)


def _peer(name: str, python: str, script: str, base: str, count: int) -> None:
    ran = subprocess.run([python, script, base, str(count), "plain"], capture_output=True, text=True, check=False)
    figures = [line.split() for line in ran.stdout.splitlines()]
    if ran.returncode or len(figures) < 2:
        print(f"{name}: failed: {ran.stderr.strip().splitlines()[-1:]}")
        return
    print(f"{name + ', first time':<42} {float(figures[0][0]):7.2f}")
    print(f"{name + ', unchanged, 200':<42} {float(figures[1][0]):7.2f}")


@contextmanager
def server(count: int) -> Iterator[str]:
    """Feeds from another process, until the end of the block; the base of their addresses."""
    command = [sys.executable, "-m", "benchmarks.feed_server", str(count)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()


async def timed(work: Callable[[], Awaitable[object]]) -> Figure:
    """CPU and wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    await work()
    return time.process_time() - cpu, time.perf_counter() - wall


def _bare(body: bytes) -> object:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return [[child.text for child in item] for item in etree.fromstring(body, parser).iter("item")]


def _correct(body: bytes) -> object:
    return read_strictly(body, "application/rss+xml", "http://127.0.0.1/", datetime.now(UTC))


async def _floor(base: str, count: int, parse: Parse | None, *, tags: bool = False) -> Figure:
    gate = asyncio.Semaphore(32)
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=64)) as client:

        async def one(number: int) -> None:
            headers = {"If-None-Match": f'"v1-{number}"'} if tags else {}
            async with gate:
                answer = await client.get(f"{base}/{'etag' if tags else 'plain'}/{number}", headers=headers)
            if parse:
                parse(answer.content)

        async def all_of_them() -> None:
            await asyncio.gather(*(one(number) for number in range(count)))

        return await timed(all_of_them)


async def _cycles(base: str, way: str, count: int) -> tuple[Figure, Figure, int]:
    """(first cycle, unchanged cycle, documents stored)."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        write_rules(root / "rules", [f"{base}/{way}/{number}" for number in range(count)])
        async with App(settings(root), Redactor(), console=io.StringIO(), environment={}) as app:
            gc.freeze()  # as the service does: what is built is not looked through for garbage
            first = await timed(app.once)
            stored = app.collector.tally["documents"]
            again = await timed(app.once)
            gc.unfreeze()
            return first, again, stored


def settings(root: Path) -> FixedSettings:
    """Of a service in this folder that may fetch from this machine."""
    loopback = (ip_network("127.0.0.0/8"),)
    return FixedSettings(
        rules=root / "rules",
        data_dir=root / "data",
        fetch_allow_private=loopback,
        fetch_per_host=32,
        fetch_host_gap=0,
        enrich_per_hour=0,
    )


def write_rules(target: Path, urls: list[str], every: str = "5m") -> None:
    """The pack's signals over these feeds, told to the console."""
    target.mkdir()
    for part in ("signals", "lexicons"):
        shutil.copytree(pack_dir() / part, target / part)
    sources = [
        {"id": f"feed-{n}", "kind": "feed", "url": url, "publisher": f"feed{n}.example.org", "language": "en"}
        for n, url in enumerate(urls)
    ]
    written = yaml.safe_dump({"defaults": {"every": every}, "sources": sources})
    (target / "sources.yaml").write_text(written, encoding="utf-8")
    routes = {"channels": {"screen": {"kind": "console"}}, "routes": [{"to": ["screen"]}]}
    (target / "routes.yaml").write_text(yaml.safe_dump(routes), encoding="utf-8")
