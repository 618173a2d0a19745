"""How many requests run at once: in all, and against one host, and how soon after one another against that."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from watcher.net.guard import blocked_reason, is_local_name, literal_address
from watcher.sources.policy import FetchPolicy

_REMEMBERED = 10_000


class Gate:
    """Waits at the host's gate first, so that many requests to one slow host do not hold the places of all others.

    Tasks wait here and not in the connection pool, where hundreds of them slow each other down. `host` is a name or
    address, perhaps with a port. A private address that the operator opened is his own: it is spared the gap.
    """

    def __init__(
        self, policy: FetchPolicy, *, sleep: Callable[[float], Awaitable[None]], clock: Callable[[], float]
    ) -> None:
        self._all = asyncio.Semaphore(policy.concurrency)
        self._policy, self._sleep, self._clock = policy, sleep, clock
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._users: Counter[str] = Counter()
        self._free_at: dict[str, float] = {}

    def room(self, host: str) -> int:
        """How many requests to that host may be begun now without one having to wait for its turn."""
        if not self._policy.host_gap or self._own(host):
            return self._policy.concurrency
        return int(self._users[host] < self._policy.per_host and self._free_at.get(host, 0.0) <= self._clock())

    @asynccontextmanager
    async def enter(self, host: str) -> AsyncIterator[None]:
        """Hold a place while the block runs."""
        semaphore = self._hosts.setdefault(host, asyncio.Semaphore(self._policy.per_host))
        self._users[host] += 1
        try:
            async with semaphore:
                if wait := self._turn(host):
                    await self._sleep(wait)
                async with self._all:
                    yield
        finally:
            self._users[host] -= 1
            if not self._users[host]:
                del self._users[host], self._hosts[host]

    def _turn(self, host: str) -> float:
        """Take the host's next turn; seconds until then."""
        if not self._policy.host_gap or self._own(host):
            return 0.0
        now = self._clock()
        turn = max(now, self._free_at.get(host, now))
        if len(self._free_at) >= _REMEMBERED:
            self._free_at = {each: free for each, free in self._free_at.items() if free > now}
        self._free_at[host] = turn + self._policy.host_gap
        return turn - now

    def _own(self, host: str) -> bool:
        bare = host.rpartition(":")[0] if host.count(":") == 1 or (host.startswith("[") and "]:" in host) else host
        if is_local_name(bare):
            return True
        address = literal_address(bare)
        return address is not None and blocked_reason(address) is not None
