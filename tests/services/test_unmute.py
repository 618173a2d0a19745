"""What quiet hours or a snooze held back is told once they are over; what a person silenced is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from tests.services.fakes import desk, document
from tests.services.test_pipeline import store
from tests.support.clocks import HandClock
from tests.support.velmar import DAM_FAILS, DAM_TOLL, DOCKERS_STRIKE, TREATY_SIGNED, Report
from watcher.model.alert import Matcher, QuietHours
from watcher.model.delivery import Delivery
from watcher.model.life import Act, Actor, Verb
from watcher.services import rules
from watcher.services.desk import DeskHolder
from watcher.services.pipeline import Pipeline
from watcher.services.respond import Responder
from watcher.services.unmute import Unmuter
from watcher.storage import alerts, outbox
from watcher.storage.engine import Database

HOUR = timedelta(hours=1)
LUNCH = QuietHours("lunch", time(12), time(14), "UTC", frozenset(range(7)), ())
SAID = Report(
    "Tarsk dam collapses after week of rain, officials said",
    DAM_FAILS.text.replace("collapsed on Monday", "collapsed on Monday, officials said,"),
)
ADA = Actor("ada", "cli")


TROUBLE = """\
schema: composite/v1
id: trouble
title: Trouble in Velmar
within: 1d
when: {all: [{signal: dam-failure}, {signal: port-strike}]}
tests:
  - sequence:
      - {at: 0h, title: "Tarsk dam collapses", text: "The Tarsk dam in Velmar collapsed.", expect: below}
      - {at: 1h, title: "Dockers strike in Port Orsa", text: "Dockers walked out in Port Orsa.", expect: alert}
  - sequence:
      - {at: 0h, title: "Tarsk dam collapses", text: "The Tarsk dam in Velmar collapsed.", expect: below}
