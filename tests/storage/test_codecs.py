"""What goes into a column comes out of it again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from tests.storage.examples import NOW, a_delivery, a_message, a_signature
from watcher.model.delivery import Message
from watcher.model.story import Signature
from watcher.storage import heartbeat, outbox
from watcher.storage.columns import Json, UtcTime, Words
from watcher.storage.engine import Database
from watcher.storage.errors import StorageError
from watcher.storage.message_codec import decode_message, encode_message
from watcher.storage.signature_codec import decode_signature, encode_signature

SQLITE, POSTGRES = sqlite.dialect(), postgresql.dialect()
moments = st.datetimes(
    min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.timezones() | st.just(UTC)
)
messages = st.builds(Message, trust=st.floats(0, 1))
slow = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)


@given(messages)
def test_a_message_survives_its_snapshot(message: Message) -> None:
    stored = Json().process_bind_param(encode_message(message), SQLITE)
    assert decode_message(json.loads(stored)) == message


def test_a_snapshot_of_an_older_version_gets_defaults() -> None:
    kept = {"kind", "alert_id", "signal_id", "signal_title", "story_id", "severity", "score", "assertion", "document"}
    old = {name: value for name, value in encode_message(a_message()).items() if name in kept | {"sentence"}}
    assert decode_message(old) == a_message()


@given(st.builds(Signature))
def test_a_signature_survives(signature: Signature) -> None:
    assert decode_signature(json.loads(json.dumps(encode_signature(signature)))) == signature


def test_a_signature_of_another_version_is_still_read() -> None:
    written = encode_signature(replace(a_signature(), names=frozenset({"Baghdad"})))
    del written["names"]
    assert decode_signature({**written, "unknown": 1}) == a_signature()


@given(moments, moments)
def test_times_keep_moment_and_order_as_text(first: datetime, second: datetime) -> None:
    column = UtcTime()
    stored = [str(column.process_bind_param(moment, SQLITE)) for moment in (first, second)]
    assert [len(text) for text in stored] == [27, 27]
    back = [column.process_result_value(text, SQLITE) for text in stored]
    utc = [moment.astimezone(UTC) for moment in (first, second)]
    assert back == utc
    assert all(moment is not None and moment.tzinfo is UTC for moment in back)
    assert (stored[0] < stored[1]) == (utc[0] < utc[1])


def test_times_from_postgresql_come_in_utc() -> None:
    elsewhere = datetime(2026, 3, 1, 15, tzinfo=timezone(timedelta(hours=3)))
    assert UtcTime().process_result_value(elsewhere, POSTGRES) == NOW
    assert UtcTime().process_bind_param(None, POSTGRES) is None
    assert UtcTime().process_result_value(None, SQLITE) is None


async def test_a_time_without_a_zone_is_refused(db: Database) -> None:
    with pytest.raises(StorageError, match="a time without a zone cannot be stored"):
        async with db.write() as conn:
            await heartbeat.beat(conn, "x", datetime(2026, 3, 1))


@slow
@given(moment=moments, note=st.text())
async def test_times_and_texts_survive_the_database(db: Database, moment: datetime, note: str) -> None:
    async with db.write() as conn:
        await heartbeat.beat(conn, "x", moment, {"note": note})
        assert await heartbeat.last(conn, "x") == heartbeat.Beat("x", moment.astimezone(UTC), {"note": note})


@slow
@given(message=messages)
async def test_a_message_survives_the_outbox(db: Database, message: Message) -> None:
    async with db.write() as conn:
        await conn.exec_driver_sql("DELETE FROM delivery")
        await outbox.enqueue(conn, [a_delivery(1, message=message)])
        (stored,) = await outbox.listing(conn)
    assert stored.message == message


@given(st.text(st.characters(), max_size=50))
def test_text_keeps_its_length_and_can_be_encoded(text: str) -> None:
    stored = Words().process_bind_param(text, POSTGRES)
    assert stored is not None
    assert len(stored) == len(text)
    assert "\x00" not in stored
    stored.encode()


def test_halves_of_characters_are_replaced_in_json() -> None:
    stored = Json().process_bind_param({"a": ["\ud800", "b"]}, POSTGRES)
    assert json.loads(stored.encode()) == {"a": ["\ufffd", "b"]}
