"""Evaluation: labelled documents against the rules, one document at a time. The contract of `watcher eval`.

A document is judged by itself, as its first outlet would be: points for corroboration take no part.
"""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from watcher.detection.engine import Detector
from watcher.detection.explain import Explanation
from watcher.model.document import Document
from watcher.model.match import Match
from watcher.model.rulebook import Rulebook
from watcher.model.signal import Signal, Status
from watcher.services.gates import READINGS, count_match, count_readings, gates_in
from watcher.services.incoming import InputError, documents_in
from watcher.services.metrics import Figures, Label, Tally, macro, rounded, share
from watcher.services.shortfall import strongest, wanting

KEPT = 50
"""False alarms, and misses, that are kept of each signal and part; all are counted."""
LONGEST_TITLE, LONGEST_URL = 300, 2000
ALL, TUNED_ON, HELD_OUT = "all", "tuned_on", "held_out"
_TRAILING_NUMBER = re.compile(r"([0-9]{1,18})$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document with what a person says of it; signals that are not named have label none.

    `story` names the development that it tells; "" if nobody said.
    """

    document: Document
    labels: Mapping[str, Label]
    kind: str = ""
    story: str = ""


def labelled_in(lines: Iterable[str]) -> Iterator[Labelled | InputError]:
    """The labelled documents of JSON Lines; a bad line yields an error that names it."""
    at = 0

    def counted() -> Iterator[str]:
        nonlocal at
        for at, line in enumerate(lines, 1):  # noqa: B007 - the number of the line being read, for the loop below
            yield line

    for entry in documents_in(counted()):
        if isinstance(entry, InputError):
            yield entry
            continue
        document, raw = entry
        try:
            yield Labelled(
                document, _labels(raw.get("labels")), str(raw.get("kind") or ""), str(raw.get("story") or "")
            )
        except ValueError as error:
            yield InputError(f"line {at}: {error}")


def _labels(raw: object) -> dict[str, Label]:
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise ValueError('"labels" must be an object like {"signal-id": "fire"}')  # noqa: TRY004
    labels = {}
    for signal_id, label in raw.items():
        if label not in tuple(Label):
            raise ValueError(f"the label of {signal_id} is {str(label)[:40]!r}: write fire, watch or none")
        labels[signal_id] = Label(label)
    return {signal_id: label for signal_id, label in labels.items() if label is not Label.NONE}


def held_out(document_id: str, every: int) -> bool | None:
    """Whether the number at the end of the id is divisible by `every`; None if it does not end in one."""
    found = _TRAILING_NUMBER.search(document_id)
    return int(found[1]) % every == 0 if found else None


@dataclass(slots=True)
class Worst:
    """The errors furthest from the threshold, at most KEPT of them."""

    _heap: list[tuple[int, int, dict[str, Any]]] = field(default_factory=list)
    count: int = 0

    def add(self, distance: int, error: dict[str, Any]) -> None:
        """`distance` is in points; of equal ones the first come is kept."""
        self.count += 1
        heapq.heappush(self._heap, (distance, -self.count, error))
        if len(self._heap) > KEPT:
            heapq.heappop(self._heap)

    def listed(self) -> list[dict[str, Any]]:
        """The worst first."""
        return [error for _, _, error in sorted(self._heap, key=lambda entry: entry[:2], reverse=True)]


class Part:
    """The documents of one part of the set, and what the signals did on them."""

    def __init__(self, signals: Sequence[Signal]) -> None:
        self._signals = signals
        self._tallies = {signal.id: Tally() for signal in signals}
        self._documents = 0
        self._live = {signal.id for signal in signals if signal.status is Status.LIVE}
        self._bare: Counter[bool] = Counter()
        self._labelled: set[str] = set()
        self.false_alarms = {signal.id: Worst() for signal in signals}
        self.misses = {signal.id: Worst() for signal in signals}

    def count(self, entry: Labelled, labels: Mapping[str, Label], matches: Mapping[str, Match], language: str) -> None:
        """Count one document for every signal that its labels or its matches name."""
        self._documents += 1
        self._labelled |= labels.keys()
        for signal_id in labels.keys() | matches.keys():
            match = matches.get(signal_id)
            score, alert = (match.score, match.alert) if match else (0, False)
            label = labels.get(signal_id, Label.NONE)
            self._tallies[signal_id].count(label, score, alert, language)
        if not entry.labels:
            # Drafts and shadows tell nobody.
            told = any(match.alert and signal_id in self._live for signal_id, match in matches.items())
            self._bare[told] += 1

    def as_dict(self) -> dict[str, Any]:
        """For JSON: micro, macro, each signal, and the documents without any label."""
        figures = {signal.id: self._tallies[signal.id].figures(self._documents) for signal in self._signals}
        # A signal that alerts nobody and that no label asks for (a side of a composite) weighs on no total.
        counted = [
            figures[signal.id]
            for signal in self._signals
            if signal.status is Status.LIVE or signal.id in self._labelled
        ]
        return {
            "documents": self._documents,
            "micro": sum(counted, Figures()).as_dict(),
            "macro": macro(counted),
            "signals": {
                signal.id: {"status": str(signal.status), "alert_at": signal.alert_at, **figures[signal.id].as_dict()}
                for signal in self._signals
            },
            "unlabelled": {
                "documents": self._bare.total(),
                "alerts": self._bare[True],
                "alert_share": rounded(share(self._bare[True], self._bare.total())),
            },
        }


class Evaluation:
    """Add labelled documents one by one, then ask for the report. Memory does not grow with their number."""

    def __init__(self, rulebook: Rulebook, signal_ids: Iterable[str] = (), holdout: int | None = None) -> None:
        self._known = {signal.id for signal in rulebook.signals}
        chosen = set(signal_ids) or self._known
        signals = [signal for signal in rulebook.signals if signal.id in chosen]
        self._signals = {signal.id: signal for signal in signals}
        self._detector = Detector(signals, rulebook.lexicons)
        self._holdout = holdout
        names = (ALL, TUNED_ON, HELD_OUT) if holdout else (ALL,)
        self._parts = {name: Part(signals) for name in names}
        self.unknown: Counter[str] = Counter()
        self.tally: Counter[str] = Counter()
        self.unnumbered = 0
        self.labels = 0

    def add(self, entry: Labelled) -> None:
        """Judge one document."""
        self.labels += len(entry.labels)
        self.unknown.update(entry.labels.keys() - self._known)
        document = entry.document
        found = self._detector.detect(document.title, document.text, document.language, document.first_seen_at.year)
        matches = {match.signal_id: match for match in found.matches}
        count_readings(self.tally, [found], len(matches))
        for match in matches.values():
            count_match(self.tally, match)
        labels = {signal_id: label for signal_id, label in entry.labels.items() if signal_id in self._signals}
        special = self._part_of(document.id)
        for name in {ALL, special}:
            self._parts[name].count(entry, labels, matches, found.language)
        self._note_errors(self._parts[special], entry, labels, matches, found.language)

    def _part_of(self, document_id: str) -> str:
        if self._holdout is None:
            return ALL
        out = held_out(document_id, self._holdout)
        self.unnumbered += out is None
        return HELD_OUT if out else TUNED_ON

    def _note_errors(
        self, part: Part, entry: Labelled, labels: Mapping[str, Label], matches: Mapping[str, Match], language: str
    ) -> None:
        for match in matches.values():
            label = labels.get(match.signal_id, Label.NONE)
            if match.alert and label is not Label.FIRE:
                error = _error(entry, label, match, language) | {"why": strongest(match.ledger)}
                part.false_alarms[match.signal_id].add(match.score - match.alert_at, error)
        for signal_id, label in labels.items():
            if label is Label.FIRE and not (signal_id in matches and matches[signal_id].alert):
                document = entry.document
                told = self._detector.explain(
                    document.title, document.text, document.language, (signal_id,), document.first_seen_at.year
                )[0]
                error = _error(entry, label, told, language) | {"why": wanting(told)}
                part.misses[signal_id].add(told.distance, error)

    def report(self) -> dict[str, Any]:
        """As docs/commands.md describes it: figures in `parts`, errors, and where the readings ended."""
        listing = [(name, part) for name, part in self._parts.items() if name != ALL or self._holdout is None]
        return {
            "unknown_signals": dict(sorted(self.unknown.items())),
            "holdout": self._holdout,
            "unnumbered": self.unnumbered,
            "readings": self.tally[READINGS],
            "gates": gates_in(self.tally),
            "parts": {name: part.as_dict() for name, part in self._parts.items()},
            "false_alarms": _errors((name, part.false_alarms) for name, part in listing),
            "misses": _errors((name, part.misses) for name, part in listing),
        }


def _errors(listing: Iterable[tuple[str, dict[str, Worst]]]) -> list[dict[str, Any]]:
    return [
        {"part": name, "signal": signal_id, **error}
        for name, signals in listing
        for signal_id, worst in signals.items()
        for error in worst.listed()
    ]


def _error(entry: Labelled, label: Label, judged: Match | Explanation, language: str) -> dict[str, Any]:
    return {
        "id": entry.document.id[:LONGEST_TITLE],
        "title": entry.document.title[:LONGEST_TITLE],
        "url": entry.document.url[:LONGEST_URL],
        "kind": entry.kind[:LONGEST_TITLE],
        "language": language,
        "label": str(label),
        "score": judged.score,
        "alert_at": judged.alert_at,
        "assertion": str(judged.assertion),
        "cue": judged.cue,
        "pattern": judged.pattern,
        "sentence": judged.sentence,
    }
