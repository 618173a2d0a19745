"""Comparison of two rulebooks, document by document: alerts gained and lost, and scores that moved.

Documents are judged one by one; stories, and so corroboration, take no part.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from watcher.detection.engine import Detector
from watcher.model.document import Document
from watcher.model.match import Match
from watcher.model.rulebook import Rulebook
from watcher.services.shortfall import strongest, wanting

GAINED, LOST, MOVED = "gained", "lost", "moved"
LONGEST_TITLE = 300


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one signal on one document. No match counts as score 0."""

    kind: str
    before: int
    after: int


def change(old: Match | None, new: Match | None, least: int) -> Change | None:
    """The change between two matches of a signal on a document; None if the alert stays and the score about so.

    `least` is by how many points a score must move to count.
    """
    before, after = old.score if old else 0, new.score if new else 0
    was, is_now = bool(old and old.alert), bool(new and new.alert)
    if was is not is_now:
        return Change(GAINED if is_now else LOST, before, after)
    return Change(MOVED, before, after) if abs(after - before) >= max(1, least) else None


class Comparison:
    """Add documents one by one, then ask for the report; of each signal and kind `keep` changes, the largest first."""

    def __init__(self, old: Rulebook, new: Rulebook, *, least: int, keep: int) -> None:
        self._old = {signal.id: signal for signal in old.signals}
        self._new = {signal.id: signal for signal in new.signals}
        self._detectors = Detector(old.signals, old.lexicons), Detector(new.signals, new.lexicons)
        self._least, self._keep = least, keep
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._kept: defaultdict[tuple[str, str], list[tuple[int, int, dict[str, Any]]]] = defaultdict(list)
        self._documents = 0

    def add(self, document: Document) -> None:
        """Judge one document by both."""
        self._documents += 1
        old, new = (_matches(detector, document) for detector in self._detectors)
        for signal_id in sorted(old.keys() | new.keys()):
            found = change(old.get(signal_id), new.get(signal_id), self._least)
            if found:
                self._counts[signal_id][found.kind] += 1
                self._keep_one(document, signal_id, found, old.get(signal_id), new.get(signal_id))

    def _keep_one(
        self, document: Document, signal_id: str, found: Change, old: Match | None, new: Match | None
    ) -> None:
        kept = self._kept[signal_id, found.kind]
        key = (abs(found.after - found.before), -self._counts[signal_id][found.kind])
        if len(kept) >= self._keep and (not kept or key <= kept[0][:2]):
            return
        row = {
            "id": document.id,
            "title": document.title[:LONGEST_TITLE],
            "url": document.url,
            "before": found.before,
            "after": found.after,
            "assertion_before": str(old.assertion) if old else None,
            "assertion_after": str(new.assertion) if new else None,
            "why": self._why(document, signal_id, found, new),
        }
        heapq.heappush(kept, (*key, row))
        if len(kept) > self._keep:
            heapq.heappop(kept)

    def _why(self, document: Document, signal_id: str, found: Change, new: Match | None) -> list[str]:
        """Of a gain what speaks for it; of anything else what the new rules find wanting, or that they lack it."""
        if found.kind == GAINED and new:
            return strongest(new.ledger)
        if signal_id not in self._new:
            return ["the signal is not in the new rules"]
        told = self._detectors[1].explain(
            document.title, document.text, document.language, (signal_id,), document.first_seen_at.year
        )[0]
        return strongest(told.ledger) if told.alert else wanting(told)

    def report(self) -> dict[str, Any]:
        """`{"documents", "min_change", "totals", "signals": {id: …}}`, see docs/commands.md."""
        totals: Counter[str] = Counter()
        for counts in self._counts.values():
            totals += counts
        return {
            "documents": self._documents,
            "min_change": self._least,
            "totals": {kind: totals[kind] for kind in (GAINED, LOST, MOVED)},
            "signals": {
                signal_id: self._signal(signal_id) for signal_id in sorted(self._old.keys() | self._new.keys())
            },
        }

    def _signal(self, signal_id: str) -> dict[str, Any]:
        old, new = self._old.get(signal_id), self._new.get(signal_id)
        counts = self._counts[signal_id]
        return {
            "status_before": str(old.status) if old else None,
            "status_after": str(new.status) if new else None,
            **{kind: counts[kind] for kind in (GAINED, LOST, MOVED)},
            "changes": [
                {"kind": kind, **row}
                for kind in (GAINED, LOST, MOVED)
                for _, _, row in sorted(self._kept[signal_id, kind], key=lambda one: one[:2], reverse=True)
            ],
        }


def _matches(detector: Detector, document: Document) -> dict[str, Match]:
    found = detector.detect(document.title, document.text, document.language, document.first_seen_at.year)
    return {match.signal_id: match for match in found.matches}
