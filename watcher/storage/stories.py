"""Stories: which documents tell of one development, and how to find the story that a new one may belong to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import RowMapping, Select, bindparam, case, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.model.delivery import Citation
from watcher.model.story import Placement, Signature, StoryMember, StoryStatus
from watcher.storage.chunks import chunks
from watcher.storage.schema import contribution, document, story, story_key, story_member
from watcher.storage.signature_codec import decode_signature, encode_signature
from watcher.storage.upsert import Insert, insert_for, replace_into

CANDIDATES = 200  # a busy key never makes one document's placement slow; the newest are the likeliest

# Built once: these run for every document that matches, and building them costs more than running them.
_BY_KEYS = (
    select(story_key.c.document_id, story_key.c.seen_at)
    .where(story_key.c.key.in_(bindparam("keys", expanding=True)), story_key.c.seen_at >= bindparam("since"))
    .distinct()
    .order_by(story_key.c.seen_at.desc(), story_key.c.document_id)
    .limit(CANDIDATES)
)
_MEMBERS = select(story_member).where(story_member.c.document_id.in_(bindparam("documents", expanding=True)))
_PLACED = select(story_member.c.story_id).where(story_member.c.document_id == bindparam("document"))
_PUBLISHERS = (
    select(story_member.c.publisher)
    .where(story_member.c.story_id == bindparam("story"), story_member.c.status != StoryStatus.DUPLICATE)
    .distinct()
)
_FORGET_KEYS = delete(story_key).where(story_key.c.document_id == bindparam("document"))
_ADD_KEYS = story_key.insert()


async def candidates(conn: AsyncConnection, keys: Collection[int], since: datetime) -> list[StoryMember]:
    """Members seen since then that share a key, newest first; at most 200."""
    seen: dict[str, datetime] = {}
    for piece in chunks(keys):
        rows = await conn.execute(_BY_KEYS, {"keys": piece, "since": since})
        seen |= {document_id: seen_at for document_id, seen_at in rows}
    newest = sorted(seen, key=lambda document_id: (seen[document_id], document_id), reverse=True)[:CANDIDATES]
    if not newest:
        return []
    rows = (await conn.execute(_MEMBERS, {"documents": newest})).mappings()
    found = {row["document_id"]: _member(row) for row in rows}
    return [found[document_id] for document_id in newest if document_id in found]


async def add_member(
    conn: AsyncConnection, placement: Placement, signature: Signature, title: str, now: datetime
) -> StoryMember:
    """Put a document into its story, which is created if it is new, and return the member as stored.

    A document that is placed already (this is a new version of it) stays in its story; signature, keys and status are
    replaced.
    """
    present = (await conn.execute(_PLACED, {"document": signature.document_id})).scalar()
    story_id = present or placement.story_id
    await _touch(conn, story_id, signature.document_id, title, now)
    row = {
        "document_id": signature.document_id,
        "story_id": story_id,
        "publisher": signature.publisher,
        "status": placement.status,
        "signature": encode_signature(signature),
        "seen_at": now,
    }
    await conn.execute(replace_into(conn, story_member, ["document_id"], keep=["story_id"]), row)
    if present:
        await conn.execute(_FORGET_KEYS, {"document": signature.document_id})
    for piece in chunks(sorted(set(signature.keys))):
        await conn.execute(
            _ADD_KEYS,
            [{"document_id": signature.document_id, "key": key, "story_id": story_id, "seen_at": now} for key in piece],
        )
    return StoryMember(story_id, signature, placement.status, now)


async def for_document(conn: AsyncConnection, document_id: str) -> StoryMember | None:
    """Where the document was placed, if it was."""
    row = (await conn.execute(_MEMBERS, {"documents": [document_id]})).mappings().first()
    return None if row is None else _member(row)


async def publishers(conn: AsyncConnection, story_id: str) -> set[str]:
    """Who tells the story in their own words (duplicates do not count)."""
    return set(await conn.scalars(_PUBLISHERS, {"story": story_id}))


async def citations(conn: AsyncConnection, story_id: str, limit: int) -> list[Citation]:
    """The story's documents for people to read: own words before duplicates, then newest first.

    For an occurrence of a composite signal: a document of each story that it rests on, newest first.
    """
    copied = case((story_member.c.status == StoryStatus.DUPLICATE, 1), else_=0)
    query = (
        select(document.c.title, document.c.url, document.c.publisher, document.c.published_at)
        .join(story_member, story_member.c.document_id == document.c.id)
        .where(story_member.c.story_id == story_id)
        .order_by(copied, story_member.c.seen_at.desc(), document.c.seq.desc())
        .limit(limit)
    )
    rows = list(await conn.execute(query)) or list(await conn.execute(_rests_on(story_id, limit)))
    return [
        Citation(title, url, publisher, None if published_at is None else _rfc3339(published_at))
        for title, url, publisher, published_at in rows
    ]


def _rests_on(occurrence_id: str, limit: int) -> Select[*tuple[Any, ...]]:
    of_it = select(contribution.c.document_id).where(contribution.c.occurrence_id == occurrence_id)
    return (
        select(document.c.title, document.c.url, document.c.publisher, document.c.published_at)
        .where(document.c.id.in_(of_it))
        .order_by(document.c.seq.desc())
        .limit(limit)
    )


async def _touch(conn: AsyncConnection, story_id: str, document_id: str, title: str, now: datetime) -> None:
    row = {
        "id": story_id,
        "anchor_document_id": document_id,
        "title": title,
        "first_seen_at": now,
        "last_seen_at": now,
    }
    await conn.execute(_touching(conn.dialect.name), row)


@cache
def _touching(dialect: str) -> Insert:
    statement = insert_for(dialect, story)
    later = case(
        (story.c.last_seen_at < statement.excluded.last_seen_at, statement.excluded.last_seen_at),
        else_=story.c.last_seen_at,
    )
    return statement.on_conflict_do_update(index_elements=["id"], set_={"last_seen_at": later})


def _member(row: RowMapping) -> StoryMember:
    return StoryMember(row["story_id"], decode_signature(row["signature"]), StoryStatus(row["status"]), row["seen_at"])


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
