"""The pipeline: a document and all that comes of it is one transaction, and one fault does not stop the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from tests.services.fakes import desk, document
from tests.support.bell import Bell
from tests.support.clocks import HandClock
from tests.support.logbook import keeping
from tests.support.velmar import DAM_COPY, DAM_FAILS, DAM_FEARS, DAM_TOLL, DOCKERS_STRIKE, FOOTBALL, TREATY_SIGNED
from watcher.model.document import Document
from watcher.model.errors import UserError
from watcher.services import inspect
from watcher.services.desk import Desk, DeskHolder
from watcher.services.pipeline import BATCH, Pipeline
from watcher.storage import documents
from watcher.storage.engine import Database


class TrippingTargets(Mapping[str, tuple[str, ...]]):
    """Recipients that cannot be read, in the middle of the transaction: after match, story and alert were written."""

    def __init__(self, error: Exception, times: int = 1_000_000) -> None:
        self.error, self.left = error, times

    def __getitem__(self, key: str) -> tuple[str, ...]:
        if self.left:
            self.left -= 1
            raise self.error
        return ("",)

    def __iter__(self) -> Iterator[str]:
        return iter(("screen",))

    def __len__(self) -> int:
        return 1


async def store(db: Database, *given: Document) -> None:
    async with db.write() as conn:
        await documents.add(conn, given)


async def counts(db: Database) -> dict[str, int]:
    """What there is."""
    async with db.read() as conn:
        waiting = (await documents.counts(conn)).pending
    alerts = await inspect.alert_rows(db, 100)
    return {"waiting": waiting, "alerts": len(alerts), "deliveries": len(await inspect.delivery_rows(db, 100))}


def pipeline(db: Database, clock: HandClock, over: Desk) -> Pipeline:
    return Pipeline(db, DeskHolder(over), clock)


async def test_documents_become_alerts_and_deliveries(tmp_path: Path, db: Database, clock: HandClock) -> None:
    told = []
    runner = Pipeline(db, DeskHolder(desk(tmp_path / "rules")), clock, on_told=lambda: told.append(1))
    await store(db, document(1), document(2, FOOTBALL), document(3, DOCKERS_STRIKE), document(4, DAM_FEARS))
    assert await runner.run_pending() == 4

    assert await counts(db) == {"waiting": 0, "alerts": 2, "deliveries": 2}
    assert runner.tally["open"] == 2
    assert runner.tally["near_misses"] == 1
    assert told == [1]
    assert await runner.run_pending() == 0


@pytest.mark.parametrize("error", [RuntimeError("a fault of ours"), UserError("the disk is full")], ids=type)
async def test_a_fault_inside_leaves_nothing_behind(
    tmp_path: Path, db: Database, clock: HandClock, error: Exception
) -> None:
    runner = pipeline(db, clock, desk(tmp_path / "rules", targets=TrippingTargets(error)))
    await store(db, document(1))
    with keeping(Bell()):
        if isinstance(error, UserError):
            with pytest.raises(UserError):
                await runner.run_pending()
        else:
            await runner.run_pending()
    assert await counts(db) == {"waiting": 1, "alerts": 0, "deliveries": 0}
    assert runner.tally["open"] == 0

    mended = pipeline(db, clock, desk(tmp_path / "mended"))
    assert await mended.run_pending() == 1
    assert await counts(db) == {"waiting": 0, "alerts": 1, "deliveries": 1}
    assert mended.tally["stories"] == 1


async def test_one_document_that_trips_us_up_does_not_stop_the_rest(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    tripping = TrippingTargets(RuntimeError("a fault of ours"), times=2)  # once in the batch, once alone
    runner = pipeline(db, clock, desk(tmp_path / "rules", targets=tripping))
    await store(db, document(1), document(2, DOCKERS_STRIKE), document(3, FOOTBALL), document(4, TREATY_SIGNED))
    with keeping(Bell()) as logbook:
        await runner.run_pending()
        assert await runner.run_pending() == 0

    assert await counts(db) == {"waiting": 1, "alerts": 2, "deliveries": 2}
    assert [line["document"] for line in logbook.events("document.set_aside")] == ["doc_0001"]
    assert runner.tally["set_aside"] == 1
    restarted = pipeline(db, clock, desk(tmp_path / "mended"))
    await restarted.run_pending()
    assert await counts(db) == {"waiting": 0, "alerts": 3, "deliveries": 3}


async def test_a_new_version_of_what_was_set_aside_is_tried(tmp_path: Path, db: Database, clock: HandClock) -> None:
    tripping = TrippingTargets(RuntimeError("a fault of ours"), times=1)
    runner = pipeline(db, clock, desk(tmp_path / "rules", targets=tripping))
    await store(db, document(1))
    with keeping(Bell()):
        await runner.run_pending()
    async with db.write() as conn:
        await documents.revise(conn, [document(1, DAM_TOLL)])
    assert await runner.run_pending() == 1
    assert await counts(db) == {"waiting": 0, "alerts": 1, "deliveries": 1}


async def test_more_than_a_batch_is_worked_off_in_order(tmp_path: Path, db: Database, clock: HandClock) -> None:
    runner = pipeline(db, clock, desk(tmp_path / "rules"))
    many = BATCH * 2 + 3
    await store(db, document(0), *(document(number, FOOTBALL) for number in range(1, many - 1)))
    await store(db, document(many - 1, DAM_COPY, publisher="echo.example"))
    assert await runner.run_pending() == many
    assert runner.tally["suppressed:already-told"] == 1
    assert await counts(db) == {"waiting": 0, "alerts": 1, "deliveries": 1}


async def test_it_stops_between_two_batches_when_it_is_asked_to(tmp_path: Path, db: Database, clock: HandClock) -> None:
    runner = pipeline(db, clock, desk(tmp_path / "rules"))
    await store(db, *(document(number, FOOTBALL) for number in range(BATCH + 5)))
    asked = iter([False, True])
    assert await runner.run_pending(lambda: next(asked)) == BATCH
    assert (await counts(db))["waiting"] == 5


async def test_an_edited_document_is_read_again_and_stays_in_its_story(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    runner = pipeline(db, clock, desk(tmp_path / "rules"))
    await store(db, document(1))
    await runner.run_pending()
    async with db.write() as conn:
        await documents.revise(conn, [document(1, DAM_TOLL)])
    clock.advance(timedelta(minutes=5))
    assert await runner.run_pending() == 1

    (alert,) = await inspect.alert_rows(db, 10)
    assert alert["version"] == 2
    assert alert["severity"] in {"high", "critical"}
    life = await inspect.alert_life(db, alert["id"])
    assert [event["kind"] for event in life["events"]] == ["open", "again"]
    assert len(life["documents"]) == 1


async def test_publishers_who_tell_it_themselves_corroborate_and_copies_do_not(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    runner = pipeline(db, clock, desk(tmp_path / "rules"))
    await store(db, document(1))
    await store(db, *(document(number, DAM_COPY, publisher=f"copy{number}.example") for number in range(2, 9)))
    await runner.run_pending()
    (alert,) = await inspect.alert_rows(db, 10)
    assert (alert["publishers"], alert["version"]) == (1, 1)
    assert runner.tally["stories"] == 1


async def test_what_is_older_than_the_signal_wants_is_kept_and_not_told(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    runner = pipeline(db, clock, desk(tmp_path / "rules"))
    await store(db, document(1, DAM_FAILS, published_at=clock.now() - timedelta(days=3)))
    await runner.run_pending()
    (alert,) = await inspect.alert_rows(db, 10)
    assert alert["told"] is False
    life = await inspect.alert_life(db, alert["id"])
    assert [event["suppressed_by"] for event in life["events"]] == ["too-old"]
    assert life["deliveries"] == []
