"""How politely and how far we fetch."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from watcher import __version__
from watcher.net.guard import Network
from watcher.net.proxy import Proxy
from watcher.net.transport import Bounds


def user_agent(contact: str = "") -> str:
    """Who is calling: `contact` is a URL or an address where a publisher reaches the people who run this."""
    told = "".join(char for char in contact if char.isascii() and char.isprintable()).strip()
    return f"SignalWatch/{__version__} (news monitoring; {told or 'no contact given'})"


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """Bounds of fetching. Times are seconds; `retries` are the pauses before quick repeats of a failed request.

    `total_timeout` covers redirects and repeats as well. Retry-After is held between `retry_after_least` and
    `retry_after_most`. `per_host` requests at most run at once against one host, `host_gap` seconds or more after one
    another, `concurrency` against all.
    """

    user_agent: str = user_agent()
    allow_private: tuple[Network, ...] = ()
    max_bytes: int = 10_000_000
    max_headers: int = 200
    max_redirects: int = 5
    total_timeout: float = 30.0
    connect_timeout: float = 10.0
    concurrency: int = 32
    per_host: int = 2
    host_gap: float = 0.5
    retries: tuple[float, ...] = (0.5, 2.0)
    retry_after_least: timedelta = timedelta(minutes=1)
    retry_after_most: timedelta = timedelta(hours=24)
    http2: bool = True
    proxy: Proxy | None = field(default=None, repr=False)

    @property
    def bounds(self) -> Bounds:
        """What the transport needs to know."""
        return Bounds(
            total_timeout=self.total_timeout,
            connect_timeout=self.connect_timeout,
            max_bytes=self.max_bytes,
            max_headers=self.max_headers,
        )
