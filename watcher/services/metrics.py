"""Figures of an evaluation: precision, recall, F1, and whether scores come in the right order. Pure.

Counts of several signals add up (the micro figures); the macro figures are means over signals.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Label(StrEnum):
    """What a person says of a document and a signal: the development is reported, only talked of, or not there."""

    FIRE = "fire"
    WATCH = "watch"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Order:
    """Of `pairs` of a document that should score more and one that should score less, how many do; ties count half.

    `halves` is twice that number, so that it stays whole.
    """

    halves: int = 0
    pairs: int = 0

    def __add__(self, other: Order) -> Order:
        return Order(self.halves + other.halves, self.pairs + other.pairs)

    @property
    def share(self) -> float | None:
        """0 to 1; None without a pair."""
        return share(self.halves, 2 * self.pairs)


def share(part: float, whole: float) -> float | None:
    """`part` of `whole`, or None of nothing."""
    return part / whole if whole else None


def in_order(upper: Mapping[int, int], lower: Mapping[int, int]) -> Order:
    """Pairs of a score of `upper` and one of `lower` (both: score → how often), in O(n log n) of different scores."""
    halves = below = 0
    for score in sorted({*upper, *lower}):
        halves += upper.get(score, 0) * (2 * below + lower.get(score, 0))
        below += lower.get(score, 0)
    return Order(halves, sum(upper.values()) * sum(lower.values()))


@dataclass(frozen=True, slots=True)
class Figures:
    """Documents and alerts by label, of one signal or of several together. A share of nothing is None.

    `fires` and `found` count documents labelled `fire`, and those of them that alert, by language.
    """

    documents: Counter[Label] = field(default_factory=Counter)
    alerts: Counter[Label] = field(default_factory=Counter)
    fire_over_watch: Order = Order()
    watch_over_none: Order = Order()
    fires: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.documents + other.documents,
            self.alerts + other.alerts,
            self.fire_over_watch + other.fire_over_watch,
            self.watch_over_none + other.watch_over_none,
            self.fires + other.fires,
            self.found + other.found,
        )

    @property
    def false_alarms(self) -> int:
        """Alerts of documents that are not labelled `fire`."""
        return self.alerts[Label.WATCH] + self.alerts[Label.NONE]

    @property
    def misses(self) -> int:
        """Documents labelled `fire` that do not alert."""
        return self.documents[Label.FIRE] - self.alerts[Label.FIRE]

    @property
    def precision(self) -> float | None:
        """The share of alerts that are right."""
        return share(self.alerts[Label.FIRE], self.alerts[Label.FIRE] + self.false_alarms)

    @property
    def recall(self) -> float | None:
        """The share of what should alert that does."""
        return share(self.alerts[Label.FIRE], self.documents[Label.FIRE])

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both; None if there was nothing to find and nothing alerted."""
        right = 2 * self.alerts[Label.FIRE]
        return share(right, right + self.false_alarms + self.misses)

    def foreign(self, counted: Mapping[str, int]) -> int:
        """How many of those counted by language are not in English."""
        return sum(count for language, count in counted.items() if language != "en")

    def as_dict(self) -> dict[str, object]:
        """For JSON; docs/commands.md lists the keys."""
        watch, none = self.documents[Label.WATCH], self.documents[Label.NONE]
        return {
            "fire": self.documents[Label.FIRE],
            "watch": watch,
            "none": none,
            "fire_alerts": self.alerts[Label.FIRE],
            "watch_alerts": self.alerts[Label.WATCH],
            "none_alerts": self.alerts[Label.NONE],
            "misses": self.misses,
            "precision": rounded(self.precision),
            "recall": rounded(self.recall),
            "f1": rounded(self.f1),
            "watch_alert_share": rounded(share(self.alerts[Label.WATCH], watch)),
            "none_alert_share": rounded(share(self.alerts[Label.NONE], none)),
            "fire_over_watch": rounded(self.fire_over_watch.share),
            "watch_over_none": rounded(self.watch_over_none.share),
            "foreign_fire": self.foreign(self.fires),
            "foreign_found": self.foreign(self.found),
            "languages": {
                language: {"fire": count, "found": self.found[language]}
                for language, count in sorted(self.fires.items())
            },
        }


class Tally:
    """What one signal did on documents, as it is counted; documents that say nothing of it cost nothing."""

    def __init__(self) -> None:
        self._scores: dict[Label, Counter[int]] = {label: Counter() for label in Label}
        self._alerts: Counter[Label] = Counter()
        self._fires: Counter[str] = Counter()
        self._found: Counter[str] = Counter()

    def count(self, label: Label, score: int, alert: bool, language: str) -> None:
        """One document that has a label other than none, or a match. `score` is 0 without a match."""
        self._scores[label][score] += 1
        self._alerts[label] += alert
        if label is Label.FIRE:
            self._fires[language] += 1
            self._found[language] += alert

    def figures(self, documents: int) -> Figures:
        """Of `documents` in all: those not counted have label none and score 0."""
        by_label = Counter({label: scores.total() for label, scores in self._scores.items()})
        silent = documents - by_label.total()
        none = self._scores[Label.NONE] + Counter({0: silent})
        by_label[Label.NONE] += silent
        return Figures(
            by_label,
            self._alerts.copy(),
            in_order(self._scores[Label.FIRE], self._scores[Label.WATCH]),
            in_order(self._scores[Label.WATCH], none),
            self._fires.copy(),
            self._found.copy(),
        )


def macro(signals: Iterable[Figures]) -> dict[str, float | int | None]:
    """Means over the signals for which a figure is defined; `signals` counts those with an F1."""
    listed = list(signals)
    return {
        "precision": mean(one.precision for one in listed),
        "recall": mean(one.recall for one in listed),
        "f1": mean(one.f1 for one in listed),
        "signals": sum(one.f1 is not None for one in listed),
    }


def mean(values: Iterable[float | None]) -> float | None:
    """The mean of those that are defined, rounded; None of nothing."""
    known = [value for value in values if value is not None]
    return rounded(share(sum(known), len(known)))


def rounded(value: float | None) -> float | None:
    """Four digits are more than any set of labels can tell apart."""
    return None if value is None else round(value, 4)
