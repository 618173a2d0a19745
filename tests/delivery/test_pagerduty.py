"""PagerDuty's Events API v2."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.delivery.contract import Received, RemoteContract, Stage, build, failure
from tests.delivery.samples import FIRST, NOW, UPDATE, delivery
from tests.delivery.test_webhook import texts
from tests.support.loopback import Answer, Drop, Hang
from tests.support.pagerduty_server import ROUTING_KEY, PagerDutyServer, problems
from watcher.delivery.context import ChannelContext
from watcher.delivery.pagerduty import PagerDutyOptions, render
from watcher.delivery.registry import KINDS
from watcher.delivery.secret import ChannelSetupError
from watcher.model.alert import Channel


@dataclass
class PagerDutyStage:
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

    def hang(self) -> None:
        self.server.script.append(Hang())

    def drop(self) -> None:
        self.server.script.append(Drop())

    async def vanish(self) -> None:
        await self.server.vanish()

    async def idle(self) -> None:
        await self.server.idle()


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
    assert duty.server.incidents == {"al_7f3c"}
    first, second = duty.server.events
    assert first["payload"]["custom_details"]["delivery"] != second["payload"]["custom_details"]["delivery"]


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
