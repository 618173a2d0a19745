"""Story evaluation: documents labelled with their development against the stories that they are placed in.

The contract of `watcher eval --stories`. Documents are placed in input order, as `watcher match` places them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

from watcher.detection.engine import Detection, Detector
from watcher.model.document import Document
from watcher.model.rulebook import Rulebook
from watcher.model.story import StoryMember, StoryStatus
from watcher.services.clustering import clustering
from watcher.services.copies import copies_of
from watcher.services.evaluation import ALL, HELD_OUT, TUNED_ON, Labelled, held_out
from watcher.services.matching import StoryShelf
from watcher.services.metrics import rounded, share
from watcher.services.parts import parts_of
from watcher.stories.candidates import nearest
from watcher.stories.place import place
from watcher.stories.signature import sign
from watcher.stories.window import Windows

_HOUR = timedelta(hours=1)


class StoryEvaluation:
    """Add labelled documents one by one in the order of their arrival, then ask for the report.

    A document that matches no signal has no story: it counts as one by itself.
    """

    def __init__(self, rulebook: Rulebook, holdout: int | None = None) -> None:
        self._detector = Detector(rulebook.signals, rulebook.lexicons)
        self._known = {signal.id for signal in rulebook.signals}
        self._windows = Windows(rulebook.signals)
        self._shelf = StoryShelf(self._windows)
        self._holdout = holdout
        self._placed: list[tuple[str, Labelled, str]] = []
        self._copies: dict[str, Counter[str]] = defaultdict(Counter)
        self.labels = 0

    def add(self, entry: Labelled) -> None:
        """Place one document, and copies of it beside it."""
        document = entry.document
        self.labels += bool(entry.story)
        found = self._detector.detect(document.title, document.text, document.language, document.first_seen_at.year)
        part, story = self._part_of(document.id), f"none:{document.id}"
        if found.matches:
            parts = parts_of(self._detector, document, document.text, found)
            story = self._shelf.place(document, found, parts).story_id
            self._fold(part, document, found)
        self._placed.append((part, entry, story))

    def _part_of(self, document_id: str) -> str:
        if self._holdout is None:
            return ALL
        return HELD_OUT if held_out(document_id, self._holdout) else TUNED_ON

    def _fold(self, part: str, document: Document, found: Detection) -> None:
        """Copies that come an hour later, each by itself. What a copy says is not read again: it says the same."""
        original = sign(document, found.language, found.matches)
        known = StoryMember("story", original, StoryStatus.NEW, document.first_seen_at)
        for what, copy in copies_of(document):
            signature = sign(copy, found.language, found.matches)
            candidates = nearest([[known] if key in original.keys else [] for key in signature.keys])
            placement = place(signature, candidates, document.first_seen_at + _HOUR, "another", self._windows)
            for name in {part, ALL}:
                tally = self._copies[name]
                tally["made"] += 1
                tally["folded"] += placement.story_id == "story"
                tally["duplicates"] += placement.status is StoryStatus.DUPLICATE
                tally[f"lost: {what}"] += placement.story_id != "story"

    def report(self) -> dict[str, Any]:
        """As docs/commands.md describes it."""
        names = (ALL, TUNED_ON, HELD_OUT) if self._holdout else (ALL,)
        return {"holdout": self._holdout, "parts": {name: self._part(name) for name in names}}

    def _part(self, name: str) -> dict[str, Any]:
        labelled = [(entry, story) for part, entry, story in self._placed if entry.story and name in (part, ALL)]
        signals = sorted({signal_id for entry, _ in labelled for signal_id in entry.labels.keys() & self._known})
        return {
            "all": _figures(labelled),
            "signals": {
                signal_id: _figures([pair for pair in labelled if signal_id in pair[0].labels]) for signal_id in signals
            },
            "copies": _copies(self._copies[name]),
        }


def _figures(labelled: list[tuple[Labelled, str]]) -> dict[str, object]:
    return clustering([(entry.story, story) for entry, story in labelled]).as_dict()


def _copies(tally: Counter[str]) -> dict[str, object]:
    return {
        "made": tally["made"],
        "folded": tally["folded"],
        "folded_share": rounded(share(tally["folded"], tally["made"])),
        "duplicates": tally["duplicates"],
        "duplicates_share": rounded(share(tally["duplicates"], tally["made"])),
        "lost": {what.removeprefix("lost: "): count for what, count in sorted(tally.items()) if count and ": " in what},
    }
