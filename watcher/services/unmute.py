"""Unmute: what quiet hours or a snooze held back comes by the pipeline again when they are over.

It is judged like a document that has just arrived: too old, told otherwise, silenced or muted again, it stays unsaid.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import structlog

from watcher.alerting.unmute import mute_over
from watcher.model.alert import Subject
from watcher.model.document import Document
from watcher.model.ports import Clock
from watcher.model.rulebook import Rulebook
from watcher.model.signal import Severity, Signal
from watcher.services.desk import DeskHolder
from watcher.storage import alerts, documents, matches
from watcher.storage.engine import Database
from watcher.storage.matches import RecordedMatch
from watcher.storage.turn import take_turn

log = structlog.get_logger(__name__)
FRESH = timedelta(days=7)
"""Further back nothing is looked for; a signal's own max_age is what counts within."""
TRIES = 3
"""Of one document in one process: if what is found there were muted again each time, it would come by for ever."""


class Unmuter:
    """`tick` is for the timetable; `on_ready` is called when documents wait for the pipeline."""

    def __init__(
        self, db: Database, holder: DeskHolder, clock: Clock, *, on_ready: Callable[[], None] = lambda: None
    ) -> None:
        self._db, self._holder, self._clock, self._on_ready = db, holder, clock, on_ready
        self._tried: Counter[tuple[str, int]] = Counter()

    async def tick(self) -> int:
        """Let come by again what is no longer muted; returns how many documents."""
        now = self._clock.now()
        async with self._db.read() as conn:
            muted = await matches.muted_since(conn, now - FRESH)
        if not muted:
            return 0
        async with self._db.write() as conn:
            await take_turn(conn)
            known = await alerts.of_stories(conn, {one.story_id for one in muted if one.story_id})
            free: set[tuple[str, int]] = set()
            for one in muted:
                document = await documents.get(conn, one.document_id)
                signal = _signal(self._holder.current.rulebook, one.match.signal_id)
                if not document or not signal or document.version != one.version:
                    continue
                alert = known.get((one.match.signal_id, one.story_id or ""))
                subject = _subject(one, document, signal.tags)
                quiet = self._holder.current.rulebook.routing.quiet_hours
                key = (document.id, document.version)
                if self._tried[key] < TRIES and mute_over(one.decision.suppressed_by, subject, alert, quiet, now):
                    free.add(key)
            await documents.read_again(conn, free)
        self._tried.update(free)
        if free:
            log.info("match.unmuted", documents=len(free))
            self._on_ready()
        return len(free)


def _signal(rulebook: Rulebook, signal_id: str) -> Signal | None:
    """The signal, or what a composite is as one: it was held back with the document that set it off."""
    heads = (one.signal for one in rulebook.composites if one.signal.id == signal_id)
    return rulebook.signal(signal_id) or next(heads, None)


def _subject(one: RecordedMatch, document: Document, tags: tuple[str, ...]) -> Subject:
    return Subject(
        signal_id=one.match.signal_id,
        severity=Severity(one.match.severity),
        assertion=one.match.assertion,
        score=one.match.score,
        source_id=document.source_id,
        publisher=document.publisher,
        tags=frozenset(document.tags) | frozenset(tags),
        language=document.language or "",
        story_id=one.story_id or "",
    )
