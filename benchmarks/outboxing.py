"""The outbox with 100,000 pending deliveries: how long a claim takes, on SQLite and on PostgreSQL.

90,000 for one channel, the rest for nine others; a third of all has failed before and waits for later. 300 claims of
one (a paced lane) and 300 of eight, each sent and finished in turn; every third is for all ten channels, the others for
the long one. *Empty* is the same claim with nothing pending:
the floor. Milliseconds of wall time: of the claim's statements, and of the whole transaction with its commit.
PostgreSQL is the tests' own server, which syncs nothing; it is left out if that is not installed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import timedelta
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from benchmarks.options import option
from tests.storage.examples import NOW, a_delivery, an_attempt
from watcher.model.delivery import Delivery, Receipt
from watcher.storage import outbox
from watcher.storage.claiming import claim
from watcher.storage.delivery_row import encode_delivery
from watcher.storage.engine import Database
from watcher.storage.migrate import migrate
from watcher.storage.schema import delivery

PENDING, CHANNELS, CLAIMS = 100_000, 10, 300
LEASE = timedelta(minutes=2)


def main() -> None:
    """Print a line for each database and size of claim."""
    pending = int(option("pending", str(PENDING)))
    for name, url in _databases():
        asyncio.run(_measure(name, url, pending))


async def _measure(name: str, url: str, pending: int) -> None:
    db = await Database.open(url)
    try:
        await migrate(db)
        names = [f"channel{number}" for number in range(CHANNELS)]
        floor, _ = await _claims(db, names, 1)
        began = time.perf_counter()
        for start in range(0, pending, 5_000):
            rows = [encode_delivery(_delivery(number, names)) for number in range(start, start + 5_000)]
            async with db.write() as conn:
                await conn.execute(delivery.insert(), rows)
        filled = time.perf_counter() - began
        print(f"outbox on {name}: {pending} pending written in {filled:.0f} s; empty claim {median(floor):.1f} ms")
        for size in (1, 8):
            claims, transactions = await _claims(db, names, size)
            print(f"  {size} at a time: claim {_shown(claims)}, whole transaction {_shown(transactions)}")
        began = time.perf_counter()
        async with db.read() as conn:
            await outbox.next_due(conn, names)
        print(f"  next_due {(time.perf_counter() - began) * 1000:.1f} ms")
    finally:
        await db.close()


async def _claims(db: Database, names: list[str], size: int) -> tuple[list[float], list[float]]:
    claims, transactions = [], []
    for number in range(CLAIMS):
        channels = names if number % 3 == 0 else names[:1]
        began = time.perf_counter()
        async with db.write() as conn:
            taken = await claim(conn, NOW, "benchmark", LEASE, size, channels)
            claims.append((time.perf_counter() - began) * 1000)
        transactions.append((time.perf_counter() - began) * 1000)
        async with db.write() as conn:
            for one in taken:
                await outbox.finish_sent(conn, one, Receipt("ref"), an_attempt(one))
    return claims, transactions


def _delivery(number: int, names: list[str]) -> Delivery:
    later = timedelta(minutes=5) if number % 3 == 0 else -timedelta(seconds=number % 600)
    channel = names[0] if number % 10 else names[number // 10 % CHANNELS]
    return a_delivery(number, channel=channel, priority=number % 4, due_at=NOW + later, dedup_key=str(number))


def _shown(times: list[float]) -> str:
    return f"median {median(times):.1f}, p99 {quantiles(times, n=100)[98]:.1f} ms"


def _databases() -> Iterator[tuple[str, str]]:
    with TemporaryDirectory() as folder:
        yield "SQLite", f"sqlite:///{folder}/outbox.db"
    try:
        from tests.storage.postgres import running_postgres  # noqa: PLC0415 - only with the tests' tools
    except ImportError:
        print("PostgreSQL: the tests' server is not installed")
        return
    with running_postgres() as server:
        yield "PostgreSQL", server.url(server.create())
