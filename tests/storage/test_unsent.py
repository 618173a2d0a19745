"""What is not sent after all, what is brought forward, and who wants no more; on both databases."""

from __future__ import annotations

from datetime import timedelta

from tests.storage.examples import MINUTE, NOW, a_delivery, an_attempt
from tests.storage.test_outbox import _claim, _enqueue, _get
from watcher.model.delivery import DeliveryStatus
from watcher.storage import outbox, recipients, unsent
from watcher.storage.engine import Database
from watcher.storage.recipients import Muted

HOUR = timedelta(hours=1)


async def test_what_is_given_up_ends_with_its_reason_and_no_try_counted(db: Database) -> None:
    await _enqueue(db, a_delivery(1, expires_at=NOW - HOUR))
    (claimed,) = await _claim(db)
    assert claimed.expires_at == NOW - HOUR
    async with db.write() as conn:
        assert await unsent.give_up(conn, claimed, DeliveryStatus.EXPIRED, NOW, "too old")
        assert not await unsent.give_up(conn, claimed, DeliveryStatus.EXPIRED, NOW, "again")
    ended = await _get(db)
    assert (ended.status, ended.last_error, ended.attempts) == (DeliveryStatus.EXPIRED, "too old", 0)
    assert await _claim(db, now=NOW + HOUR) == []


async def test_a_channel_that_answers_brings_its_own_waiting_tries_forward(db: Database) -> None:
    young, old = NOW - HOUR, NOW - timedelta(days=4)
    await _enqueue(
        db, a_delivery(1, created_at=young), a_delivery(2, created_at=old), a_delivery(3, created_at=young),
        a_delivery(4, channel="other"),
    )  # fmt: skip
    claimed = await _claim(db, channels=["desk", "other"])
    waits = {1: 9 * HOUR, 2: 9 * HOUR, 3: MINUTE, 4: 9 * HOUR}
    async with db.write() as conn:
        for one in claimed:
            wait = waits[int(one.id.rpartition("-")[2])]
            await outbox.finish_failed(conn, one, DeliveryStatus.RETRY, NOW + wait, an_attempt(one))
        assert await unsent.wake(conn, "desk", NOW) == 2
    woken = await _claim(db, channels=["desk", "other"])
    assert [one.id for one in woken] == ["delivery-000001", "delivery-000002"]
    assert {one.id: one.attempts for one in woken} == {"delivery-000001": 1, "delivery-000002": 2}


async def test_recipients_are_muted_one_by_one(db: Database) -> None:
    async with db.write() as conn:
        assert await recipients.mute(conn, Muted("mail", "a@x.example", NOW, "link"))
        assert not await recipients.mute(conn, Muted("mail", "a@x.example", NOW + HOUR, "command"))
        assert await recipients.is_muted(conn, "mail", "a@x.example")
        assert not await recipients.is_muted(conn, "other", "a@x.example")
        assert await recipients.listing(conn) == [Muted("mail", "a@x.example", NOW, "link")]
        assert await recipients.unmute(conn, "mail", "a@x.example")
        assert not await recipients.unmute(conn, "mail", "a@x.example")


async def test_the_first_key_is_kept(db: Database) -> None:
    async with db.write() as conn:
        assert await recipients.key(conn, "leave", "first") == "first"
        assert await recipients.key(conn, "leave", "second") == "first"
        assert await recipients.key(conn, "another", "third") == "third"
