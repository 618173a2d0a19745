"""Words that mean again who was named before: "they", "the group", "its men".

A group may list such words. In a sentence they stand for the group if it was named shortly before: earlier in the
sentence, in one of the two sentences before, or in the title for the first sentences of a text. Where several groups
could be meant by a subject such as "they", it is the one that was named last, and of two in one sentence the first:
who acted goes on acting.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from watcher.detection.english import CLAUSE_OPENERS, OBJECTS, SAYING, SUBJECTS
from watcher.detection.holding import Chosen
from watcher.detection.page import Page, Spot, Spots
from watcher.detection.vocabulary import Span

REACH: Final = 2  # sentences back
BEGINNING: Final = 2  # words of a sentence before a "they" that may mean who was named in an earlier one
OPENING: Final = 2  # sentences of a text that speak of what the title names

GroupSpots = Mapping[str, Spots]


class Named(NamedTuple):
    """Where a group was named: how many sentences before, and where there. Of two, the lesser was named last."""

    back: int
    span: Span
    spot: Spot


@dataclass(slots=True)
class StandIns:
    """Words that stand for groups on a page: group → sentence → words, and who was named for each."""

    spots: dict[str, dict[Spot, list[Span]]] = field(default_factory=dict)
    named: dict[tuple[str, Spot, Span], Named] = field(default_factory=dict)

    def of(self, spot: Spot, chosen: Chosen) -> list[Named]:
        """Who was named for those words of a sentence that stand for a group."""
        named = (self.named.get((name, spot, span)) for name, span in chosen)
        return [one for one in named if one is not None]


def stand_ins(page: Page, own: GroupSpots, again: GroupSpots) -> StandIns:
    """Where the words of `again` stand for the groups of `own`, by group. Both are sentence → spans, in order."""
    found = StandIns()
    goes_on: dict[str, dict[Spot, list[Span]]] = {}
    for spot in sorted({spot for spots in again.values() for spot in spots if spot.field}):
        there = {name: spots[spot] for name, spots in again.items() if spot in spots}
        for name, span, named in _meant(page, spot, there, own, goes_on):
            found.spots.setdefault(name, {}).setdefault(spot, []).append(span)
            found.named[name, spot, span] = named
            if page.reading(spot).words[span[0]] != "it":  # which may be nobody: "it rained"
                goes_on.setdefault(name, {}).setdefault(spot, []).append(span)
    return found


def _meant(
    page: Page, spot: Spot, there: Mapping[str, Sequence[Span]], own: GroupSpots, before: GroupSpots
) -> Iterator[tuple[str, Span, Named]]:
    """The groups that words of a sentence stand for.

    A subject further on in it is somebody of the same sentence: "leaders complained they were not asked".
    """
    words = page.reading(spot).words
    for span in sorted({span for spans in there.values() for span in spans}):
        subject = _is_subject(words, span)
        if _speaks(words, span) if subject else words[span[0]] == "it":
            continue  # who only says something does nothing; "it" as an object may be anything: "made it clear"
        candidates = {name: _last_named(page, spot, span, own[name], before.get(name, {})) for name in there}
        known = {name: one for name, one in candidates.items() if one is not None and span in there[name]}
        if subject and span[0] > BEGINNING:
            known = {name: one for name, one in known.items() if not one.back}
        if len(known) > 1 and subject:
            known = dict([_first(known)])
        yield from ((name, span, one) for name, one in known.items())


def _first(known: Mapping[str, Named]) -> tuple[str, Named]:
    """The one that was named last, of several in a sentence the first: in "a Greek tanker" it is the tanker."""
    ordered = sorted(known.items(), key=lambda one: one[1])
    first = ordered[0]
    for other in ordered[1:]:
        if other[1].back == first[1].back and other[1].span[0] == first[1].span[1]:
            first = other
    return first


def _last_named(page: Page, spot: Spot, span: Span, own: Spots, before: Spots) -> Named | None:
    """Where a group was named last before these words; None if too long ago, or if the words are part of a name."""
    here = own.get(spot, ())
    if any(start < span[1] and span[0] < end for start, end in here):
        return None
    if here and here[0][1] <= span[0]:
        # "The group fired them": who acts in a sentence is not who is acted upon.
        return None if page.reading(spot).words[span[0]] in OBJECTS else Named(0, here[0], spot)
    section = page.place(spot).section
    for back in range(1, min(REACH, spot.number) + 1):
        earlier = Spot(spot.field, spot.number - back)
        spans = own.get(earlier) or before.get(earlier)
        if spans and page.place(earlier).section == section:
            return Named(back, spans[0], earlier)
    titled = min((one for one in own if not one.field), default=None) if spot.number < OPENING else None
    return Named(REACH + 1, own[titled][0], titled) if titled is not None else None


def _speaks(words: Sequence[str], span: Span) -> bool:
    return span[1] < len(words) and words[span[1]] in SAYING


def _is_subject(words: Sequence[str], span: Span) -> bool:
    """Whether it is a pronoun that goes on with who acted before: "they" always, "it" where a clause opens."""
    word = words[span[0]]
    return word in SUBJECTS or (word == "it" and (not span[0] or words[span[0] - 1] in CLAUSE_OPENERS))
