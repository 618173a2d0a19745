"""Quantities of a match: the figures beside the held pattern, or beside the group that a signal names for them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from watcher.detection.figures import Figure, figures
from watcher.detection.page import Page, Spot
from watcher.detection.vocabulary import Span
from watcher.model.match import Evidence, Quantity
from watcher.model.signal import QuantityRule

MAX_SENTENCES: Final = 20  # in which the figures of one quantity are looked for
MAX_SUBJECTS: Final = 8
_PAUSE: Final = 8  # tokens that a comma between a figure and a subject counts for
_PAUSES: Final = frozenset(",;:—–()،؛")
_AFTER_WORD: Final = 3  # characters after the last word of a sentence in which a sign such as ٪ may stand

GroupSpots = Mapping[str, Mapping[Spot, Sequence[Span]]]


def measured(
    page: Page, rules: Sequence[QuantityRule], held: Spot, anchors: Sequence[Span], groups: GroupSpots,
    elsewhere: Sequence[Spot],
) -> tuple[Quantity, ...]:  # fmt: skip
    """The figures that each of `rules` asks for, in their order."""
    return tuple(found for rule in rules for found in measure(page, rule, held, anchors, groups, elsewhere))


def measure(
    page: Page, rule: QuantityRule, held: Spot, anchors: Sequence[Span], groups: GroupSpots, elsewhere: Sequence[Spot]
) -> tuple[Quantity, ...]:
    """The figures that `rule` asks for, one for each subject: the first that is found.

    `anchors` are what the pattern took in the sentence `held`. `elsewhere` are the other sentences of the same region,
    best first: with a `near` group they are read too, because a headline tells the result and the text the figure.
    """
    found: dict[str, Quantity] = {}
    for spot, near in _places(rule, held, anchors, groups, elsewhere):
        for figure, span in _figures(page, rule, spot):
            if min(_distance(span, one) for one in near) > rule.within or len(found) >= MAX_SUBJECTS:
                continue
            subject = _subject(page, rule, spot, span, groups)
            evidence = _evidence(page, rule, spot, figure)
            found.setdefault(subject, Quantity(rule.name, figure.value, figure.unit, subject, evidence))
    return tuple(found.values())


def _places(
    rule: QuantityRule, held: Spot, anchors: Sequence[Span], groups: GroupSpots, elsewhere: Sequence[Spot]
) -> Iterator[tuple[Spot, Sequence[Span]]]:
    if rule.near is None:
        yield held, anchors
        return
    standing = groups.get(rule.near, {})
    for spot in (held, *(one for one in elsewhere if one in standing and one != held))[:MAX_SENTENCES]:
        if spot in standing:
            yield spot, standing[spot]


def _figures(page: Page, rule: QuantityRule, spot: Spot) -> Iterator[tuple[Figure, Span]]:
    """Figures of a sentence, with offsets in the field and the tokens that they cover, counted from its first."""
    field = page.fields[spot.field]
    sentence = page.place(spot).sentence
    begin, last = field.slice(sentence.first, sentence.last)
    following = field.spans[sentence.last][0] if sentence.last < len(field.spans) else len(field.text)
    text = field.text[begin : min(following, last + _AFTER_WORD)]
    starts = [start for start, _ in field.spans[sentence.first : sentence.last]]
    ends = [end for _, end in field.spans[sentence.first : sentence.last]]
    for one in figures(text, rule.measure, page.language):
        figure = Figure(begin + one.start, begin + one.end, one.value, one.unit)
        yield figure, (bisect_right(ends, figure.start), bisect_left(starts, figure.end))


def _subject(page: Page, rule: QuantityRule, spot: Spot, figure: Span, groups: GroupSpots) -> str:
    """The group that stands nearest to the figure in its sentence; else the one that stands in the title."""
    near = [
        (_distance(figure, span) + _PAUSE * _parted(page, spot, figure, span), span, name)
        for name in rule.subjects
        for span in groups.get(name, {}).get(spot, ())
    ]
    if near:
        return min(near)[2]
    return next((name for name in rule.subjects if any(one.field == 0 for one in groups.get(name, ()))), "")


def _parted(page: Page, spot: Spot, one: Span, other: Span) -> bool:
    """Whether a comma or the like stands between: "48% support Israel, 61% the deal"."""
    field = page.fields[spot.field]
    first = page.place(spot).sentence.first
    left, right = sorted((one, other))
    if left[1] <= left[0] or right[0] < left[1]:
        return False
    between = field.text[field.spans[first + left[1] - 1][1] : field.spans[first + right[0]][0]]
    return not _PAUSES.isdisjoint(between)


def _distance(one: Span, other: Span) -> int:
    """Tokens between two spans; 0 if they touch or overlap."""
    return max(0, other[0] - one[1], one[0] - other[1])


def _evidence(page: Page, rule: QuantityRule, spot: Spot, figure: Figure) -> Evidence:
    field = page.fields[spot.field]
    return Evidence(field.name, figure.start, figure.end, field.text[figure.start : figure.end], rule.name)
