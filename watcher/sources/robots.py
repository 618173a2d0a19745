"""robots.txt: what a host asks of programs that follow links. Feeds are made for programs; articles are asked about.

As RFC 9309 and Google's rules have it, with urllib.robotparser: the first rule that fits decides, and wildcards inside
paths are not known. A host that gives no answer forbids nothing; one that answers 401, 403 or 429 wants no programs.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.robotparser import RobotFileParser
from weakref import WeakValueDictionary

from watcher.sources.address import target_of
from watcher.sources.failure import FetchError
from watcher.sources.fetch import FetchRequest, FetchResponse

AGENT = "SignalWatch"
MAX_ROBOTS = 500_000
"""Bytes that are read, as Google does; what follows is ignored."""

KEPT_S = 24 * 3600.0
"""Seconds for which an answer holds."""

SOON_S = 3600.0
"""The same for a host that gave none, or was too busy to."""

MAX_HOSTS = 256
_REFUSING = (401, 403, 429)


class Getter(Protocol):
    """What fetches."""

    async def get(self, request: FetchRequest) -> FetchResponse:
        """Raises FetchError."""
        ...


@dataclass(frozen=True, slots=True)
class _Rules:
    """`body` is kept as it came: parsed, a hostile one takes thirty times the memory. None: everything is forbidden."""

    body: bytes | None
    until: float


class Robots:
    """Rules of the hosts asked last. `monotonic` gives seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._known: OrderedDict[str, _Rules] = OrderedDict()
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def allow(self, url: str, fetcher: Getter) -> bool:
        """Whether the host lets us fetch `url`. Raises FetchError (url) for what is no http address."""
        place = str(target_of(url).url.join("/robots.txt"))
        lock = self._asking.setdefault(place, asyncio.Lock())
        async with lock:
            rules = self._remembered(place) or await self._ask(place, fetcher)
        if not rules.body:
            return rules.body is not None
        return await asyncio.to_thread(_allowed, rules.body, url)

    def _remembered(self, place: str) -> _Rules | None:
        rules = self._known.get(place)
        if rules is None or rules.until <= self._monotonic():
            return None
        self._known.move_to_end(place)
        return rules

    async def _ask(self, place: str, fetcher: Getter) -> _Rules:
        body, holds = await _fetched(place, fetcher)
        rules = self._known[place] = _Rules(body, self._monotonic() + holds)
        self._known.move_to_end(place)
        while len(self._known) > MAX_HOSTS:
            self._known.popitem(last=False)
        return rules


async def _fetched(place: str, fetcher: Getter) -> tuple[bytes | None, float]:
    try:
        answer = await fetcher.get(FetchRequest(place, accept="text/plain, */*;q=0.1"))
    except FetchError as error:
        if error.status in _REFUSING:
            return None, SOON_S if error.status == 429 else KEPT_S
        return b"", KEPT_S if error.status and error.status < 500 else SOON_S
    return answer.body[:MAX_ROBOTS], KEPT_S


def _allowed(body: bytes, url: str) -> bool:
    parser = RobotFileParser()
    try:
        parser.parse(body.decode("utf-8-sig", "replace").splitlines())
        return parser.can_fetch(AGENT, url)
    except ValueError:  # a rule or an address that urllib cannot read
        return True
