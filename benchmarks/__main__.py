"""`python -m benchmarks [match] [poll] [parse]`: run those named, or these.

`outbox`, `latency`, `slack`, `burst` and `sources` run long.

`conformance DIR...` and `extraction DIR...` compare with other programs on files that are not ours to ship.
"""

from __future__ import annotations

import sys

from benchmarks import burst, conformance, extraction, latency, matching, outboxing, parsing, polling, sources
from benchmarks.options import names

BENCHMARKS = {"match": matching.main, "parse": parsing.main, "poll": polling.main}
LONG = {
    "outbox": outboxing.main,
    "latency": latency.latency,
    "slack": latency.slack,
    "burst": burst.main,
    "sources": sources.main,
}


ON_FILES = {"conformance": conformance.main, "extraction": extraction.main}


def main() -> int:
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(__doc__)
        return 0
    if sys.argv[1:2] and sys.argv[1] in ON_FILES:
        ON_FILES[sys.argv[1]](sys.argv[2:])
        return 0
    named = names() or list(BENCHMARKS)
    if unknown := [name for name in named if name not in BENCHMARKS | LONG]:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(BENCHMARKS | LONG)}", file=sys.stderr)
        return 2
    for name in named:
        (BENCHMARKS | LONG)[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
