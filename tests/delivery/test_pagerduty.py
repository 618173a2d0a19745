"""PagerDuty's Events API v2."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.delivery.contract import LoopbackStage, Received, RemoteContract, Stage, build, failure
from tests.delivery.samples import FIRST, NOW, UPDATE, delivery
from tests.delivery.test_webhook import texts
from tests.support.loopback import Answer
from tests.support.pagerduty_server import ROUTING_KEY, PagerDutyServer, problems
from watcher.delivery.context import ChannelContext
from watcher.delivery.pagerduty import PagerDutyOptions, render
from watcher.delivery.registry import KINDS
from watcher.delivery.secret import ChannelSetupError
from watcher.model.alert import Channel
from watcher.model.delivery import Citation, Delivery, Item, Receipt, Roundup


@dataclass
class PagerDutyStage(LoopbackStage):
    """One service."""

    server: PagerDutyServer
    channel: Channel
    secrets: tuple[str, ...] = (ROUTING_KEY,)

    def context(self, patience: float) -> ChannelContext:
        return ChannelContext(
            env={"WATCHER_DUTY_KEY": ROUTING_KEY}, pagerduty_api_url=self.server.url, patience=patience,
            now=lambda: NOW,
        )  # fmt: skip

    def received(self) -> list[Received]:
        return [Received(event["dedup_key"], texts(event["payload"]) + texts(event["links"]))
                for event in self.server.events]  # fmt: skip

    def refuse(self) -> None:
        self.server.script.append(Answer(400, f'{{"status":"invalid event","errors":["{ROUTING_KEY} is no key"]}}'))

    def busy(self) -> None:
        self.server.script.append(Answer(500, f"later, {ROUTING_KEY}"))


@pytest.fixture
async def duty() -> AsyncIterator[PagerDutyStage]:
    async with PagerDutyServer() as server:
        options = PagerDutyOptions.model_validate({"routing_key": "env:WATCHER_DUTY_KEY"})
        yield PagerDutyStage(server, Channel("duty", "pagerduty", options))


class TestPagerDutyContract(RemoteContract):
    @pytest.fixture
    async def stage(self, duty: PagerDutyStage) -> AsyncIterator[Stage]:
        yield duty


async def test_an_update_joins_the_incident(duty: PagerDutyStage) -> None:
    adapter = build(duty)
    receipt = await adapter.send(delivery())
    await adapter.send(delivery(UPDATE, id="dl_2"))
    await adapter.close()
    assert receipt.provider_ref == "al_7f3c"
    assert duty.server.opened == ["al_7f3c"]
    first, second = duty.server.events
    assert first["payload"]["custom_details"]["delivery"] != second["payload"]["custom_details"]["delivery"]


async def tell(duty: PagerDutyStage, *told: Delivery) -> list[Receipt]:
    adapter = build(duty)
    receipts = [await adapter.send(each) for each in told]
    await adapter.close()
    return receipts


def life(status: str, number: int, **changes: Any) -> Delivery:
    """The alert's life has gone on."""
    told = replace(FIRST, kind="status", status=status, owner="Ada", reasons=("Ada has it",))
    return delivery(told, id=f"dl_{number}", created_at=NOW + timedelta(minutes=number), **changes)


async def test_an_incident_lives_as_its_alert_does(duty: PagerDutyStage) -> None:
    states = []
    adapter = build(duty)
    for told in (delivery(), life("acknowledged", 1), life("snoozed", 2), life("resolved", 3), life("open", 4)):
        await adapter.send(told)
        states.append(duty.server.incidents.get("al_7f3c"))
    await adapter.close()
    assert states == ["triggered", "acknowledged", "acknowledged", None, "triggered"]
    assert duty.server.actions == ["trigger", "acknowledge", "acknowledge", "resolve", "trigger"]
    assert duty.server.opened == ["al_7f3c", "al_7f3c"], "after a resolve the same key opens another incident"
    assert set(duty.server.events[1]) == {"routing_key", "event_action", "dedup_key"}


async def test_an_expired_alert_is_over_there_too(duty: PagerDutyStage) -> None:
    await tell(duty, delivery(), life("expired", 1))
    assert duty.server.incidents == {}


async def test_an_escalation_joins_the_incident(duty: PagerDutyStage) -> None:
    page = replace(FIRST, kind="escalation", reasons=("step 2 of ladder: nobody has taken it",))
    await tell(duty, delivery(), delivery(page, id="dl_2", created_at=NOW + timedelta(minutes=5)))
    assert duty.server.opened == ["al_7f3c"]
    assert "step 2 of ladder" in duty.server.events[1]["payload"]["custom_details"]["reasons"][0]


