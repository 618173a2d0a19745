"""One hostile source on a loopback server, polled as the service does, with a good source on the same fetcher."""

from __future__ import annotations

import asyncio
import itertools
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import httpcore

from tests.sources.hostile.bodies import NOW, dated
from tests.support.clock import ManualClock
from tests.support.news_server import NewsServer, Reply, Script
from tests.support.smtp_server import CERTIFICATE
from watcher.model.document import Document, Health, Outcome, Poll, Source, SourceState
from watcher.net.transport import Outside
from watcher.sources.fetch import Fetcher
from watcher.sources.identity import resolve
from watcher.sources.policy import FetchPolicy
from watcher.sources.registry import KINDS
from watcher.sources.rhythm import after_poll

BAD, GOOD = "93.184.215.14", "93.184.215.34"
"""Public addresses at which our servers seem to be; so the guard is up all the time."""
GOOD_ITEMS = 20


@dataclass(frozen=True)
class Case:
    """`scripts` is what the server plays, one after another; `at` is asked for, with {port} of that server.

    `health` is what the source is after `polls` polls, `failure` the class of the last poll's failure, `says` stands in
    its reason or notes. `new` counts the new documents of each poll, `revised` the edited ones in all. `names` are the
    answers of the name server to one question after another. `tls`: over TLS. `requests`: how many reached the server
    in all. `title` of the first document, `wait`: seconds that the server asks for, as far as they are kept.
    """

    name: str
    health: Health
    scripts: Callable[[ManualClock], Sequence[Script]] = lambda _: [Reply(dated(range(3)))]
    failure: str = ""
    says: str = ""
    new: tuple[int, ...] = (0,)
    revised: int = 0
    requests: int | None = None
    at: str = "http://bad.example:{port}/bad"
    tls: bool = False
    names: tuple[str, ...] = (BAD,)
    title: str | None = None
    wait: int = 0

    @property
    def polls(self) -> int:
        return len(self.new)


@dataclass
class Played:
    """What came of it."""

    state: SourceState
    polls: list[Poll] = field(default_factory=list)
    new: list[int] = field(default_factory=list)
    revised: int = 0
    documents: list[Document] = field(default_factory=list)
    good: list[Poll] = field(default_factory=list)
    requests: int = 0
    connections: int = 0


async def play(case: Case) -> Played:
    """Poll the hostile source as often as the case says, and a good one beside it each time."""
    clock = ManualClock()
    async with _servers(case) as (bad_server, good_server), _fetcher(case, clock) as fetcher:
        bad_server.on("/bad", *case.scripts(clock))
        source = Source("bad", "feed", case.at.format(port=bad_server.port), "bad.example")
        good = Source("good", "feed", good_server.url("/good", "good.example"), "good.example")
        played = Played(SourceState(source.id, NOW))
        numbers = itertools.count()
        for turn in range(case.polls):
            now = NOW + timedelta(minutes=10 * turn)
            poll, beside = await asyncio.gather(
                KINDS["feed"].poll(source, played.state, fetcher, now),
                KINDS["feed"].poll(good, SourceState(good.id, NOW), fetcher, now),
            )
            played.good.append(beside)
            _take(played, source, poll, now, lambda: f"document-{next(numbers)}")
        played.requests = len(bad_server.requests)
        played.connections = bad_server.connections
    return played


def _take(played: Played, source: Source, poll: Poll, now: datetime, new_id: Callable[[], str]) -> None:
    arrivals = resolve(source, poll.items, played.documents, now, new_id)
    edited = {document.id: document for document in arrivals.revised}
    played.documents = [*(edited.get(each.id, each) for each in played.documents), *arrivals.new]
    played.polls.append(poll)
    played.new.append(len(arrivals.new))
    played.revised += len(arrivals.revised)
    state = replace(played.state, documents=played.state.documents)
    played.state = after_poll(source, state, poll, now, 0.5, len(arrivals.new), known=arrivals.unchanged)


@asynccontextmanager
async def _servers(case: Case) -> AsyncIterator[tuple[NewsServer, NewsServer]]:
    tls = None
    if case.tls:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(CERTIFICATE)
    async with NewsServer(tls=tls) as bad, NewsServer() as good:
        good.on("/good", Reply(dated(range(GOOD_ITEMS))))
        yield bad, good


@asynccontextmanager
async def _fetcher(case: Case, clock: ManualClock) -> AsyncIterator[Fetcher]:
    answers = list(case.names)

    async def resolver(host: str, port: int) -> Sequence[str]:
        if host == "good.example":
            return [GOOD]
        return [answers.pop(0) if len(answers) > 1 else answers[0]]

    async def no_pause(seconds: float) -> None:
        return None

    trust = ssl.create_default_context(cafile=CERTIFICATE)
    outside = Outside(resolver=resolver, clock=clock.read, ssl_context=trust, network=_Elsewhere())
    fetcher = Fetcher(FetchPolicy(), outside=outside, sleep=no_pause, now=lambda: NOW)
    try:
        yield fetcher
    finally:
        await fetcher.close()


class _Elsewhere(httpcore.AnyIOBackend):
    """All the network there is: our servers at their two public addresses. Whoever gets past the guard is told."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        if host not in (BAD, GOOD):
            raise AssertionError(f"connected to {host}")
        return await super().connect_tcp("127.0.0.1", port, timeout, local_address, socket_options)


def well(poll: Poll) -> bool:
    """Whether the good source lost nothing."""
    return poll.outcome is Outcome.CHANGED and len(poll.items) == GOOD_ITEMS and poll.health is Health.HEALTHY