"""


class Night:
    """A desk that is quiet from noon, when its clock begins, to two; about one signal, if it is named."""

    def __init__(
        self, root: Path, db: Database, clock: HandClock, *, quiet: bool = True, about: str = "", more: str = ""
    ) -> None:
        base = desk(root)
        if more:
            (root / "signals" / "trouble.yaml").write_text(more, encoding="utf-8")
            rulebook, findings = rules.read(root)
            assert rulebook, findings
            base = replace(base, rulebook=rulebook)
        hours = replace(LUNCH, matchers=(Matcher("signal", about),) if about else ())
        routing = replace(base.rulebook.routing, quiet_hours=(hours,) if quiet else ())
        self.holder = DeskHolder(replace(base, rulebook=replace(base.rulebook, routing=routing)))
        self.db, self.clock = db, clock
        self.pipeline = Pipeline(db, self.holder, clock)

    async def pass_time(self, by: timedelta) -> int:
        """Later, in a process that was just started; returns how many documents came by again."""
        self.clock.advance(by)
        freed = await Unmuter(self.db, self.holder, self.clock).tick()
        await self.pipeline.run_pending()
        return freed

    async def told(self) -> list[Delivery]:
        async with self.db.read() as conn:
            return [one for one in await outbox.listing(conn) if one.message.kind in {"alert", "update"}]

    async def act(self, verb: Verb, **more: object) -> None:
        async with self.db.read() as conn:
            (alert,) = await alerts.listing(conn)
        responder = Responder(self.db, self.clock, set)
        await responder.act(alert.id, Act(verb, ADA, self.clock.now(), **more))  # type: ignore[arg-type]


@pytest.fixture
async def night(tmp_path: Path, db: Database, clock: HandClock) -> Night:
    made = Night(tmp_path / "rules", db, clock)
    await store(db, document(1, DAM_FAILS))
    await made.pipeline.run_pending()
    assert await made.told() == []
    return made


async def test_what_came_in_quiet_hours_is_told_once_when_they_are_over(night: Night) -> None:
    assert [await night.pass_time(each) for each in (HOUR, HOUR, HOUR)] == [0, 1, 0]
    (told,) = await night.told()
    assert told.message.kind == "alert"
    assert any("muted until now" in reason for reason in told.message.reasons)


async def test_what_was_told_otherwise_meanwhile_is_not_told_again(night: Night) -> None:
    night.clock.advance(2 * HOUR)
    await store(night.db, document(2, DAM_TOLL, source_id="herald", publisher="herald.example"))
    await night.pipeline.run_pending()
    before = len(await night.told())
    assert before == 1
    await night.pass_time(HOUR)
    assert await night.pass_time(HOUR) == 0
    assert len(await night.told()) == before


async def test_what_grew_too_old_stays_unsaid(night: Night) -> None:
    assert await night.pass_time(timedelta(days=2, hours=3)) == 1
    assert await night.told() == []
    assert await night.pass_time(HOUR) == 0


async def test_what_a_person_ended_meanwhile_is_not_brought_up(night: Night) -> None:
    await night.act(Verb.RESOLVE)
    assert await night.pass_time(3 * HOUR) == 0
    assert await night.told() == []


async def test_an_update_that_came_during_a_snooze_is_told_after_it(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    day = Night(tmp_path / "rules", db, clock, quiet=False)
    await store(db, document(1, SAID))
    await day.pipeline.run_pending()
    await day.act(Verb.SNOOZE, until=clock.now() + HOUR)
    await store(db, document(2, DAM_FAILS, source_id="herald", publisher="herald.example"))
    await day.pipeline.run_pending()
    before = await day.told()
    assert len(before) == 1
    assert await day.pass_time(HOUR / 2) == 0
    await Responder(db, clock, set).tick()
    assert await day.pass_time(HOUR) >= 1
    told = await day.told()
    assert len(told) == 2
    assert any("while the alert was snoozed" in reason for one in told for reason in one.message.reasons)


async def both(night: Night) -> list[str]:
    """A dam fails and dockers strike: what is told of it at once."""
    await store(night.db, document(1, DAM_FAILS), document(2, DOCKERS_STRIKE, publisher="post.example"))
    await night.pipeline.run_pending()
    return sorted(one.message.signal_id for one in await night.told())


async def test_a_composite_that_held_in_quiet_hours_is_told_once_when_they_are_over(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    night = Night(tmp_path / "rules", db, clock, about="trouble", more=TROUBLE)
    assert await both(night) == ["dam-failure", "port-strike"]
    assert [await night.pass_time(each) for each in (HOUR, HOUR, HOUR)] == [0, 1, 0]
    (told,) = [one for one in await night.told() if one.message.signal_id == "trouble"]
    assert told.message.kind == "alert"
    assert any("muted until now" in reason for reason in told.message.reasons)
    assert len(await night.told()) == 3, "the signals that it rests on were told before"


async def test_a_composite_and_its_signals_come_out_of_quiet_hours_together(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    night = Night(tmp_path / "rules", db, clock, more=TROUBLE)
    assert await both(night) == []
    assert await night.pass_time(2 * HOUR) == 2
    assert sorted(one.message.signal_id for one in await night.told()) == ["dam-failure", "port-strike", "trouble"]
    assert await night.pass_time(HOUR) == 0


async def test_a_composite_that_holds_no_more_stays_unsaid(tmp_path: Path, db: Database, clock: HandClock) -> None:
    night = Night(tmp_path / "rules", db, clock, about="trouble", more=TROUBLE)
    await both(night)
    await night.pass_time(25 * HOUR)
    assert {one.message.signal_id for one in await night.told()} == {"dam-failure", "port-strike"}


async def test_what_else_comes_by_again_sets_off_no_composite(tmp_path: Path, db: Database, clock: HandClock) -> None:
    night = Night(tmp_path / "rules", db, clock, about="grain-treaty", more=TROUBLE)
    await store(db, document(3, TREATY_SIGNED))
    assert await both(night) == ["dam-failure", "port-strike", "trouble"]
    assert await night.pass_time(2 * HOUR) == 1
    assert len(await night.told()) == 4
