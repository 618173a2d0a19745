"""A burst to one Slack channel, from the outbox over real sockets to a Slack that takes one message a second."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tests.delivery.samples import FIRST
from tests.services.fakes import desk, document
from tests.services.test_pipeline import store
from tests.support.clocks import HandClock
from tests.support.slack_server import CHANNEL, TOKEN, SlackServer, rate_limited
from tests.support.velmar import DAM_FAILS, DOCKERS_STRIKE, TREATY_SIGNED
from watcher.alerting.decide import priority
from watcher.delivery.context import ChannelContext
from watcher.delivery.pacing import Pacer
from watcher.delivery.registry import KINDS
from watcher.delivery.slack.options import SlackOptions
from watcher.model.alert import Channel
from watcher.model.delivery import Delivery, DeliveryStatus
from watcher.model.life import Act, Actor, Verb
from watcher.model.signal import Severity
from watcher.services.deliver import Deliverer
from watcher.services.desk import DeskHolder
from watcher.services.gather import Gatherer
from watcher.services.pipeline import Pipeline
from watcher.services.respond import Responder
from watcher.storage import alerts, outbox
from watcher.storage.claiming import claim
from watcher.storage.engine import Database

MINUTE = timedelta(minutes=1)
ALERTS = 500
CRITICAL_EVERY = 25


@dataclass
class Lane:
    """A deliverer whose channel `out` is the stand-in; time passes only where the deliverer waits for it."""

    slack: SlackServer
    db: Database
    clock: HandClock
    deliverer: Deliverer
    holder: DeskHolder

    async def run(self, posts: int) -> None:
        """Let time pass until so many messages have come."""
        await self.until(lambda: len(self.slack.posts) >= posts)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Move the clock on for as long as the deliverer sleeps."""
        while not holds():
            self.deliverer.kick()
            working = asyncio.create_task(self.deliverer.settle())
            asleep = asyncio.create_task(self.clock.asleep.wait())
            await asyncio.wait({working, asleep}, return_when=asyncio.FIRST_COMPLETED, timeout=10.0)
            for task in (working, asleep):
                task.cancel()
            self.clock.advance(timedelta(seconds=1))

    async def put(self, deliveries: list[Delivery]) -> None:
        async with self.db.write() as conn:
            await outbox.enqueue(conn, deliveries)


@pytest.fixture
async def lane(tmp_path: Path, db: Database, clock: HandClock) -> AsyncIterator[Lane]:
    async with Stage(tmp_path, db, clock) as found:
        yield found


class Stage:
    """`route` and `channel` are what routes.yaml says of the one route and its channel."""

    def __init__(self, root: Path, db: Database, clock: HandClock, route: Any = None, **channel: Any) -> None:
        self.root, self.db, self.clock, self.route, self.channel = root, db, clock, route or {}, channel

    async def __aenter__(self) -> Lane:
        self.slack = SlackServer(pace=1.0, clock=self.clock.monotonic)
        await self.slack.__aenter__()
        context = ChannelContext(slack_bot_token=SecretStr(TOKEN), slack_api_url=self.slack.api_url)
        self.adapter = KINDS["slack"].build(Channel("out", "slack", SlackOptions(channel=CHANNEL)), context)
        out = {"kind": "console", **self.channel}
        over = desk(self.root / "rules", {"out": self.adapter}, targets={"out": ("",)}, route=self.route, out=out)
        holder = DeskHolder(over)
        pacer = Pacer(self.clock.monotonic)
        self.deliverer = Deliverer(self.db, holder, self.clock, pacer, owner="me", chance=lambda: 0.5)
        return Lane(self.slack, self.db, self.clock, self.deliverer, holder)

    async def __aexit__(self, *error: Any) -> None:
        await self.deliverer.stop(0.1)
        await self.adapter.close()
        await self.slack.__aexit__(*error)


def burst(clock: HandClock) -> list[Delivery]:
    """500 alerts within a minute, every 25th critical."""
    made = []
    for number in range(ALERTS):
        severity = Severity.CRITICAL if number % CRITICAL_EVERY == 0 else Severity.MEDIUM
        told = replace(FIRST, alert_id="", severity=str(severity), signal_title=f"Signal {number}")
        at = clock.now() + timedelta(milliseconds=number * 100)
        made.append(
            Delivery(f"dlv_{number:04}", None, "out", told, DeliveryStatus.PENDING, 0, priority(severity), at, at)
        )
    return made


