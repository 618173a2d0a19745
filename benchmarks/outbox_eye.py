"""A process of its own that looks into a SQLite outbox: a line for each delivery, with its link and when it was there.

Asks every few milliseconds whether anything was committed, which costs nothing, and reads only then. Ends when its
standard input does.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import threading
import time

EVERY_S = 0.004


def main(path: str) -> None:
    """Look until nobody wants to know any more."""
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    base = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
    version, seen = -1, 0
    while not over.is_set():
        newest = base.execute("PRAGMA data_version").fetchone()[0]
        if newest != version:
            version, now = newest, time.time()
            query = "SELECT rowid, message FROM delivery WHERE rowid > ? ORDER BY rowid"
            for rowid, message in base.execute(query, (seen,)).fetchall():
                seen = rowid
                print(json.dumps([json.loads(message)["document"]["url"], now]), flush=True)
        time.sleep(EVERY_S)


if __name__ == "__main__":
    main(sys.argv[1])
