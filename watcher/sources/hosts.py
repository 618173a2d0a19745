"""What polls say about hosts rather than sources: whom to leave alone, and whether it is us who are cut off.

Holds what was seen in the last minutes; time is passed in.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain, zip_longest

from watcher.model.document import Source
from watcher.sources.address import target_of
from watcher.sources.failure import FetchError, Reason

TOGETHER = timedelta(minutes=1)
"""A second address of a host that asks to wait within this makes it the host's wish and not the address's."""

WINDOW = timedelta(minutes=2)
"""How long the last outcome of a host counts for telling our own outage."""

LEAST_HOSTS = 4
"""Fewer hosts that fail together prove nothing about us."""

_MOST_HOSTS = 20_000
_NETWORK = frozenset((Reason.DNS, Reason.CONNECT, Reason.TIMEOUT))


@lru_cache(maxsize=50_000)
def host_of(url: str) -> str:
    """Host, and port if one is given; "" for what is not fetched over HTTP."""
    try:
        return target_of(url).host.lower()
    except FetchError:
        return ""


def in_turns(sources: Iterable[Source]) -> list[Source]:
    """One source of each host, then the next of each: a host with hundreds of them keeps nobody waiting."""
    by_host: dict[str, list[Source]] = {}
    for source in sources:
        by_host.setdefault(host_of(source.url) or source.id, []).append(source)
    rounds = zip_longest(*by_host.values())
    return [source for source in chain.from_iterable(rounds) if source is not None]


class Hosts:
    """Remembers, for each host, who was told to wait and how the last poll went."""

    def __init__(self) -> None:
        self._asked: OrderedDict[str, tuple[str, datetime, datetime]] = OrderedDict()
        self._last: OrderedDict[str, tuple[datetime, bool]] = OrderedDict()
        self.outage_since: datetime | None = None

    def told_to_wait(self, host: str, url: str, now: datetime, wait: timedelta) -> datetime | None:
        """Note that `url` is to be left alone; until when the whole host is, if this is its second address."""
        until = now + wait
        before = self._asked.pop(host, None)
        self._asked[host] = (url, now, until)
        while len(self._asked) > _MOST_HOSTS:
            self._asked.popitem(last=False)
        if before is None or before[0] == url or now - before[1] > TOGETHER:
            return None
        return max(until, before[2])

    def note(self, host: str, now: datetime, failure: str | None, *, unusual: bool) -> bool:
        """Note how a poll went (`failure` None: well); whether its failure is our own outage.

        Only `unusual` failures count: a source that failed before proves nothing. Of the other hosts polled in the last
        minutes, more than half and at least LEAST_HOSTS must be out of reach.
        """
        reached = failure not in _NETWORK
        if reached or unusual:
            self._last.pop(host, None)
            self._last[host] = (now, reached)
        while self._last and (len(self._last) > _MOST_HOSTS or now - next(iter(self._last.values()))[0] > WINDOW):
            self._last.popitem(last=False)
        lost = sum(not reached for _, reached in self._last.values())
        ours = lost >= LEAST_HOSTS and lost * 2 > len(self._last)
        if not ours:
            self.outage_since = None
        elif self.outage_since is None:
            self.outage_since = now
        return ours and not reached