async def test_500_alerts_in_a_minute_are_all_told_in_pace_pages_first(lane: Lane) -> None:
    await lane.put(burst(lane.clock))
    lane.clock.advance(MINUTE)
    lane.slack.script.extend([None] * 40 + [rate_limited(30)])
    await lane.run(ALERTS)
    told = [post.delivery_id for post in lane.slack.posts]
    assert len(set(told)) == len(told) == ALERTS
    first = [post.text.startswith("CRITICAL") for post in lane.slack.posts[: ALERTS // CRITICAL_EVERY]]
    assert all(first)
    assert lane.slack.asked == ALERTS + 1  # the scripted 429, and none of our own making
    assert lane.clock.elapsed >= 60 + ALERTS - 1 + 30 - 1
    async with lane.db.read() as conn:
        assert await outbox.counts(conn) == {DeliveryStatus.SENT: ALERTS}


async def test_where_the_route_groups_a_burst_is_a_few_messages_and_none_is_lost(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    route = {"group": {"by": "publisher", "wait": "30s", "longest": "2m", "interval": "5m"}}
    async with Stage(tmp_path, db, clock, route) as lane:
        pipeline, gatherer = Pipeline(db, lane.holder, clock), Gatherer(db, lane.holder, clock)
        for number, report in enumerate((DAM_FAILS, DOCKERS_STRIKE, TREATY_SIGNED)):
            await store(db, document(number, report))
        await pipeline.run_pending()
        clock.advance(MINUTE)
        await gatherer.tick()
        await lane.run(1)
        (post,) = lane.slack.posts
        assert "3 alerts" in post.text
        assert all(report.title in str(post.blocks) for report in (DAM_FAILS, DOCKERS_STRIKE, TREATY_SIGNED))


async def test_what_a_person_did_is_shown_ahead_of_a_queue(tmp_path: Path, db: Database, clock: HandClock) -> None:
    async with Stage(tmp_path, db, clock) as lane:
        await store(db, document(1))
        await Pipeline(db, lane.holder, clock).run_pending()
        await lane.run(1)
        await lane.put(burst(clock)[1:25])
        async with db.read() as conn:
            (alert,) = await alerts.listing(conn)
        responder = Responder(db, clock, lambda: {"out"})
        await responder.act(alert.id, Act(Verb.ACKNOWLEDGE, Actor("ada", "slack"), clock.now()))
        clock.advance(MINUTE)
        await lane.run(2)
        assert lane.slack.calls[:2] == ["chat.postMessage", "chat.update"]


async def test_an_older_state_that_waited_is_overtaken(tmp_path: Path, db: Database, clock: HandClock) -> None:
    async with Stage(tmp_path, db, clock) as lane:
        await store(db, document(1))
        await Pipeline(db, lane.holder, clock).run_pending()
        await lane.run(1)
        async with db.read() as conn:
            (alert,) = await alerts.listing(conn)
        responder, ada = Responder(db, clock, lambda: {"out"}), Actor("ada", "slack")
        lane.slack.scripts = {"chat.update"}
        lane.slack.script.append(rate_limited(1))
        await responder.act(alert.id, Act(Verb.ACKNOWLEDGE, ada, clock.now()))
        clock.advance(timedelta(seconds=2))
        await lane.until(lambda: not lane.slack.script)  # refused for now: it waits
        await responder.act(alert.id, Act(Verb.RESOLVE, ada, clock.now()))
        await lane.until(lambda: lane.deliverer.tally["sent"] == 3)
        assert "Ended by *ada*" in str(lane.slack.posts[0].blocks)
        assert lane.slack.posts[0].edits == 1
        async with db.read() as conn:
            assert await outbox.counts(conn) == {DeliveryStatus.SENT: 3}


async def test_a_page_makes_nothing_look_overtaken(tmp_path: Path, db: Database, clock: HandClock) -> None:
    async with Stage(tmp_path, db, clock) as lane:
        await store(db, document(1))
        await Pipeline(db, lane.holder, clock).run_pending()
        await lane.run(1)
        async with db.read() as conn:
            (alert,) = await alerts.listing(conn)
            (told,) = await outbox.for_alert(conn, alert.id)
        later = clock.now() + MINUTE
        page = replace(told, id="dlv_page", dedup_key="ladder:run:0.1", created_at=later, due_at=later,
                       status=DeliveryStatus.PENDING, message=replace(told.message, kind="escalation"))  # fmt: skip
        clock.advance(2 * MINUTE)
        await lane.put([page])
        await lane.run(2)
        status = replace(page, id="dlv_status", dedup_key="", created_at=told.created_at + timedelta(seconds=1),
                         message=replace(told.message, kind="status", status="acknowledged"))  # fmt: skip
        await lane.deliverer.stop(1.0)
        await lane.put([status])
        async with db.write() as conn:
            (found,) = await claim(conn, clock.now(), "me", MINUTE, 1, ["out"])
        assert not found.outdated and found.thread is not None
