"""How much a text is on the topic of a signal although no pattern holds, and not even all that one needs is there.

Every group that a pattern needs, but for what is done, counts its weight where it stands, and less if other signals
look for the same words: "memorandum" tells more of a signal than "Iran", which many have. One word shared by n live
signals counts one part in the square root of n.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from itertools import combinations
from math import isqrt
from typing import Final

from watcher.detection.compiled import ReadyGroup, ReadySignal
from watcher.model.signal import Status

ENOUGH: Final = 26
"""Points from which a text is on a part of the topic. On the labelled texts a lower bound brings many that are not."""
FULL: Final = 50
"""Points above which more says nothing further."""
_LEAST_WEIGHT: Final = 5  # a group that only gives context (weight 0) tells of the topic too
_TOO_MANY: Final = 6  # groups of a topic whose combinations are not all tried
_WHOLE: Final = 100


def shared_terms(signals: Iterable[ReadySignal]) -> dict[int, int]:
    """Term → percent that it counts, where more than one live signal looks for it."""
    users = Counter(
        term
        for ready in signals
        if ready.signal.status is Status.LIVE
        for term in frozenset().union(*(group.terms for group in ready.groups.values()))
    )
    return {term: _WHOLE * _WHOLE // isqrt(_WHOLE * _WHOLE * count) for term, count in users.items() if count > 1}


def points(
    ready: ReadySignal, found: Set[int], shared: Mapping[int, int], percent: Mapping[str, int] | None = None
) -> int:
    """Points of the topic of which most is there; 0 if more than one of the groups that the rule requires are wanting.

    `found` are the terms of the page; `percent` is what the place of each group counts, None: the most that it can.
    Groups that are there by the same words count once.
    """
    groups = {name: group for name, group in ready.groups.items() if not group.terms.isdisjoint(found)}
    counts = percent if percent is not None else {name: _most(group) for name, group in groups.items()}
    if len(ready.context & counts.keys()) < _least(ready):
        return 0
    terms = {name: group.terms & found for name, group in groups.items()}
    told = {name: _weight(group, own_percent(terms[name], shared)) for name, group in groups.items()}
    by_weight = sorted(terms, key=lambda name: (-told[name], name))
    worth = {name: told[name] * counts.get(name, 0) // _WHOLE for name in terms}
    return max((_counted_once(topic, by_weight, terms, worth) for topic in ready.subjects), default=0)


def _counted_once(
    topic: Set[str], names: Iterable[str], terms: Mapping[str, Set[int]], worth: Mapping[str, int]
) -> int:
    """The worth of a topic's groups, but for those whose words were counted already; 0 for a single one."""
    taken: set[int] = set()
    counted, points = 0, 0
    for name in names:
        if name in topic and not terms[name] <= taken:
            taken |= terms[name]
            counted += worth[name] > 0
            points += worth[name]
    return points if counted > 1 else 0


def own_percent(terms: Iterable[int], shared: Mapping[int, int]) -> int:
    """Percent that the most telling of these terms counts."""
    return max((shared.get(term, _WHOLE) for term in terms), default=0)


def _weight(group: ReadyGroup, own: int) -> int:
    return max(group.weight, _LEAST_WEIGHT) * own // _WHOLE


def _most(group: ReadyGroup) -> int:
    return max(group.fields.title, group.fields.lead, group.fields.body)


def _least(ready: ReadySignal) -> int:
    """How many of the groups that the rule calls required must be there: all but one, two at least if there are two."""
    return min(len(ready.context), max(2, len(ready.context) - 1))


def parts(ready: ReadySignal, shared: Mapping[int, int]) -> Iterable[frozenset[str]]:
    """Groups that together may be enough, wherever they stand: no text without one of these sets reaches ENOUGH."""
    most = {
        name: _weight(group, own_percent(group.terms, shared)) * _most(group) // _WHOLE
        for name, group in ready.groups.items()
    }
    for topic in ready.subjects:
        for core in map(frozenset, combinations(sorted(ready.context), _least(ready))):
            others = sorted(topic - core)
            for size in range(len(others) + 1) if len(others) <= _TOO_MANY else (0,):
                for more in combinations(others, size):
                    enough = sum(most[name] for name in topic & core.union(more)) >= ENOUGH
                    if len(core) + size > 1 and (enough or len(others) > _TOO_MANY):
                        yield core.union(more)
