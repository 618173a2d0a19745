"""Documents in the order in which they were received, and which of them still wait to be matched."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import zip_longest
from operator import attrgetter
from typing import Any

from sqlalchemy import RowMapping, bindparam, func, or_, select, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.model.document import Document
from watcher.storage.chunks import chunks
from watcher.storage.columns import digest
from watcher.storage.many import Row, insert_rows
from watcher.storage.schema import document

_FIELDS = tuple(field.name for field in fields(Document))
_COLUMNS = tuple(document.c[name] for name in _FIELDS)
_INSERT = document.insert()
_NAMES = (*_FIELDS, "guid_key", "canonical_key", "url_key", "matched_version", "matched_fingerprint")
_values = attrgetter(*_FIELDS)
_PENDING = document.c.matched_version < document.c.version


@dataclass(frozen=True, slots=True)
class DocumentCounts:
    """`pending` of `total` documents wait to be matched, new or revised."""

    total: int
    pending: int


async def known(
    conn: AsyncConnection, source_id: str, guids: Collection[str], urls: Collection[str], hashes: Collection[str]
) -> list[Document]:
    """Documents of the source that have one of these guids, canonical URLs or content hashes, oldest first."""
    c = document.c
    keys = (
        [(c.guid_key, piece) for piece in chunks({digest(guid) for guid in guids if guid})],
        [(c.canonical_key, piece) for piece in chunks({digest(url) for url in urls if url})],
        [(c.content_hash, piece) for piece in chunks(set(hashes))],
    )
    found: dict[int, Document] = {}
    for pieces in zip_longest(*keys):
        # Most are found under all three keys: their texts are read once.
        alike = [select(c.seq).where(c.source_id == source_id, key.in_(piece)) for key, piece in filter(None, pieces)]
        query = select(c.seq, *_COLUMNS).where(c.seq.in_(union(*alike).scalar_subquery()))
        found |= {row["seq"]: _document(row) for row in (await conn.execute(query)).mappings()}
    return [found[seq] for seq in sorted(found)]


async def add(
    conn: AsyncConnection, new: Iterable[Document], settled: Collection[str] = (), fingerprint: str = ""
) -> None:
    """Store new documents. Those whose ids are `settled` were matched, by the rulebook of that fingerprint, and nothing
    was found; the others wait to be matched. An id that is there already raises StorageError.
    """
    rows: list[Row] = []
    for item in new:
        matched = (item.version, fingerprint) if item.id in settled else (0, "")
        rows.append((*_values(item), *_keys(item), *matched))
    await insert_rows(conn, _INSERT, _NAMES, rows)


async def revise(conn: AsyncConnection, revised: Iterable[Document]) -> None:
    """Store edited documents under their ids: each becomes the next version and waits to be matched again.

    The stored version counts, whatever the given one says. First seen stays as it was.
    """
    fixed = {"id", "version", "first_seen_at"}
    for piece in chunks(list(revised)):
        rows = [{f"new_{name}": value for name, value in _row(item).items()} for item in piece]
        changed: dict[str, Any] = {name[4:]: bindparam(name) for name in rows[0] if name[4:] not in fixed}
        statement = update(document).where(document.c.id == bindparam("new_id"))
        needed = [{name: row[name] for name in row if name not in ("new_version", "new_first_seen_at")} for row in rows]
        await conn.execute(statement.values(**changed, version=document.c.version + 1), needed)


async def pending(conn: AsyncConnection, limit: int) -> list[Document]:
    """At most `limit` documents that wait to be matched, in the order in which they were received."""
    query = select(*_COLUMNS).where(_PENDING).order_by(document.c.seq).limit(limit)
    return [_document(row) for row in (await conn.execute(query)).mappings()]


async def read_again(conn: AsyncConnection, given: Iterable[tuple[str, int]]) -> None:
    """These (id, version) wait to be matched once more, if they are still what was matched."""
    for id_, version in given:
        same = (document.c.id == id_) & (document.c.version == version) & (document.c.matched_version == version)
        await conn.execute(update(document).where(same).values(matched_version=version - 1))


async def still_pending(conn: AsyncConnection, given: Iterable[Document]) -> set[str]:
    """Ids of those whose very version still waits to be matched."""
    versions = {one.id: one.version for one in given}
    left: set[str] = set()
    for piece in chunks(versions):
        query = select(document.c.id, document.c.version).where(_PENDING, document.c.id.in_(piece))
        left |= {id_ for id_, version in await conn.execute(query) if versions[id_] == version}
    return left


async def mark_matched(conn: AsyncConnection, matched: Iterable[tuple[str, int]], fingerprint: str) -> None:
    """These (id, version) were matched by the rulebook of that fingerprint; a version revised since keeps waiting."""
    statement = (
        update(document)
        .where(document.c.id == bindparam("the_id"), document.c.matched_version < bindparam("the_version"))
        .values(matched_version=bindparam("the_version"), matched_fingerprint=fingerprint)
    )
    for piece in chunks(list(matched)):
        await conn.execute(statement, [{"the_id": id_, "the_version": version} for id_, version in piece])


async def reopen(conn: AsyncConnection, document_id: str, version: int) -> bool:
    """Let this version wait to be matched again, if it was; False if it waits already, or was revised since."""
    c = document.c
    this = (c.id == document_id) & (c.version == version) & (c.matched_version == version)
    return (await conn.execute(update(document).where(this).values(matched_version=version - 1))).rowcount > 0


async def get(conn: AsyncConnection, document_id: str) -> Document | None:
    """The document of that id."""
    row = (await conn.execute(select(*_COLUMNS).where(document.c.id == document_id))).mappings().first()
    return None if row is None else _document(row)


async def find_by_url(conn: AsyncConnection, url: str) -> Document | None:
    """The newest document with that URL, as it was given or as its canonical form."""
    key = digest(url)
    where = or_(document.c.canonical_key == key, document.c.url_key == key)
    row = (
        (await conn.execute(select(*_COLUMNS).where(where).order_by(document.c.seq.desc()).limit(1))).mappings().first()
    )
    return None if row is None or not url else _document(row)


async def counts(conn: AsyncConnection) -> DocumentCounts:
    """How many there are, and how many wait."""
    total = await conn.scalar(select(func.count()).select_from(document))
    waiting = await conn.scalar(select(func.count()).select_from(document).where(_PENDING))
    return DocumentCounts(total=total or 0, pending=waiting or 0)


async def recent(conn: AsyncConnection, since: datetime, limit: int) -> list[Document]:
    """Documents first seen since then, newest first."""
    c = document.c
    query = (
        select(*_COLUMNS).where(c.first_seen_at >= since).order_by(c.first_seen_at.desc(), c.seq.desc()).limit(limit)
    )
    return [_document(row) for row in (await conn.execute(query)).mappings()]


async def count_since(conn: AsyncConnection, since: datetime) -> int:
    """How many were first seen since then."""
    query = select(func.count()).select_from(document).where(document.c.first_seen_at >= since)
    return await conn.scalar(query) or 0


async def place_before(conn: AsyncConnection, since: datetime) -> int | None:
    """The place in the order of arrival just before the first document seen since then; None if there is none."""
    first = await conn.scalar(select(func.min(document.c.seq)).where(document.c.first_seen_at >= since))
    return None if first is None else int(first) - 1


async def arrived(conn: AsyncConnection, after: int, limit: int) -> list[tuple[int, Document]]:
    """The next documents in the order of arrival, each with its place; `after` is the last place already seen."""
    query = select(document.c.seq, *_COLUMNS).where(document.c.seq > after).order_by(document.c.seq).limit(limit)
    return [(row["seq"], _document(row)) for row in (await conn.execute(query)).mappings()]


async def headlines(conn: AsyncConnection, document_ids: Collection[str]) -> dict[str, tuple[str, str, str]]:
    """Title, URL and publisher of these documents, by id."""
    c = document.c
    found: dict[str, tuple[str, str, str]] = {}
    for piece in chunks(document_ids):
        query = select(c.id, c.title, c.url, c.publisher).where(c.id.in_(piece))
        found |= {id_: (title, url, publisher) for id_, title, url, publisher in await conn.execute(query)}
    return found


def _row(item: Document) -> dict[str, Any]:
    return dict(zip(_NAMES, (*_values(item), *_keys(item)), strict=False))


def _keys(item: Document) -> tuple[str, str, str]:
    """What the item is looked up by: its guid, its canonical URL, its URL."""
    canonical = digest(item.canonical_url)
    return digest(item.guid), canonical, canonical if item.url == item.canonical_url else digest(item.url)


def _document(row: RowMapping) -> Document:
    return Document(**{name: row[name] for name in _FIELDS} | {"tags": tuple(row["tags"])})
