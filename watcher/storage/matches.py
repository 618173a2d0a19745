"""Every match that was found, hit or near miss, with what was decided about it and why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.alerting.unmute import PASSING
from watcher.model.alert import Decision, Speak
from watcher.model.document import Document
from watcher.model.match import Assertion, Match, ScoredOn
from watcher.model.story import Placement, StoryStatus
from watcher.storage.chunks import chunks
from watcher.storage.match_codec import (
    decode_evidence,
    decode_ledger,
    decode_quantities,
    encode_evidence,
    encode_ledger,
    encode_quantities,
)
from watcher.storage.schema import document, match
from watcher.storage.upsert import replace_into


@dataclass(frozen=True, slots=True)
class RecordedMatch:
    """A match as it was decided, on one version of a document, by the rulebook of that `fingerprint`."""

    document_id: str
    version: int
    match: Match
    story_id: str | None
    story_status: StoryStatus | None
    decision: Decision
    fingerprint: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """A match on a document, where that was placed, and what was decided."""

    document: Document
    placement: Placement | None
    match: Match
    decision: Decision


async def add(conn: AsyncConnection, found: Collection[Finding], fingerprint: str, now: datetime) -> None:
    """Record them; the same signal on the same version of a document overwrites what was recorded before."""
    statement = replace_into(conn, match, ["document_id", "version", "signal_id"])
    for piece in chunks(found):
        await conn.execute(statement, [_row(one, fingerprint, now) for one in piece])


def _row(one: Finding, fingerprint: str, now: datetime) -> dict[str, Any]:
    found, placement = one.match, one.placement
    return {
        "document_id": one.document.id,
        "version": one.document.version,
        "signal_id": found.signal_id,
        "score": found.score,
        "severity": found.severity,
        "assertion": found.assertion,
        "alert": found.alert,
        "alert_at": found.alert_at,
        "evidence": encode_evidence(found.evidence),
        "ledger": encode_ledger(found.ledger),
        "missing": list(found.missing),
        "quantities": encode_quantities(found.quantities),
        "sentence": found.sentence,
        "pattern": found.pattern,
        "cue": found.cue,
        "story_id": placement.story_id if placement else None,
        "story_status": placement.status if placement else None,
        "decision": one.decision.speak,
        "suppressed_by": one.decision.suppressed_by,
        "reasons": list(one.decision.reasons),
        "fingerprint": fingerprint,
        "created_at": now,
        "scored_on": found.scored_on,
    }


async def for_document(conn: AsyncConnection, document_id: str, version: int | None = None) -> list[RecordedMatch]:
    """The matches of a document (of one version, or of all: newest version first), strongest first."""
    query = select(match).where(match.c.document_id == document_id)
    if version is not None:
        query = query.where(match.c.version == version)
    return await _read(conn, query.order_by(match.c.version.desc(), match.c.score.desc(), match.c.signal_id))


async def near_misses(conn: AsyncConnection, since: datetime, limit: int) -> list[RecordedMatch]:
    """Matches below their signal's threshold recorded since then, the nearest to it first."""
    query = select(match).where(match.c.alert.is_(False), match.c.created_at >= since)
    distance = match.c.alert_at - match.c.score
    return await _read(conn, query.order_by(distance, match.c.created_at.desc(), match.c.signal_id).limit(limit))


async def for_documents(conn: AsyncConnection, document_ids: Collection[str]) -> list[RecordedMatch]:
    """The matches of these documents, all versions, in the order in which they were recorded."""
    found = []
    for piece in chunks(document_ids):
        found += await _read(conn, select(match).where(match.c.document_id.in_(piece)))
    return sorted(found, key=lambda recorded: (recorded.created_at, recorded.document_id, recorded.version))


async def told(conn: AsyncConnection, since: datetime) -> list[RecordedMatch]:
    """Matches that opened an alert or made it speak again, on documents first seen since then, as recorded."""
    speaking = match.c.decision.in_([Speak.OPEN, Speak.AGAIN])
    arrived = (document.c.id == match.c.document_id) & (document.c.first_seen_at >= since)
    return await _read(conn, select(match).join(document, arrived).where(speaking).order_by(match.c.created_at))


async def muted_since(conn: AsyncConnection, since: datetime) -> list[RecordedMatch]:
    """Matches that quiet hours or a snooze held back, judged since then, in the order in which they were."""
    held = (match.c.decision == Speak.SUPPRESSED) & match.c.suppressed_by.in_(PASSING)
    query = select(match).where(match.c.alert, match.c.created_at >= since, held)
    return await _read(conn, query.order_by(match.c.created_at).limit(500))


async def muted(conn: AsyncConnection, given: Collection[Document]) -> dict[str, dict[str, str]]:
    """Of these documents' very versions: document id → signal id → the mute that held it back."""
    versions = {one.id: one.version for one in given}
    found: dict[str, dict[str, str]] = {}
    c = match.c
    for piece in chunks(versions):
        held = c.document_id.in_(piece) & (c.decision == Speak.SUPPRESSED) & c.suppressed_by.in_(PASSING)
        query = select(c.document_id, c.version, c.signal_id, c.suppressed_by).where(held)
        for document_id, version, signal_id, by in await conn.execute(query):
            if versions[document_id] == version:
                found.setdefault(document_id, {})[signal_id] = by
    return found


async def counts(conn: AsyncConnection, since: datetime | None = None) -> dict[str, int]:
    """How many matches each decision (open, again, suppressed, quiet) has, since then or ever."""
    query = select(match.c.decision, func.count()).group_by(match.c.decision)
    if since is not None:
        query = query.where(match.c.created_at >= since)
    return {decision: count for decision, count in await conn.execute(query)}


async def _read(conn: AsyncConnection, query: Select[*tuple[Any, ...]]) -> list[RecordedMatch]:
    return [_recorded(row) for row in (await conn.execute(query)).mappings()]


def _recorded(row: RowMapping) -> RecordedMatch:
    found = Match(
        signal_id=row["signal_id"],
        score=row["score"],
        severity=row["severity"],
        assertion=Assertion(row["assertion"]),
        alert=row["alert"],
        evidence=decode_evidence(row["evidence"]),
        ledger=decode_ledger(row["ledger"]),
        alert_at=row["alert_at"],
        sentence=row["sentence"],
        pattern=row["pattern"],
        cue=row["cue"],
        missing=tuple(row["missing"]),
        quantities=decode_quantities(row["quantities"]),
        scored_on=ScoredOn(row["scored_on"]),
    )
    return RecordedMatch(
        document_id=row["document_id"],
        version=row["version"],
        match=found,
        story_id=row["story_id"],
        story_status=StoryStatus(row["story_status"]) if row["story_status"] else None,
        decision=Decision(Speak(row["decision"]), tuple(row["reasons"]), row["suppressed_by"]),
        fingerprint=row["fingerprint"],
        created_at=row["created_at"],
    )
