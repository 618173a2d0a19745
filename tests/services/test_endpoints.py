"""A receiver that wants nothing more is left alone, across restarts, and nothing that was for it is lost."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.services.fakes import FakeAdapter, delivery, desk, ids
from tests.support.clocks import HandClock
from watcher.delivery.pacing import Pacer
from watcher.model.alert import Channel
from watcher.model.delivery import DeliveryError, DeliveryStatus
from watcher.services import endpoints
from watcher.services.deliver import Deliverer
from watcher.services.desk import DeskHolder
from watcher.storage import outbox
from watcher.storage.engine import Database

BOUND = 5.0
CHANNELS = {"soc": {"kind": "webhook", "url": "https://hooks.example/soc"}, "screen": {"kind": "console"}}


class Hook(FakeAdapter):
    """An adapter whose address may be gone."""

    def __init__(self, endpoint: str = "first") -> None:
        super().__init__(lane=f"hook {endpoint}")
        self.endpoint = endpoint

    def go(self) -> None:
        self.answers.append(DeliveryError("hooks.example answered 410: gone", permanent=True, gone=self.endpoint))


@pytest.fixture
def hook() -> Hook:
    return Hook()


class Place:
    """A deliverer for a hook and a screen, started anew with every `work`."""

    def __init__(self, root: Path, db: Database, clock: HandClock, hook: Hook) -> None:
        self.root, self.db, self.clock = root, db, clock
        self.screen = FakeAdapter("screen")
        self.starts = 0
        self.hook = hook

    async def put(self, *numbers: int) -> None:
        async with self.db.write() as conn:
            await outbox.enqueue(conn, [delivery(number, "soc") for number in numbers])

    async def work(self) -> None:
        self.starts += 1
        adapters = {"soc": self.hook, "screen": self.screen}
        over = desk(self.root / f"rules-{self.starts}", adapters, **CHANNELS)
        deliverer = Deliverer(
            self.db, DeskHolder(over), self.clock, Pacer(self.clock.monotonic), owner=f"o{self.starts}",
            chance=lambda: 0.5,
        )  # fmt: skip
        for _ in range(2):
            deliverer.kick()
            assert await deliverer.settle(BOUND)

    async def status(self) -> dict[str, str]:
        async with self.db.read() as conn:
            return {one.id: one.status for one in await outbox.listing(conn) if one.channel == "soc"}


@pytest.fixture
def place(tmp_path: Path, db: Database, clock: HandClock, hook: Hook) -> Place:
    return Place(tmp_path, db, clock, hook)


async def test_what_is_for_it_waits_and_operators_are_told_once(place: Place, hook: Hook) -> None:
    await place.put(1)
    hook.go()
    await place.work()
    await place.put(2, 3)
    await place.work()
    assert ids(hook.tried) == ["dlv_0001"]
    assert await place.status() == {
        "dlv_0001": DeliveryStatus.DEAD, "dlv_0002": DeliveryStatus.PENDING, "dlv_0003": DeliveryStatus.PENDING,
    }  # fmt: skip
    (notice,) = place.screen.sent
    assert notice.message.alert_title == "The channel soc is closed: its receiver wants nothing more"
    assert "watcher channels open soc" in notice.message.sentence


async def test_several_at_once_close_it_once(place: Place, hook: Hook) -> None:
    await place.put(1, 2, 3)
    for _ in range(3):
        hook.go()
    await place.work()
    assert len(place.screen.sent) == 1


async def test_a_person_opens_it_again(place: Place, hook: Hook) -> None:
    await place.put(1)
    hook.go()
    await place.work()
    await place.put(2)
    assert await endpoints.reopen(place.db, "soc")
    assert not await endpoints.reopen(place.db, "soc")
    await place.work()
    assert ids(hook.sent) == ["dlv_0002"]


async def test_another_address_opens_it_again(place: Place, hook: Hook) -> None:
    await place.put(1)
    hook.go()
    await place.work()
    await place.put(2)
    place.hook = Hook("second")
    await place.work()
    assert ids(place.hook.sent) == ["dlv_0002"]
    place.hook = hook
    await place.put(3)
    await place.work()
    assert "dlv_0003" in ids(hook.sent), "whoever goes back to the first address means it"


async def test_other_refusals_close_nothing(place: Place, hook: Hook) -> None:
    hook.answers.append(DeliveryError("hooks.example answered 400", permanent=True))
    await place.put(1, 2)
    await place.work()
    assert ids(hook.sent) == ["dlv_0002"]


async def test_draining_does_not_wait_for_what_is_closed(place: Place, hook: Hook) -> None:
    """`run --once` must come to its end."""
    await place.put(1)
    hook.go()
    await place.work()
    await place.put(2)
    over = desk(place.root / "draining", {"soc": hook, "screen": place.screen}, **CHANNELS)
    deliverer = Deliverer(
        place.db, DeskHolder(over), place.clock, Pacer(place.clock.monotonic), owner="o", chance=lambda: 0.5
    )
    await deliverer.drain(timedelta(seconds=10))
    assert place.clock.sleeps == []


async def test_the_rows_tell_what_waits(place: Place, hook: Hook) -> None:
    await place.put(1)
    hook.go()
    await place.work()
    await place.put(2, 3)
    soc, screen = await endpoints.rows(place.db, {"soc": Channel("soc", "webhook"), "screen": Channel("screen", "x")})
    assert (soc["state"], soc["waiting"], soc["reason"]) == ("closed", 2, "hooks.example answered 410: gone")
    assert (screen["state"], screen["waiting"], screen["closed_at"]) == ("open", 0, None)
