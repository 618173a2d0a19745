"""Run by another Python, in which the `reader` library is installed: the same feeds, new entries searched for terms.

Arguments: base URL, number of feeds, how they answer. Prints the CPU seconds of the first and of the second cycle.
"""

import re
import sys
import time
from tempfile import TemporaryDirectory

from reader import make_reader  # type: ignore[import-not-found]  # a peer, never a dependency

TERMS = re.compile("militia|memorandum|nato|hormuz|strait|sanctions|tariff|brigade|ministry|iran|iraq", re.IGNORECASE)


def main() -> None:
    base, count, way = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with TemporaryDirectory() as folder:
        reader = make_reader(f"{folder}/reader.db")
        found = []

        def seen(reader: object, entry: object, status: object) -> None:
            text = f"{entry.title} {entry.summary}"  # type: ignore[attr-defined]
            found.extend(TERMS.findall(text)[:1])

        reader.after_entry_update_hooks.append(seen)
        for number in range(count):
            reader.add_feed(f"{base}/{way}/{number}")
        for _ in range(2):
            started = time.process_time()
            reader.update_feeds()
            print(time.process_time() - started, reader.get_entry_counts().total, flush=True)


main()
