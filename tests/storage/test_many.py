"""Rows that are inserted together are the same rows as those that SQLAlchemy inserts."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from tests.storage.examples import NOW, a_document
from watcher.model.document import Document, Health, SourceState
from watcher.storage import documents, sources
from watcher.storage.columns import digest, storable
from watcher.storage.engine import Database
from watcher.storage.many import Row, insert_rows
from watcher.storage.schema import alert_event, document, source_state

words = st.text(st.characters(), max_size=30) | st.sampled_from(["", "\x00", "a\x00b", "\ud800", "é\x00", "\U0001f600"])
zones = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45)), ZoneInfo("Europe/Berlin")])
moments = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=zones)
new_documents = st.builds(
    replace,
    st.just(a_document(1)),
    **{name: words for name in ("publisher", "guid", "url", "canonical_url", "title", "text", "content_hash")},
    language=st.none() | words,
    published_at=st.none() | moments,
    first_seen_at=moments,
    version=st.integers(1, 9),
    tags=st.lists(words, max_size=3).map(tuple),
    trust=st.floats(0, 1),
)
slow = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)


@slow
@given(st.lists(new_documents, min_size=1, max_size=4))
async def test_documents_are_stored_as_sqlalchemy_stores_them(db: Database, drawn: list[Document]) -> None:
    given_ = [replace(one, id=f"doc_{number}") for number, one in enumerate(drawn)]
    async with db.write() as conn:
        await conn.execute(delete(document))
        await documents.add(conn, given_, {"doc_0"}, "f")
        ours = [tuple(row)[1:] for row in await conn.execute(select(document).order_by(document.c.seq))]
        await conn.execute(delete(document))
        await conn.execute(document.insert(), [_by_name(one) for one in given_])
        theirs = [tuple(row)[1:] for row in await conn.execute(select(document).order_by(document.c.seq))]
    assert ours == theirs


def _by_name(one: Document) -> dict[str, Any]:
    matched = one.id == "doc_0"
    keys = {"guid_key": digest(one.guid), "canonical_key": digest(one.canonical_url), "url_key": digest(one.url)}
    done = {"matched_version": one.version if matched else 0, "matched_fingerprint": "f" if matched else ""}
    return asdict(one) | keys | done


async def test_more_rows_than_one_statement_takes(db: Database) -> None:
    states = [SourceState(f"s{number:05}", NOW, health=Health.SLOW, held=number) for number in range(1_234)]
    async with db.write() as conn:
        await sources.save_all(conn, states)
        await sources.save_all(conn, [replace(state, polls=7) for state in states[:600]])
        stored = await sources.states(conn)
        assert (await conn.execute(select(source_state.c.health).distinct())).all() == [("slow",)]
    assert list(stored.values()) == [replace(state, polls=7 if state.held < 600 else 0) for state in states]


async def test_no_rows_are_no_statement(db: Database) -> None:
    async with db.write() as conn:
        await documents.add(conn, [])
        assert (await documents.counts(conn)).total == 0


async def test_a_time_without_a_zone_is_refused_whole(db: Database) -> None:
    rows: list[Row] = [("a", "kind", {}, NOW), ("b", "kind", {}, datetime(2026, 1, 1))]
    with pytest.raises(Exception, match="without a zone"):
        async with db.write() as conn:
            await insert_rows(conn, alert_event.insert(), ("alert_id", "kind", "detail", "at"), rows)
    async with db.read() as conn:
        assert (await conn.execute(select(alert_event))).first() is None


@given(words)
def test_what_is_stored_keeps_its_length(text: str) -> None:
    stored = storable(text)
    assert stored is not None
    assert len(stored) == len(text)
    assert "\x00" not in stored
    stored.encode()
