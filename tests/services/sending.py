"""A deliverer on a real outbox, with adapters that the test plays."""

from __future__ import annotations

from pathlib import Path

from tests.services.fakes import FakeAdapter, delivery, desk
from tests.support.clocks import HandClock
from watcher.delivery.pacing import Pacer
from watcher.model.delivery import Delivery
from watcher.services.deliver import LEASE, Deliverer
from watcher.services.desk import DeskHolder
from watcher.storage import outbox
from watcher.storage.claiming import claim
from watcher.storage.engine import Database
from watcher.storage.instance import Instance

BOUND = 5.0


def middle() -> float:
    """No jitter to either side."""
    return 0.5


class Stage:
    """A deliverer with fake adapters on a real outbox."""

    def __init__(self, root: Path, db: Database, clock: HandClock, owner: str = "me", notebook: Instance | None = None,
                 **adapters: FakeAdapter) -> None:  # fmt: skip
        self.db, self.clock = db, clock
        holder = DeskHolder(desk(root / f"rules-{owner}", dict(adapters)))
        pacer = Pacer(clock.monotonic)
        self.deliverer = Deliverer(db, holder, clock, pacer, owner=owner, chance=middle, notebook=notebook)

    async def put(self, *deliveries: Delivery) -> None:
        async with self.db.write() as conn:
            await outbox.enqueue(conn, deliveries)

    async def get(self, number: int) -> Delivery:
        async with self.db.read() as conn:
            found = await outbox.get(conn, f"dlv_{number:04}")
        assert found is not None
        return found

    async def work(self) -> None:
        """Everything that is due now."""
        self.deliverer.kick()
        assert await self.deliverer.settle(BOUND)


async def claimed(db: Database, clock: HandClock, owner: str, *numbers: int) -> None:
    """Deliveries that a process of that name was sending when it was last seen."""
    async with db.write() as conn:
        await outbox.enqueue(conn, [delivery(number) for number in numbers])
        await claim(conn, clock.now(), owner, LEASE, 10, ["screen"])
