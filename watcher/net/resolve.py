"""Names to addresses."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""`await resolver(host, port)` gives addresses in the order to try; raises OSError if there are none."""

# A name server that does not answer holds a thread for as long as the system likes: not one of the loop's own threads.
_LOOKUPS = ThreadPoolExecutor(max_workers=16, thread_name_prefix="lookup")


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """Ask the operating system. Raises socket.gaierror."""
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(_LOOKUPS, _look_up, host, port)
    return list(dict.fromkeys(found))


def _look_up(host: str, port: int) -> list[str]:
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
