"""`python -m tests.soak [--kills=200] [--documents=2000] [--seed=N] [--keep]`: kill the service, see what is lost.

Exit code 0 if nothing was lost or wrong. With --keep the folder with database and rules stays, and its name is told.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import tempfile
import time
from pathlib import Path

import structlog

from tests.soak.run import Soak
from tests.soak.verdict import verdict
from tests.support.office import Office


def _hush() -> None:
    """Servers whose client was killed complain, and so does what runs in this process."""
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL + 1)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


async def soak(options: argparse.Namespace, folder: Path) -> bool:
    began = time.monotonic()

    def told(line: str) -> None:
        print(f"{time.monotonic() - began:5.0f} s  {line}", flush=True)

    async with Office(folder) as office:
        run = Soak(office, kills=options.kills, documents=options.documents, seed=options.seed, told=told)
        await run.run()
        found = await verdict(run)
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"seed           {options.seed}, {time.monotonic() - began:.0f} s, load of the machine {load}")
    print("\n".join(found.lines()))
    return found.ok


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--documents", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    _hush()
    if options.keep:
        folder = Path(tempfile.mkdtemp(prefix="soak-"))
        print(f"in {folder}")
        return 0 if asyncio.run(soak(options, folder)) else 1
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        return 0 if asyncio.run(soak(options, Path(name))) else 1


if __name__ == "__main__":
    sys.exit(main())
