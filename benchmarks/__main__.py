"""`python -m benchmarks [match] [poll]`: run the measurements named, or all of them."""

from __future__ import annotations

import sys

from benchmarks import matching, polling

BENCHMARKS = {"match": matching.main, "poll": polling.main}


def main() -> int:
    names = sys.argv[1:] or list(BENCHMARKS)
    if unknown := [name for name in names if name not in BENCHMARKS]:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name in names:
        BENCHMARKS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
