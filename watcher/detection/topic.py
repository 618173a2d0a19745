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
    """Term → how many live signals look for it, where it is more than one."""
    users = Counter(
        term
        for ready in signals
        if ready.signal.status is Status.LIVE
        for term in frozenset().union(*(group.terms for group in ready.groups.values()))
    )
    return {term: count for term, count in users.items() if count > 1}


def topics(ready: ReadySignal) -> tuple[frozenset[str], ...]:
    """What each pattern needs, but for what is done."""
    found = dict.fromkeys(need - ready.actions for need in ready.needs) if ready.patterns else ()
    return tuple(topic for topic in found if len(topic) > 1)


def points(
    ready: ReadySignal, found: Set[int], shared: Mapping[int, int], percent: Mapping[str, int] | None = None
) -> int:
    """Points of the topic of which most is there; 0 if more than one of the groups that the rule requires are wanting.

    `found` are the terms of the page; `percent` is what the place of each group counts, None: the most that it can.
    Groups that are there by the same words count once.
    """
    terms = {name: group.terms & found for name, group in ready.groups.items() if not group.terms.isdisjoint(found)}
    counts = percent if percent is not None else {name: _most(ready.groups[name]) for name in terms}
    if len(ready.context & counts.keys()) < _least(ready):
        return 0
    told = {name: _weight(ready.groups[name], own_percent(terms[name], shared)) for name in terms}
    best = 0
    for topic in topics(ready):
        taken: set[int] = set()
        sums = []
        for name in sorted(topic & terms.keys(), key=lambda name: (-told[name], name)):
            if not terms[name] <= taken:
                taken |= terms[name]
                sums.append(told[name] * counts.get(name, 0) // _WHOLE)
        best = max(best, sum(sums) if sum(map(bool, sums)) > 1 else 0)
    return best


def own_percent(terms: Iterable[int], shared: Mapping[int, int]) -> int:
    """Percent that the most telling of these terms counts."""
    return max((_WHOLE * _WHOLE // isqrt(_WHOLE * _WHOLE * shared.get(term, 1)) for term in terms), default=0)


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
    for topic in topics(ready):
        for core in map(frozenset, combinations(sorted(ready.context), _least(ready))):
            others = sorted(topic - core)
            for size in range(len(others) + 1) if len(others) <= _TOO_MANY else (0,):
                for more in combinations(others, size):
                    enough = sum(most[name] for name in topic & core.union(more)) >= ENOUGH
                    if len(core) + size > 1 and (enough or len(others) > _TOO_MANY):
                        yield core.union(more)
