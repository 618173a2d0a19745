"""Match documents that come as JSON, without a database: the contract of `watcher match`.

Stories are decided in input order among the documents of this run that matched.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from watcher.detection.engine import Detector
from watcher.detection.score import corroborated
from watcher.model.document import Document
from watcher.model.match import Match
from watcher.model.rulebook import Rulebook
from watcher.model.story import Placement, StoryMember
from watcher.services.identify import story_id
from watcher.sources.identity import canonical_url, content_hash
from watcher.stories.place import WINDOW, place
from watcher.stories.signature import sign

LONGEST_LINE = 16 * 1024 * 1024
CANDIDATES = 200


class InputError(ValueError):
    """A line that is no document; says which line and why."""


def documents_in(lines: Iterable[str]) -> Iterator[tuple[Document, dict[str, Any]] | InputError]:
    """The documents of JSON Lines, each with its raw object; blank lines are passed over, bad ones yield an error."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            raw = _object(line)
            yield _document(raw, number), raw
        except (ValueError, RecursionError) as error:
            yield InputError(f"line {number}: {error}")


def _object(line: str) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        raise ValueError(f"longer than {LONGEST_LINE:,} characters")
    try:
        raw = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at character {error.pos}") from None
    if not isinstance(raw, dict):
        raise ValueError(  # noqa: TRY004 - the caller knows one kind of error
            'not an object like {"id": "...", "title": "...", "text": "..."}'
        )
    return raw


def _document(raw: dict[str, Any], number: int) -> Document:
    def text(key: str) -> str:
        value = raw.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise ValueError(f'"{key}" must be a string, not {type(value).__name__}')  # noqa: TRY004
        return value

    title, body, source = text("title"), text("text"), text("source")
    published = _moment(text("published_at"))
    return Document(
        id=str(raw.get("id", f"line-{number}")),
        source_id=source,
        publisher=text("publisher") or source,
        guid="",
        url=text("url"),
        canonical_url=canonical_url(text("url")),
        title=title,
        text=body,
        language=text("language") or None,
        published_at=published,
        first_seen_at=published or datetime.fromtimestamp(0, UTC),
        content_hash=content_hash(title, body),
    )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass(slots=True)
class StoryShelf:
    """The stories of one run, in memory: the newest candidates by lookup key."""

    _by_key: dict[int, list[StoryMember]] = field(default_factory=lambda: defaultdict(list))

    def place(self, document: Document) -> Placement:
        """Decide where a document belongs, and remember it."""
        signature = sign(document)
        candidates: dict[str, StoryMember] = {}
        for key in signature.keys:
            for member in self._by_key.get(key, ())[-CANDIDATES:]:
                if abs(member.seen_at - document.first_seen_at) <= WINDOW:
                    candidates[member.signature.document_id] = member
        placement = place(signature, list(candidates.values()), document.first_seen_at, story_id(document.id))
        member = StoryMember(placement.story_id, signature, placement.status, document.first_seen_at)
        for key in signature.keys:
            self._by_key[key].append(member)
        return placement


class Matching:
    """Documents in, their matches out, as plain data."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._signals = {signal.id: signal for signal in rulebook.signals}
        self._detector = Detector(rulebook.signals, rulebook.lexicons)
        self._shelf = StoryShelf()

    def match(self, document: Document, doc_id: object) -> dict[str, Any]:
        """`{"id", "language", "matches": […]}` as docs/commands.md describes it; `doc_id` is given back as it came."""
        found = self._detector.detect(document.title, document.text, document.language)
        matches = []
        if found.matches:
            placement = self._shelf.place(document)
            story = {"id": placement.story_id, "status": str(placement.status)}
            for match in found.matches:
                scored = corroborated(match, self._signals[match.signal_id], placement.publishers)
                matches.append({**plain(scored), "story": story})
        return {"id": doc_id, "language": found.language, "matches": matches}


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
