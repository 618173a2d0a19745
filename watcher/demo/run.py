"""Play the bundled wire to the real service: the same `App`, over real HTTP, on a database that is thrown away."""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from watcher.app import App
from watcher.demo.config import write_rules
from watcher.demo.load import load_wire
from watcher.demo.server import serve
from watcher.services.rules import pack_dir
from watcher.services.summary import Summary
from watcher.settings import FixedSettings, Settings
from watcher.telemetry import Redactor, configure

LENGTH_S = 30.0
"""How long the wire is written to play, its last item a few seconds before the end."""


async def demo(seconds: float = LENGTH_S, console: TextIO | None = None) -> Summary:
    """Run for `seconds`, alerts on `console` (standard output) as they come; returns the counts."""
    out = console or sys.stdout
    configure("console", "warning", Redactor())
    wire = load_wire()
    begun, begun_at = time.monotonic(), datetime.now(UTC)

    def elapsed() -> float:
        return (time.monotonic() - begun) * LENGTH_S / seconds

    with TemporaryDirectory(prefix="signal-watch-demo-") as folder:
        async with serve(wire, begun_at, elapsed) as base_url:
            root = Path(folder)
            write_rules(root / "rules", base_url, pack_dir())
            async with App(_settings(root), Redactor(), console=out, environment={}) as app:
                rulebook = app.holder.current.rulebook
                out.write(
                    f"Signal Watch polls {len(rulebook.sources)} invented sources at {base_url} for "
                    f"{len(rulebook.signals)} signals, for {seconds:.0f} s. Alerts appear below as they come.\n"
                )
                out.flush()
                return await _play(app, seconds)


async def _play(app: App, seconds: float) -> Summary:
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, stop.set)
    await app.run(stop)
    await app.collector.settle()
    await app.pipeline.run_pending()
    await app.deliverer.drain(timedelta(seconds=1))
    return await app.summary()


def _settings(root: Path) -> Settings:
    return FixedSettings(
        rules=root / "rules",
        data_dir=root / "data",
        fetch_allow_private=(ip_network("127.0.0.0/8"),),
        fetch_timeout=5.0,
        enrich_per_hour=0,  # its items carry their whole text
    )
