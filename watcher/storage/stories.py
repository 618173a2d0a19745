"""Stories: which documents tell of one development, and how to find the story that a new one may belong to."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import RowMapping, Select, bindparam, case, delete, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.model.delivery import Citation
from watcher.model.story import Placement, Signature, StoryMember, StoryStatus
from watcher.storage.chunks import chunks
from watcher.storage.columns import Words
from watcher.storage.many import insert_rows
from watcher.storage.schema import contribution, document, story, story_key, story_member
from watcher.storage.signature_codec import decode_signature, encode_signature
from watcher.storage.upsert import Insert, insert_for, replace_into

CANDIDATES = 200  # a busy key never makes one document's placement slow; the newest are the likeliest

# Built once: these run for every document that matches, and building them costs more than running them.
_NEWEST = (
    select(
        story_key.c.key,
        story_key.c.document_id,
        func.row_number()
        .over(partition_by=story_key.c.key, order_by=(story_key.c.seen_at.desc(), story_key.c.document_id.desc()))
        .label("place"),
    )
    .where(story_key.c.key.in_(bindparam("keys", expanding=True)), story_key.c.seen_at >= bindparam("since"))
    .subquery()
)
_BY_KEYS = select(_NEWEST.c.key, _NEWEST.c.document_id).where(_NEWEST.c.place <= CANDIDATES).order_by(_NEWEST.c.place)
_MEMBERS = select(
    story_member.c.document_id,
    story_member.c.story_id,
    story_member.c.status,
    story_member.c.seen_at,
    type_coerce(story_member.c.signature, Words).label("signature"),  # decoded by us, once for equal text
).where(story_member.c.document_id.in_(bindparam("documents", expanding=True)))
_PUBLISHERS = (
    select(story_member.c.story_id, story_member.c.publisher)
    .where(
        story_member.c.story_id.in_(bindparam("stories", expanding=True)),
        story_member.c.status != StoryStatus.DUPLICATE,
    )
    .distinct()
)
_FORGET_KEYS = delete(story_key).where(story_key.c.document_id == bindparam("document"))
_ADD_KEYS = story_key.insert()


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Members of stories that documents of one batch may be compared with: `by_key` names them, newest first."""

    by_key: Mapping[int, Sequence[str]]
    members: Mapping[str, StoryMember]


async def neighbours(conn: AsyncConnection, keys: Collection[int], since: datetime) -> Neighbours:
    """Members seen since then that have one of these keys: of each key the newest 200."""
    by_key: dict[int, list[str]] = defaultdict(list)
    for piece in chunks(keys):
        for key, document_id in await conn.execute(_BY_KEYS, {"keys": piece, "since": since}):
            by_key[key].append(document_id)
    return Neighbours(by_key, await placed(conn, {one for found in by_key.values() for one in found}))


async def placed(conn: AsyncConnection, document_ids: Collection[str]) -> dict[str, StoryMember]:
    """Where these documents were placed, those that were."""
    found: dict[str, StoryMember] = {}
    for piece in chunks(document_ids):
        rows = (await conn.execute(_MEMBERS, {"documents": piece})).mappings()
        found |= {row["document_id"]: _member(row) for row in rows}
    return found


async def publishers(conn: AsyncConnection, story_ids: Collection[str]) -> dict[str, set[str]]:
    """Who tells each of these stories in their own words (duplicates do not count)."""
    found: dict[str, set[str]] = {}
    for piece in chunks(story_ids):
        for story_id, publisher in await conn.execute(_PUBLISHERS, {"stories": piece}):
            found.setdefault(story_id, set()).add(publisher)
    return found


async def add_members(conn: AsyncConnection, new: Collection[tuple[Placement, Signature, str]], now: datetime) -> None:
    """Put documents, each with its title, into their stories; a story that is new is created.

    A document that is placed already (this is a new version of it) stays in its story; signature, keys and status are
    replaced.
    """
    if not new:
        return
    present = await placed(conn, {signature.document_id for _, signature, _ in new})
    stories, members, keys = [], [], []
    for placement, signature, title in new:
        id_ = signature.document_id
        story_id = present[id_].story_id if id_ in present else placement.story_id
        stories.append(
            {"id": story_id, "anchor_document_id": id_, "title": title, "first_seen_at": now, "last_seen_at": now}
        )
        members.append(
            {
                "document_id": id_,
                "story_id": story_id,
                "publisher": signature.publisher,
                "status": placement.status,
                "signature": encode_signature(signature),
                "seen_at": now,
            }
        )
        keys += [(id_, key, story_id, now) for key in sorted(set(signature.keys))]
    await conn.execute(_touching(conn.dialect.name), stories)
    await conn.execute(replace_into(conn, story_member, ["document_id"], keep=["story_id"]), members)
    if present:
        await conn.execute(_FORGET_KEYS, [{"document": id_} for id_ in present])
    await insert_rows(conn, _ADD_KEYS, ("document_id", "key", "story_id", "seen_at"), keys)


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


@cache
def _touching(dialect: str) -> Insert:
    statement = insert_for(dialect, story)
    later = case(
        (story.c.last_seen_at < statement.excluded.last_seen_at, statement.excluded.last_seen_at),
        else_=story.c.last_seen_at,
    )
    return statement.on_conflict_do_update(index_elements=["id"], set_={"last_seen_at": later})


def _member(row: RowMapping) -> StoryMember:
    return StoryMember(row["story_id"], _signature(row["signature"]), StoryStatus(row["status"]), row["seen_at"])


@lru_cache(maxsize=2_000)
def _signature(text: str) -> Signature:
    """A busy day compares with the same members again and again."""
    return decode_signature(json.loads(text))


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
