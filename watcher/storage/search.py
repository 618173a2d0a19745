"""Full text: documents that contain words. The words come as terms; no text of a person is read as a query language.

SQLite's index (FTS5) is filled by `index`, in the background; PostgreSQL keeps its own (GIN) up to date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, bindparam, column, func, literal_column, select, table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.storage.accents import accents_back, unaccented, unaccented_sql
from watcher.storage.schema import document

BEGIN, END = "\x02", "\x03"
"""Stand around each hit in a snippet; no document holds them, because parsers drop control characters."""

_WORDS = 24
_FTS = table("document_search", column("rowid"))
_SNIPPET: ColumnElement[str] = literal_column(f"snippet(document_search, -1, char(2), char(3), '…', {_WORDS})")
_INDEXED = 100_000  # characters of a text that PostgreSQL's index takes in
_FOLDED = unaccented_sql(f"document.title || ' ' || left(document.text, {_INDEXED})")  # as the index has it
_TEXT: ColumnElement[str] = literal_column(_FOLDED)
_VECTOR: ColumnElement[str] = literal_column(f"to_tsvector('simple'::regconfig, {_FOLDED})")
_HEADLINE = f"StartSel={BEGIN}, StopSel={END}, MaxWords={_WORDS}, MinWords=8, MaxFragments=1"
_INDEX = text(
    "INSERT INTO document_search (rowid, title, text) SELECT seq, title, text FROM document"
    " WHERE seq > (SELECT coalesce(max(id), 0) FROM document_search_docsize) ORDER BY seq LIMIT :most"
)


@dataclass(frozen=True, slots=True)
class Term:
    """A word or several in a row; `prefix`: the last one may go on."""

    words: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that has all terms; `snippet` shows where, each hit between BEGIN and END."""

    document_id: str
    source_id: str
    publisher: str
    language: str | None
    url: str
    title: str
    published_at: datetime | None
    first_seen_at: datetime
    snippet: str


async def index(conn: AsyncConnection, most: int) -> int:
    """Take the next new documents into the index; how many. None is left when it is less than `most`."""
    if conn.dialect.name == "postgresql":
        return 0
    return (await conn.execute(_INDEX, {"most": most})).rowcount


async def find(
    conn: AsyncConnection,
    terms: Sequence[Term],
    limit: int,
    *,
    since: datetime | None = None,
    source_id: str | None = None,
    language: str | None = None,
) -> list[Hit]:
    """At most `limit` documents that have all of the terms, the newest first."""
    c = document.c
    if conn.dialect.name == "postgresql":
        wanted = _tsquery(terms)
        snippet = func.ts_headline(literal_column("'simple'::regconfig"), _TEXT, wanted, _HEADLINE)
        query = select(document, snippet.label("snippet")).where(_VECTOR.op("@@")(wanted))
    else:
        matching = literal_column("document_search").op("MATCH")(bindparam("wanted", _fts5(terms)))
        query = select(document, _SNIPPET.label("snippet")).join(_FTS, _FTS.c.rowid == c.seq).where(matching)
    if since is not None:
        query = query.where(c.first_seen_at >= since)
    if source_id is not None:
        query = query.where(c.source_id == source_id)
    if language is not None:
        query = query.where(c.language == language)
    rows = (await conn.execute(query.order_by(c.seq.desc()).limit(limit))).mappings()
    return [
        Hit(
            document_id=row["id"],
            source_id=row["source_id"],
            publisher=row["publisher"],
            language=row["language"],
            url=row["url"],
            title=row["title"],
            published_at=row["published_at"],
            first_seen_at=row["first_seen_at"],
            snippet=_told(row["snippet"], row) if conn.dialect.name == "postgresql" else row["snippet"],
        )
        for row in rows
    ]


def _told(snippet: str, row: RowMapping) -> str:
    return accents_back(snippet, f"{row['title']} {row['text'][:_INDEXED]}", BEGIN + END)


def _fts5(terms: Sequence[Term]) -> str:
    """Each term is a string of FTS5, in which only the quote means something."""
    return " ".join('"' + term.words.replace('"', " ") + '"' + ("*" if term.prefix else "") for term in terms)


def _tsquery(terms: Sequence[Term]) -> ColumnElement[str]:
    simple: ColumnElement[str] = literal_column("'simple'::regconfig")
    parts: list[ColumnElement[str]] = []
    for term in terms:
        words = unaccented(term.words)
        if term.prefix:  # a quoted lexeme, in which only quote and backslash mean something
            quoted = words.replace("\\", " ").replace("'", " ")
            parts.append(func.to_tsquery(simple, f"'{quoted}':*"))
        else:
            parts.append(func.phraseto_tsquery(simple, words))
    joined = parts[0]
    for part in parts[1:]:
        joined = joined.op("&&")(part)
    return joined
