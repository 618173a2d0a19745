"""The story of a document, one verb a stage.

What was fetched is **read** for matches. A document that matches is **placed** in a story. For each match it is **decided**
whether an alert opens, speaks again or stays quiet, with the reasons; where it is **routed**; and what is told is **put into
the outbox**. Match, story, alert and outbox rows are one transaction, which also marks the document as done: a crash before
its end repeats the work, a crash after it loses nothing.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.alerting.decide import advance, decide
from watcher.alerting.route import destinations
from watcher.detection.engine import Detection
from watcher.detection.score import corroborated
from watcher.model.alert import Decision, Silence, Speak, Subject
from watcher.model.document import Document
from watcher.model.match import Match
from watcher.model.ports import Clock
from watcher.model.signal import Severity, Signal
from watcher.model.story import Placement, StoryStatus
from watcher.services import compose
from watcher.services.desk import Desk, DeskHolder
from watcher.services.identify import alert_id, story_id
from watcher.storage import alerts, documents, matches, outbox, silences, stories
from watcher.storage.engine import Database
from watcher.stories.place import WINDOW, place
from watcher.stories.signature import sign

log = structlog.get_logger(__name__)
BATCH = 50
OTHERS = 5


@dataclass(frozen=True, slots=True)
class Told:
    """What one match came to, for logs and counts."""

    document: Document
    match: Match
    decision: Decision
    deliveries: int = 0


class Pipeline:
    """Takes stored documents in the order of their arrival to the outbox."""

    def __init__(
        self, db: Database, holder: DeskHolder, clock: Clock, *, on_told: Callable[[], None] = lambda: None
    ) -> None:
        self._db, self._holder, self._clock, self._on_told = db, holder, clock, on_told
        self._one_at_a_time = asyncio.Lock()
        self.tally: Counter[str] = Counter()

    async def run_pending(self, stop: Callable[[], bool] = lambda: False) -> int:
        """Work off everything that waits; returns the number of documents."""
        done = 0
        async with self._one_at_a_time:
            while not stop():
                async with self._db.read() as conn:
                    waiting = await documents.pending(conn, BATCH)
                if not waiting:
                    break
                await self._work_off(waiting)
                done += len(waiting)
        return done

    async def _work_off(self, waiting: list[Document]) -> None:
        desk = self._holder.current
        read = []
        for document in waiting:
            read.append((document, desk.detector.detect(document.title, document.text, document.language)))
            await asyncio.sleep(0)  # one document is bounded in time; between two, others get their turn
        told: list[Told] = []
        async with self._db.write() as conn:
            muted_by = await silences.active(conn, self._clock.now())
            for document, detection in read:
                told += await self._tell(conn, desk, document, detection, muted_by)
            done = [(document.id, document.version) for document in waiting]
            await documents.mark_matched(conn, done, desk.rulebook.fingerprint)
        self._report(len(waiting), told)

    async def _tell(
        self, conn: AsyncConnection, desk: Desk, document: Document, detection: Detection, muted_by: list[Silence]
    ) -> list[Told]:
        """Everything that follows from one document that was read."""
        if not detection.matches:
            return []
        placement = await self._place(conn, document)
        told = []
        for match in detection.matches:
            if signal := desk.rulebook.signal(match.signal_id):
                found = corroborated(match, signal, placement.publishers)
                told.append(
                    await self._decide(conn, desk, signal, document, detection.language, found, placement, muted_by)
                )
        return told

    async def _place(self, conn: AsyncConnection, document: Document) -> Placement:
        """A new version of a document stays where the document is; anything else is compared with what is recent."""
        now = self._clock.now()
        signature = sign(document)
        if member := await stories.for_document(conn, document.id):
            publishers = await stories.publishers(conn, member.story_id)
            status = StoryStatus.DUPLICATE if member.status is StoryStatus.DUPLICATE else StoryStatus.UPDATE
            reason = f"version {document.version} of a document already in this story"
            placement = Placement(member.story_id, status, (reason,), max(1, len(publishers)))
        else:
            candidates = await stories.candidates(conn, signature.keys, now - WINDOW)
            placement = place(signature, candidates, now, story_id(document.id))
        await stories.add_member(conn, placement, signature, document.title, now)
        return placement

    async def _decide(
        self,
        conn: AsyncConnection,
        desk: Desk,
        signal: Signal,
        document: Document,
        language: str,
        match: Match,
        placement: Placement,
        muted_by: list[Silence],
    ) -> Told:
        now = self._clock.now()
        existing = await alerts.find(conn, signal.id, placement.story_id)
        subject = _subject(document, language, match, placement)
        routed = destinations(desk.rulebook.routing, subject)
        decision = decide(
            match=match, signal=signal, document=document, placement=placement, existing=existing, subject=subject,
            silences=muted_by, quiet_hours=desk.rulebook.routing.quiet_hours, destinations=routed, now=now,
        )  # fmt: skip
        await matches.add(conn, document, placement, match, decision, desk.rulebook.fingerprint, now)
        if decision.speak is Speak.QUIET:
            return Told(document, match, decision)
        alert = advance(
            existing, match=match, placement=placement, decision=decision, title=document.title, now=now,
            new_id=alert_id(signal.id, placement.story_id),
        )  # fmt: skip
        await alerts.save(conn, alert)
        await alerts.log(conn, alert.id, str(decision.speak), _history(document, match, decision), now)
        if decision.speak is Speak.SUPPRESSED:
            return Told(document, match, decision)
        others = await stories.citations(conn, placement.story_id, OTHERS + 1)
        told = compose.message(
            alert, signal, document, match, decision,
            language=language, others=[other for other in others if other.url != document.url][:OTHERS], now=now,
        )  # fmt: skip
        queued = await outbox.enqueue(conn, compose.deliveries(alert, told, routed, desk.targets, now))
        return Told(document, match, decision, queued)

    def _report(self, read: int, told: list[Told]) -> None:
        self.tally["documents"] += read
        for one in told:
            suppressed = one.decision.speak is Speak.SUPPRESSED
            self.tally[f"suppressed:{one.decision.suppressed_by}" if suppressed else str(one.decision.speak)] += 1
            self.tally["matches" if one.match.alert else "near_misses"] += 1
            self.tally["deliveries"] += one.deliveries
            if one.decision.speak is not Speak.QUIET:
                log.info(
                    f"alert.{one.decision.speak}", signal=one.match.signal_id, document=one.document.id,
                    score=one.match.score, severity=one.match.severity, assertion=str(one.match.assertion),
                    why=one.decision.suppressed_by or None, deliveries=one.deliveries,
                )  # fmt: skip
        if any(one.deliveries for one in told):
            self._on_told()


def _subject(document: Document, language: str, match: Match, placement: Placement) -> Subject:
    return Subject(
        signal_id=match.signal_id,
        severity=Severity(match.severity),
        assertion=match.assertion,
        score=match.score,
        source_id=document.source_id,
        publisher=document.publisher,
        tags=frozenset(document.tags),
        language=language,
        story_id=placement.story_id,
    )


def _history(document: Document, match: Match, decision: Decision) -> dict[str, object]:
    return {
        "document": document.id, "version": document.version, "score": match.score, "severity": match.severity,
        "assertion": str(match.assertion), "suppressed_by": decision.suppressed_by, "reasons": list(decision.reasons),
    }  # fmt: skip
