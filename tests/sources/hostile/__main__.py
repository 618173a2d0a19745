"""Play every case one after another in this process, and print how much memory that took at most."""

from __future__ import annotations

import asyncio
import json
import re
import resource
import sys
from pathlib import Path

from tests.sources.hostile.cases import CASES
from tests.sources.hostile.stage import play


def peak_kb() -> int:
    """Of this program alone: on Linux `getrusage` also counts the process that started it, up to the start."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found.group(1)) if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


async def main() -> None:
    for case in CASES:
        await play(case)
    sys.stdout.write(json.dumps({"played": len(CASES), "peak_kb": peak_kb()}))


if __name__ == "__main__":
    asyncio.run(main())
