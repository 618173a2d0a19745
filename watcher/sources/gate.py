"""How many requests run at once: in all, and against one host."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Gate:
    """Waits at the host's gate first, so that many requests to one slow host do not hold the places of all others.

    Tasks wait here and not in the connection pool, where hundreds of them slow each other down.
    """

    def __init__(self, concurrency: int, per_host: int) -> None:
        self._all = asyncio.Semaphore(concurrency)
        self._per_host = per_host
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._users: Counter[str] = Counter()

    @asynccontextmanager
    async def enter(self, host: str) -> AsyncIterator[None]:
        """Hold a place while the block runs."""
        semaphore = self._hosts.setdefault(host, asyncio.Semaphore(self._per_host))
        self._users[host] += 1
        try:
            async with semaphore, self._all:
                yield
        finally:
            self._users[host] -= 1
            if not self._users[host]:
                del self._users[host], self._hosts[host]