async def test_nobody_is_paged_after_the_acknowledgement(duty: PagerDutyStage) -> None:
    """The page is tried again only when the acknowledgement has gone before it."""
    (_, late) = await tell(duty, life("acknowledged", 1), delivery(attempts=2))
    assert "newer" in late.detail
    assert duty.server.actions == ["acknowledge"]
    (after_a_restart,) = await tell(duty, delivery(attempts=3, outdated=True))
    assert "newer" in after_a_restart.detail
    assert duty.server.opened == []


async def test_an_acknowledgement_does_not_overtake_the_page_that_is_under_way(duty: PagerDutyStage) -> None:
    adapter = build(duty)
    await asyncio.gather(adapter.send(delivery()), adapter.send(life("acknowledged", 1)))
    await adapter.close()
    assert duty.server.actions == ["trigger", "acknowledge"]


ITEM = Item(
    kind="alert", alert_id="al_1", signal_id="s", signal_title="Iraq: crackdown", severity="high", score=70,
    assertion="asserted", document=Citation("Arrests <!channel>\r\n in Basra", "", "example.org"), sentence="",
)  # fmt: skip


async def test_what_overflowed_is_one_incident_and_a_quiet_digest_none(duty: PagerDutyStage) -> None:
    told = replace(
        FIRST, kind="summary", alert_id="", document=Citation("25 alerts", "", ""), items=(ITEM,) * 25,
        roundup=Roundup("limit", "", ""),
    )  # fmt: skip
    quiet = replace(told, kind="digest", items=())
    one, none = await tell(duty, delivery(told, id="dl_1"), delivery(quiet, id="dl_2"))
    assert (one.provider_ref, duty.server.opened) == ("dl_1", ["dl_1"])
    listed = duty.server.events[0]["payload"]["custom_details"]["alerts"]
    assert len(listed) == 21 and listed[-1] == "and 5 more"
    assert listed[0].isprintable()
    assert "nobody" in none.detail


async def test_a_notice_is_an_incident_of_its_own(duty: PagerDutyStage) -> None:
    notice = replace(FIRST, kind="notice", alert_id="notice-1f", document=Citation("Source wire is failing", "", ""))
    await tell(duty, delivery(notice, alert_id=None))
    assert duty.server.opened == ["notice-1f"]
    assert duty.server.events[0]["payload"]["source"] == "signal-watch"


async def test_too_many_is_tried_again_when_told(duty: PagerDutyStage) -> None:
    duty.server.script.append(Answer(429, "slow down", {"Retry-After": "120"}))
    error = await failure(duty)
    assert not error.permanent
    assert error.retry_after == timedelta(minutes=2)


@pytest.mark.parametrize(("status", "permanent"), [(400, True), (403, True), (200, False), (302, False), (502, False)])
async def test_only_202_is_success(duty: PagerDutyStage, status: int, permanent: bool) -> None:
    duty.server.script.append(Answer(status, "?"))
    assert (await failure(duty)).permanent is permanent


@pytest.mark.parametrize(
    ("ours", "theirs"), [("low", "info"), ("medium", "warning"), ("high", "error"), ("critical", "critical")]
)
def test_severities(ours: str, theirs: str) -> None:
    assert render(delivery(replace(FIRST, severity=ours)))["payload"]["severity"] == theirs


def test_the_key_does_not_show() -> None:
    options = PagerDutyOptions.model_validate({"routing_key": ROUTING_KEY})
    assert ROUTING_KEY not in repr(options) + str(options.model_dump())
    assert PagerDutyOptions.model_json_schema()["properties"]["routing_key"]["secret"] is True
    with pytest.raises(ValidationError) as caught:
        PagerDutyOptions.model_validate({"routing_key": "too-short-but-secret"})
    assert "too-short-but-secret" not in str(caught.value)


def test_what_is_missing_is_named() -> None:
    channel = Channel("duty", "pagerduty", PagerDutyOptions.model_validate({"routing_key": "env:WATCHER_DUTY_KEY"}))
    with pytest.raises(ChannelSetupError, match="WATCHER_DUTY_KEY is not set"):
        KINDS["pagerduty"].build(channel, ChannelContext())
    with pytest.raises(ChannelSetupError, match="32"):
        KINDS["pagerduty"].build(channel, ChannelContext(env={"WATCHER_DUTY_KEY": "short"}))


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=60), st.sampled_from([1, 50, 2_000]))
def test_limits_hold_whatever_the_news_says(piece: str, times: int) -> None:
    text = piece * times
    told = replace(
        UPDATE, document=replace(FIRST.document, title=text, publisher=text), sentence=text, signal_title=text,
        alert_id=text, signal_id=text, story_id=text, reasons=(text,) * 9, assertion=text, severity=text, question=text,
    )  # fmt: skip
    event = {"routing_key": ROUTING_KEY, **render(delivery(told))}
    assert problems(event, len(repr(event))) == []
