"""Composite signals: a development that shows only when several signals fire within some days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.model.match import Assertion, Evidence
from watcher.model.signal import Signal


@dataclass(frozen=True, slots=True)
class Part:
    """At least `count` stories on which `signal` fired. Of a firing all that is given must hold; empty: always.

    `groups` must all be found in the sentence that fired; `assertion` and `tags` (of the document) are any-of.
    """

    signal: str
    count: int = 1
    min_score: int = 0
    assertion: tuple[Assertion, ...] = ()
    groups: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Together:
    """Holds if all of `all`, at least one of `any` (if there are some) and none of `none` hold."""

    all: tuple[Part | Together, ...] = ()
    any: tuple[Part | Together, ...] = ()
    none: tuple[Part | Together, ...] = ()

    def parts(self) -> tuple[Part, ...]:
        """Every part, however deep."""
        found: list[Part] = []
        for one in (*self.all, *self.any, *self.none):
            found += [one] if isinstance(one, Part) else one.parts()
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Composite:
    """`signal` is its head: id, title, thresholds, status and tests, without groups. `within` is the window."""

    signal: Signal
    when: Together
    within: timedelta

    @property
    def named(self) -> frozenset[str]:
        """The ids of the signals that it looks at."""
        return frozenset(part.signal for part in self.when.parts())


@dataclass(frozen=True, slots=True)
class Firing:
    """A signal that reached its threshold on a document of a story, told or not. `groups` are those of its sentence."""

    signal_id: str
    story_id: str
    document_id: str
    title: str
    publisher: str
    published_at: datetime | None
    first_seen_at: datetime
    score: int
    assertion: Assertion
    sentence: str = ""
    groups: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()


def groups_in(sentence: str, evidence: Iterable[Evidence]) -> frozenset[str]:
    """The groups of which the words stand in the sentence that made a signal fire."""
    return frozenset(one.group for one in evidence if " ".join(one.text.split()) in sentence)


@dataclass(frozen=True, slots=True)
class Contribution:
    """A story that an occurrence of a composite rests on; `happened_at` is its time in the window."""

    occurrence_id: str
    signal_id: str
    story_id: str
    document_id: str
    happened_at: datetime
