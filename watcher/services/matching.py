"""Match documents that come as JSON, without a database: the contract of `watcher match`.

Stories are decided in input order among the documents of this run that matched.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from watcher.detection.engine import Detection, Detector
from watcher.detection.explain import Explanation
from watcher.detection.score import corroborated
from watcher.model.document import Document
from watcher.model.match import Match
from watcher.model.rulebook import Rulebook
from watcher.model.signal import Status
from watcher.model.story import Placement, Signature, StoryMember, StoryStatus
from watcher.services.gates import count_match, count_readings
from watcher.services.identify import story_id
from watcher.services.parts import Part, parts_of
from watcher.stories.candidates import CANDIDATES, nearest
from watcher.stories.place import place
from watcher.stories.signature import sign
from watcher.stories.touched import home_of, touched
from watcher.stories.window import Windows


@dataclass(slots=True)
class StoryShelf:
    """The stories of one run, in memory: the newest candidates by lookup key."""

    windows: Windows
    _by_key: dict[int, list[StoryMember]] = field(default_factory=lambda: defaultdict(list))

    def place(self, document: Document, found: Detection, parts: Sequence[Part] = ()) -> Placement:
        """Decide where a document belongs by what detection found in it, and in its parts; remember it."""
        signature = sign(document, found.language, found.matches)
        seen = document.first_seen_at
        first, last = seen - self.windows.longest, seen + self.windows.longest

        def alike(one: Signature) -> list[StoryMember]:
            known = (self._by_key.get(key, ())[-CANDIDATES:] for key in one.keys)
            recent = ([member for member in members if first <= member.seen_at <= last] for members in known)
            if self.windows.alike:
                return nearest(recent)
            between = self.windows.between
            return nearest(
                [member for member in members if abs(member.seen_at - seen) <= between(one, member.signature)]
                for members in recent
            )

        placement = place(signature, alike(signature), seen, story_id(document.id), self.windows)
        if placement.status is StoryStatus.NEW and parts:
            placed = touched(document.id, [part.signature for part in parts], alike, seen, self.windows)
            placement = home_of(placed) if placed else placement
        member = StoryMember(placement.story_id, signature, placement.status, seen)
        for key in signature.keys:
            self._by_key[key].append(member)
        return placement


class Matching:
    """Documents in, their matches out, as plain data. `tally` counts where the readings ended: see services.gates."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._signals = {signal.id: signal for signal in rulebook.signals}
        self._detector = Detector(rulebook.signals, rulebook.lexicons)
        self._shelf = StoryShelf(Windows(rulebook.signals))
        self.tally: Counter[str] = Counter()

    def match(self, document: Document, doc_id: object) -> dict[str, Any]:
        """`{"id", "language", "matches": […]}` as docs/commands.md describes it; `doc_id` is given back as it came."""
        found = self._detector.detect(document.title, document.text, document.language, document.first_seen_at.year)
        matches = []
        count_readings(self.tally, [found], len(found.matches))
        if found.matches:
            parts = parts_of(self._detector, document, document.text, found)
            placement = self._shelf.place(document, found, parts)
            story = {"id": placement.story_id, "status": str(placement.status)}
            for match in found.matches:
                signal = self._signals[match.signal_id]
                scored = corroborated(match, signal, placement.publishers)
                count_match(self.tally, scored, None if signal.status is Status.LIVE else "shadow")
                if signal.status is not Status.LIVE:
                    scored = replace(scored, alert=False)
                matches.append({**plain(scored), **(figures(scored) if signal.quantities else {}), "story": story})
        return {"id": doc_id, "language": found.language, "matches": matches}

    def explain(self, document: Document, signal_ids: Sequence[str] | None = None) -> tuple[Explanation, ...]:
        """Every signal (or those named) on a document, found or not."""
        return self._detector.explain(
            document.title, document.text, document.language, signal_ids, document.first_seen_at.year
        )


def figures(match: Match) -> dict[str, Any]:
    """The quantities of a match, for signals that ask for some."""
    return {
        "quantities": [
            {
                "name": one.name,
                "value": one.value,
                "unit": one.unit,
                "subject": one.subject,
                "field": one.evidence.field,
                "start": one.evidence.start,
                "end": one.evidence.end,
                "text": one.evidence.text,
            }
            for one in match.quantities
        ]
    }


def plain(match: Match) -> dict[str, Any]:
    """A match as the JSON contract writes it."""
    return {
        "signal": match.signal_id,
        "score": match.score,
        "severity": match.severity,
        "assertion": str(match.assertion),
        "alert": match.alert,
        "evidence": [
            {"field": item.field, "start": item.start, "end": item.end, "text": item.text, "group": item.group}
            for item in match.evidence
        ],
        "ledger": [{"reason": entry.reason, "points": entry.points} for entry in match.ledger],
    }
