"""Knowing: which channels need not be told what was done, because it was done there. Pure.

On-call services keep alerts' lives themselves: what a person did in one of them is told to all the others.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from watcher.delivery.kind import ChannelOptions
from watcher.delivery.registry import KINDS
from watcher.model.alert import AlertStatus
from watcher.model.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done at a `place` (cli, slack, pagerduty); `where` is its own name for the part of it, if it tells one.

    `status` is how the alert stands now.
    """

    place: str
    where: str
    status: AlertStatus


def knowing(rulebook: Rulebook, deed: Deed, told: Collection[str]) -> frozenset[str]:
    """Of the channels that were `told` the alert those that know of the deed.

    The one that is configured by the name that the place gives; without it the only one that has none. If several may
    be it, an acknowledgement or an end is told to all of them, for it changes nothing where it was done; that the alert
    is open again is told to none, for that would open another incident there.
    """
    kind = KINDS.get(deed.place)
    if kind is None or not issubclass(kind.options, ChannelOptions) or not kind.options.pages:
        return frozenset()
    names = {name: _known_as(it.options) for name, it in rulebook.routing.channels.items() if it.kind == deed.place}
    if named := {name for name, known_as in names.items() if deed.where and known_as == deed.where}:
        return frozenset(named)
    perhaps = frozenset(name for name, known_as in names.items() if name in told and not (known_as and deed.where))
    return perhaps if len(perhaps) == 1 or deed.status is AlertStatus.OPEN else frozenset()


def _known_as(options: object) -> str:
    return options.known_as if isinstance(options, ChannelOptions) else ""
