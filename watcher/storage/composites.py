"""What composite signals look at and leave behind: what fired lately, and the stories that each occurrence rests on."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.model.composite import Contribution, Firing, groups_in
from watcher.model.match import Assertion
from watcher.storage.match_codec import decode_evidence
from watcher.storage.schema import contribution, document, match, story
from watcher.storage.upsert import insert_into

MOST: int = 2_000
"""Firings that are looked at, the newest: a bound for a signal that fires on everything."""
_FIELDS = tuple(field.name for field in fields(Contribution))


async def fired(conn: AsyncConnection, signal_ids: Collection[str], since: datetime) -> list[Firing]:
    """Matches at or above their threshold that were recorded since then, told or not, of documents as they are now."""
    query = (
        select(
            match.c.signal_id,
            match.c.story_id,
            match.c.document_id,
            match.c.score,
            match.c.assertion,
            match.c.sentence,
            match.c.evidence,
            document.c.title,
            document.c.publisher,
            document.c.published_at,
            document.c.first_seen_at,
            document.c.tags,
        )
        .join(document, (document.c.id == match.c.document_id) & (document.c.version == match.c.version))
        .where(match.c.alert.is_(True), match.c.created_at >= since, match.c.signal_id.in_(sorted(signal_ids)))
        .where(match.c.story_id.is_not(None))
        .order_by(match.c.created_at.desc(), match.c.document_id, match.c.signal_id)
        .limit(MOST)
    )
    return [_firing(row) for row in (await conn.execute(query)).mappings()]


async def contributions(conn: AsyncConnection, composite_id: str, since: datetime) -> list[Contribution]:
    """All that occurrences of this composite rest on, of which something happened since then."""
    c = contribution.c
    lately = select(c.occurrence_id).where(c.composite_id == composite_id, c.happened_at >= since)
    query = select(*(c[name] for name in _FIELDS)).where(c.occurrence_id.in_(lately))
    rows = (await conn.execute(query.order_by(c.happened_at, c.signal_id, c.story_id))).mappings()
    return [Contribution(**row) for row in rows]


async def remember(
    conn: AsyncConnection, composite_id: str, title: str, rests_on: Iterable[Contribution], now: datetime
) -> None:
    """Add what an occurrence rests on. It is a story itself, so that its alert has one; the earliest is its anchor."""
    ordered = sorted(rests_on, key=lambda one: (one.happened_at, one.signal_id, one.story_id))
    for one in ordered:
        opened = insert_into(conn, story)
        row = {
            "id": one.occurrence_id,
            "anchor_document_id": one.document_id,
            "title": title,
            "first_seen_at": now,
            "last_seen_at": now,
        }
        await conn.execute(opened.on_conflict_do_update(index_elements=["id"], set_={"last_seen_at": now}), row)
        added = insert_into(conn, contribution).on_conflict_do_nothing(
            index_elements=["occurrence_id", "signal_id", "story_id"]
        )
        await conn.execute(added, {**asdict(one), "composite_id": composite_id})


def _firing(row: RowMapping) -> Firing:
    return Firing(
        signal_id=row["signal_id"],
        story_id=row["story_id"],
        document_id=row["document_id"],
        title=row["title"],
        publisher=row["publisher"],
        published_at=row["published_at"],
        first_seen_at=row["first_seen_at"],
        score=row["score"],
        assertion=Assertion(row["assertion"]),
        sentence=row["sentence"],
        groups=groups_in(row["sentence"], decode_evidence(row["evidence"])),
        tags=frozenset(row["tags"]),
    )
