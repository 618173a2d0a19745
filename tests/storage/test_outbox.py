"""The outbox: nothing is enqueued twice, nothing is claimed twice, nothing is finished by whoever lost its lease."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.storage.examples import MINUTE, NOW, a_delivery, a_message, an_attempt, raise_alert
from watcher.model.delivery import Delivery, DeliveryStatus, Receipt
from watcher.storage import outbox
from watcher.storage.claiming import claim
from watcher.storage.engine import Database
from watcher.storage.errors import AmbiguousIdError

LEASE = timedelta(minutes=2)


async def _claim(db: Database, **changes: object) -> list[Delivery]:
    arguments = {"now": NOW, "owner": "me", "lease": LEASE, "limit": 10, "channels": ["desk"], **changes}
    async with db.write() as conn:
        return await claim(conn, **arguments)  # type: ignore[arg-type]


async def _enqueue(db: Database, *deliveries: Delivery) -> int:
    async with db.write() as conn:
        return await outbox.enqueue(conn, deliveries)


async def _get(db: Database, number: int = 1) -> Delivery:
    async with db.read() as conn:
        delivery = await outbox.get(conn, f"delivery-{number:06}")
    assert delivery is not None
    return delivery


async def test_a_delivery_comes_back_whole(db: Database) -> None:
    given = a_delivery(1, target="sara@example.org", priority=3, due_at=NOW + MINUTE, message=a_message(score=99))
    assert await _enqueue(db, given) == 1
    assert await _get(db) == replace(given, dedup_key=given.id)


async def test_nobody_is_told_twice(db: Database) -> None:
    first = a_delivery(1, dedup_key="alert-1:1")
    assert await _enqueue(db, first, a_delivery(2)) == 2
    assert await _enqueue(db, first, a_delivery(3, dedup_key="alert-1:1")) == 0
    assert await _enqueue(db, a_delivery(4, dedup_key="alert-1:1", target="other")) == 1
    assert await _enqueue(db, a_delivery(5, dedup_key="alert-1:1", channel="duty")) == 1
    assert await _enqueue(db) == 0
    async with db.read() as conn:
        assert await outbox.counts(conn) == {DeliveryStatus.PENDING: 4}


async def test_what_was_sent_is_not_enqueued_again(db: Database) -> None:
    await _enqueue(db, a_delivery(1, dedup_key="k"))
    (claimed,) = await _claim(db)
    async with db.write() as conn:
        assert await outbox.finish_sent(conn, claimed, Receipt("ts-1"), an_attempt(claimed))
    assert await _enqueue(db, a_delivery(1, dedup_key="k"), a_delivery(2, dedup_key="k")) == 0
    assert await _claim(db, now=NOW + 99 * MINUTE) == []


async def test_the_next_message_about_an_alert_waits_for_the_last_one_at_its_place(db: Database) -> None:
    async with db.write() as conn:
        alert = await raise_alert(conn)
    first, late = a_delivery(1, alert_id=alert.id), a_delivery(2, alert_id=alert.id, priority=0)
    elsewhere = a_delivery(3, alert_id=alert.id, target="other")
    await _enqueue(db, first, late, elsewhere, a_delivery(4), a_delivery(5))
    busy = [first, a_delivery(9), replace(first, channel="duty")]
    assert {one.id[-1] for one in await _claim(db, busy=busy)} == {"3", "4", "5"}
    assert {one.id[-1] for one in await _claim(db)} == {"1", "2"}


async def test_claiming_takes_the_urgent_and_the_oldest_first(db: Database) -> None:
    await _enqueue(
        db,
        a_delivery(1, priority=2, due_at=NOW - 9 * MINUTE),
        a_delivery(2, priority=1, due_at=NOW - MINUTE),
        a_delivery(3, priority=1, due_at=NOW - 2 * MINUTE, channel="duty"),
        a_delivery(4, priority=0, due_at=NOW + MINUTE),
        a_delivery(5, priority=1, due_at=NOW - 5 * MINUTE, channel="unconfigured"),
    )
    claimed = await _claim(db, channels=["desk", "duty"])
    assert [delivery.id[-1] for delivery in claimed] == ["3", "2", "1"]
    assert {(delivery.status, delivery.attempts) for delivery in claimed} == {(DeliveryStatus.SENDING, 1)}
    assert all(delivery.lease_token for delivery in claimed)
    assert claimed[0].due_at == NOW - 2 * MINUTE


async def test_claiming_is_bounded_over_all_channels(db: Database) -> None:
    await _enqueue(db, *(a_delivery(n, channel=f"c{n % 3}", due_at=NOW - n * MINUTE) for n in range(9)))
    claimed = await _claim(db, channels=["c0", "c1", "c2"], limit=4)
    assert [delivery.id[-1] for delivery in claimed] == ["8", "7", "6", "5"]
    assert await _claim(db, channels=[]) == []


async def test_a_claimed_delivery_is_nobody_elses(db: Database) -> None:
    await _enqueue(db, a_delivery(1))
    assert len(await _claim(db)) == 1
    assert await _claim(db, owner="other", now=NOW + LEASE - MINUTE) == []


async def test_concurrent_claimers_never_share_a_delivery(url: str) -> None:
    databases = [await Database.open(url) for _ in range(4)]
    await _enqueue(databases[0], *(a_delivery(number, priority=number % 3) for number in range(200)))

    async def take_all(database: Database, owner: str) -> list[str]:
        taken: list[str] = []
        while claimed := await _claim(database, owner=owner, limit=7):
            taken += [delivery.id for delivery in claimed]
        return taken

    shares = await asyncio.gather(*(take_all(database, f"owner-{n}") for n, database in enumerate(databases)))
    taken = [delivery_id for share in shares for delivery_id in share]
    assert sorted(taken) == [f"delivery-{number:06}" for number in range(200)]
    for database in databases:
        await database.close()


async def test_a_claimer_passes_over_what_another_transaction_is_claiming(db: Database) -> None:
    if db.sqlite:
        pytest.skip("SQLite has one write transaction at a time")
    await _enqueue(db, a_delivery(1), a_delivery(2, due_at=NOW + timedelta(seconds=1)))
    async with db.write() as conn:
        first = await claim(conn, NOW + MINUTE, "me", LEASE, 1, ["desk"])
        async with asyncio.timeout(20):  # instead of waiting for the other transaction for ever
            second = await asyncio.create_task(_claim(db, owner="other", now=NOW + MINUTE, limit=1))
    assert [delivery.id[-1] for delivery in first + second] == ["1", "2"]


async def test_a_sent_delivery_keeps_its_receipt_and_its_attempt(db: Database) -> None:
    await _enqueue(db, a_delivery(1))
    (claimed,) = await _claim(db)
    attempt = an_attempt(claimed, detail="ok", facts={"status": "200"})
    async with db.write() as conn:
        assert await outbox.finish_sent(conn, claimed, Receipt("C1/1700.1"), attempt)
        assert await outbox.attempts(conn, claimed.id) == [attempt]
        assert await outbox.counts(conn) == {DeliveryStatus.SENT: 1}
        assert await outbox.owners(conn) == set()
        assert await outbox.next_due(conn, ["desk"]) is None


async def test_a_stale_lease_cannot_finish(db: Database) -> None:
    await _enqueue(db, a_delivery(1))
    (slow,) = await _claim(db)
    (fresh,) = await _claim(db, now=NOW + LEASE)
    assert fresh.lease_token != slow.lease_token
    async with db.write() as conn:
        assert not await outbox.finish_sent(conn, slow, Receipt("late"), an_attempt(slow))
        assert not await outbox.finish_failed(conn, slow, DeliveryStatus.DEAD, NOW, an_attempt(slow, "failed"))
        assert not await outbox.finish_sent(conn, a_delivery(1), Receipt("unclaimed"), an_attempt(slow))
    assert (await _get(db)).status is DeliveryStatus.SENDING
    async with db.write() as conn:
        assert await outbox.finish_sent(conn, fresh, Receipt("ts"), an_attempt(fresh))
        assert not await outbox.finish_sent(conn, fresh, Receipt("twice"), an_attempt(fresh))
        assert len(await outbox.attempts(conn, fresh.id)) == 5  # every try is history, whoever won


async def test_the_same_owner_gets_another_token_each_time(db: Database) -> None:
    await _enqueue(db, a_delivery(1))
    (first,) = await _claim(db)
    async with db.write() as conn:
        await outbox.finish_failed(conn, first, DeliveryStatus.DEAD, NOW, an_attempt(first, "dead"))
        assert await outbox.retry(conn, first.id, NOW)
    (second,) = await _claim(db)
    assert second.attempts == 1
    assert second.lease_token != first.lease_token


async def test_a_failed_delivery_waits_until_it_is_due_again(db: Database) -> None:
    await _enqueue(db, a_delivery(1))
    (claimed,) = await _claim(db)
    failed = an_attempt(claimed, "retry_wait", detail="HTTP 503")
    async with db.write() as conn:
        assert await outbox.finish_failed(conn, claimed, DeliveryStatus.RETRY, NOW + 5 * MINUTE, failed)
        assert await outbox.next_due(conn, ["desk"]) == NOW + 5 * MINUTE
    waiting = await _get(db)
    assert (waiting.status, waiting.last_error, waiting.ambiguous) == (DeliveryStatus.RETRY, "HTTP 503", False)
    assert await _claim(db, now=NOW + 4 * MINUTE) == []
    (again,) = await _claim(db, now=NOW + 5 * MINUTE)
    assert (again.attempts, again.ambiguous) == (2, False)


async def test_an_ambiguous_failure_stays_ambiguous(db: Database) -> None:
    await _enqueue(db, a_delivery(1))
    (claimed,) = await _claim(db)
    async with db.write() as conn:
        await outbox.finish_failed(conn, claimed, DeliveryStatus.AMBIGUOUS, NOW, an_attempt(claimed, "ambiguous"))
    (again,) = await _claim(db)
    assert again.ambiguous
    async with db.write() as conn:
        await outbox.finish_failed(conn, again, DeliveryStatus.RETRY, NOW, an_attempt(again, "retry_wait"))
    (third,) = await _claim(db)
    assert third.ambiguous  # the first try may still have arrived


async def test_a_lease_that_ran_out_may_have_been_sent(db: Database) -> None:
    await _enqueue(db, a_delivery(1))
    await _claim(db)
    async with db.read() as conn:
        assert await outbox.next_due(conn, ["desk"]) == NOW + LEASE
    (again,) = await _claim(db, now=NOW + LEASE)
    assert again.ambiguous
    assert again.attempts == 2


async def test_what_a_dead_process_was_sending_is_due_at_once(db: Database) -> None:
    await _enqueue(db, a_delivery(1), a_delivery(2), a_delivery(3))
    (lost,) = await _claim(db, owner="dead", limit=1)
    await _claim(db, owner="alive", limit=1)
    async with db.write() as conn:
        assert await outbox.owners(conn) == {"dead", "alive"}
        assert await outbox.release(conn, ["dead", "unknown"], NOW + MINUTE) == 1
        assert await outbox.release(conn, [], NOW) == 0
        assert await outbox.owners(conn) == {"alive"}
    released = await _get(db)
    assert (released.id, released.status, released.ambiguous) == (lost.id, DeliveryStatus.AMBIGUOUS, True)
    assert released.attempts == lost.attempts - 1, "a try that was cut off is given back"
    async with db.write() as conn:
        assert not await outbox.finish_sent(conn, lost, Receipt(""), an_attempt(lost))
    assert lost.id in [delivery.id for delivery in await _claim(db, now=NOW + MINUTE)]


async def test_only_a_dead_delivery_is_retried(db: Database) -> None:
    await _enqueue(db, a_delivery(1), a_delivery(2))
    (claimed,) = await _claim(db, limit=1)
    async with db.write() as conn:
        await outbox.finish_failed(conn, claimed, DeliveryStatus.DEAD, NOW, an_attempt(claimed, "dead", detail="410"))
        assert await outbox.counts(conn) == {DeliveryStatus.DEAD: 1, DeliveryStatus.PENDING: 1}
        assert not await outbox.retry(conn, "delivery-000002", NOW)
        assert not await outbox.retry(conn, "unknown", NOW)
        assert await outbox.retry(conn, claimed.id, NOW + MINUTE)
    waiting = await _get(db)
    assert (waiting.status, waiting.attempts, waiting.due_at) == (DeliveryStatus.PENDING, 0, NOW + MINUTE)
    assert len(await _claim(db, now=NOW + MINUTE)) == 2


async def test_a_dead_delivery_is_never_claimed(db: Database) -> None:
    await _enqueue(db, a_delivery(1))
    (claimed,) = await _claim(db)
    async with db.write() as conn:
        await outbox.finish_failed(conn, claimed, DeliveryStatus.DEAD, NOW, an_attempt(claimed, "dead"))
    assert await _claim(db, now=NOW + 99 * MINUTE) == []


async def test_updates_hang_on_the_first_delivery_of_their_alert(db: Database) -> None:
    async with db.write() as conn:
        await raise_alert(conn, 1)
        await raise_alert(conn, 2)
    await _enqueue(db, *(a_delivery(n, alert_id="alert-1", due_at=NOW + n * MINUTE) for n in (1, 2)))
    for number in (1, 2):
        (claimed,) = await _claim(db, now=NOW + number * MINUTE)
        attempt = an_attempt(claimed, ended_at=NOW + number * MINUTE)
        async with db.write() as conn:
            await outbox.finish_sent(conn, claimed, Receipt(f"ts-{number}"), attempt)
    later = NOW + 3 * MINUTE
    await _enqueue(
        db,
        a_delivery(3, alert_id="alert-1", due_at=later),
        a_delivery(4, alert_id="alert-2", due_at=later),
        a_delivery(5, alert_id="alert-1", due_at=later, channel="duty"),
        a_delivery(6, alert_id="alert-1", due_at=later, target="sara@example.org"),
        a_delivery(7, due_at=later),
    )
    claimed = await _claim(db, now=later, channels=["desk", "duty"])
    assert [delivery.thread for delivery in claimed] == ["ts-1", None, None, None, None]
    async with db.read() as conn:
        assert await outbox.thread(conn, "alert-1", "desk") == "ts-1"
        assert await outbox.thread(conn, "alert-1", "duty") is None
        assert [delivery.id[-1] for delivery in await outbox.for_alert(conn, "alert-1")] == ["1", "2", "3", "5", "6"]


async def test_listing_and_looking_up(db: Database) -> None:
    await _enqueue(db, *(a_delivery(n, created_at=NOW + n * MINUTE) for n in range(3)))
    await _claim(db, limit=1)
    async with db.read() as conn:
        assert [delivery.id[-1] for delivery in await outbox.listing(conn)] == ["2", "1", "0"]
        assert len(await outbox.listing(conn, limit=2)) == 2
        assert len(await outbox.listing(conn, DeliveryStatus.PENDING)) == 2
        assert await outbox.get(conn, "unknown") is None
        with pytest.raises(AmbiguousIdError):
            await outbox.get(conn, "delivery-")


async def test_deliveries_to_removed_channels_are_found(db: Database) -> None:
    await _enqueue(db, a_delivery(1), a_delivery(2, channel="gone"), a_delivery(3, channel="gone"))
    async with db.write() as conn:
        orphans = await outbox.orphaned(conn, ["desk", "duty"])
        assert [delivery.id[-1] for delivery in orphans] == ["2", "3"]
        assert len(await outbox.orphaned(conn, [], limit=2)) == 2
        assert await outbox.next_due(conn, ["duty"]) is None
        assert await outbox.next_due(conn, []) is None
