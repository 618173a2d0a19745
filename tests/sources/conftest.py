"""A fetcher on loopback that does not really wait between its attempts, and one sandbox for each test that needs it."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_network

import pytest

from tests.support.clock import ManualClock
from tests.support.imap_server import PASSWORD, USER
from tests.support.news_server import NewsServer
from tests.support.smtp_server import CERTIFICATE
from watcher.net.transport import Outside
from watcher.sources.fetch import Fetcher
from watcher.sources.policy import FetchPolicy, user_agent

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LOOPBACK = (ip_network("127.0.0.0/8"),)
POLICY = FetchPolicy(user_agent=user_agent("desk@example.org"), allow_private=LOOPBACK, max_bytes=300_000)


ENV = {"DESK_USER": USER, "DESK_PASSWORD": PASSWORD}


@dataclass
class Pauses:
    """Stands in for sleep: keeps how long it would have taken."""

    taken: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.taken.append(seconds)


@dataclass
class Bench:
    """What the tests of fetching need together. `clock` moves only by hand."""

    fetcher: Fetcher
    server: NewsServer
    pauses: Pauses
    clock: ManualClock


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    clock, pauses = ManualClock(), Pauses()
    outside = Outside(clock=clock.read, ssl_context=ssl.create_default_context(cafile=CERTIFICATE))
    fetcher = Fetcher(POLICY, outside=outside, sleep=pauses.sleep, now=lambda: NOW, env=ENV)
    async with NewsServer() as server:
        yield Bench(fetcher, server, pauses, clock)
    await fetcher.close()
