"""Play every case one after another in this process, and print how much memory that took at most."""

from __future__ import annotations

import asyncio
import json
import resource
import sys

from tests.sources.hostile.cases import CASES
from tests.sources.hostile.stage import play


async def main() -> None:
    for case in CASES:
        await play(case)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    sys.stdout.write(json.dumps({"played": len(CASES), "peak_kb": usage.ru_maxrss}))


if __name__ == "__main__":
    asyncio.run(main())
