"""What every channel kind must do. A kind joins with one class that gives a Stage."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

import pytest

from tests.delivery.samples import FIRST, HOSTILE, NOW, UPDATE, delivery
from tests.support.loopback import Drop, Hang, LoopbackServer
from watcher.delivery.age import as_told
from watcher.delivery.context import ChannelContext
from watcher.delivery.registry import KINDS
from watcher.model.alert import Channel
from watcher.model.delivery import ChannelAdapter, DeliveryError

PATIENCE = 5.0
IMPATIENCE = 0.4
# Another report, as long as they come.
OTHERS = (replace(FIRST.document, title="<&>" * 1_000, url="https://e.example/" + "&" * 900),)
# What must never be shown: controls (but line ends and tabs), bidi overrides, lone surrogates.
NEVER_SHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Received:
    """One message as the other side has it: its idempotency key, and all that a person may see of it."""

    key: str
    shown: str


class Stage(Protocol):
    """The other side of one kind, and how to make it misbehave. Refusals echo the secrets they were sent."""

    secrets: tuple[str, ...]
    channel: Channel

    def context(self, patience: float) -> ChannelContext: ...

    def received(self) -> list[Received]: ...

    def refuse(self) -> None:
        """The next message is refused for ever."""

    def busy(self) -> None:
        """The next message is refused for now."""

    def hang(self) -> None:
        """The next message is taken, and never answered."""

    def drop(self) -> None:
        """The next message is taken, and the connection cut."""

    async def vanish(self) -> None:
        """Nothing listens any more."""

    async def idle(self) -> None:
        """Wait until nobody is connected; fails after a while."""


class LoopbackStage:
    """What every stage does that has a scripted HTTP server for the other side."""

    server: LoopbackServer

    def hang(self) -> None:
        self.server.script.append(Hang())

    def drop(self) -> None:
        self.server.script.append(Drop())

    async def vanish(self) -> None:
        await self.server.vanish()

    async def idle(self) -> None:
        await self.server.idle()


def build(stage: Stage, patience: float = PATIENCE) -> ChannelAdapter:
    """The adapter as the service builds it."""
    return KINDS[stage.channel.kind].build(stage.channel, stage.context(patience))


async def failure(stage: Stage, patience: float = PATIENCE) -> DeliveryError:
    """The error of one send."""
    adapter = build(stage, patience)
    try:
        with pytest.raises(DeliveryError) as caught:
            await adapter.send(delivery())
    finally:
        await adapter.close()
    assert len(caught.value.reason) <= 300
    assert caught.value.reason.isprintable()
    return caught.value


class ChannelContract:
    """For every kind."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        raise NotImplementedError
        yield

    async def test_a_message_arrives_whole(self, stage: Stage) -> None:
        adapter = build(stage)
        receipt = await adapter.send(delivery())
        await adapter.close()
        (got,) = stage.received()
        for words in (FIRST.signal_title, "arrest 12 militia members", "Basra", "91", "asserted"):
            assert words.lower() in got.shown.lower()
        assert receipt.provider_ref or receipt.detail
        assert adapter.lane
        assert adapter.pace.total_seconds() >= 0

    async def test_an_update_says_so_or_joins(self, stage: Stage) -> None:
        adapter = build(stage)
        receipt = await adapter.send(delivery())
        thread = receipt.provider_ref or None
        await adapter.send(delivery(UPDATE, id="dl_second", thread=thread))
        await adapter.close()
        first, second = stage.received()
        assert "97" in second.shown
        assert second.shown != first.shown

    async def test_hostile_text_is_inert(self, stage: Stage) -> None:
        adapter = build(stage)
        await adapter.send(delivery(HOSTILE))
        await adapter.close()
        (got,) = stage.received()
        assert "Breaking" in got.shown
        assert not NEVER_SHOWN.search(got.shown)
        assert "javascript:" not in got.shown
        assert "\u0301" * 9 not in got.shown

    async def test_what_is_late_says_so(self, stage: Stage) -> None:
        adapter = build(stage)
        await adapter.send(as_told(delivery(), NOW + timedelta(hours=26)))
        await adapter.close()
        (got,) = stage.received()
        assert "26 hours" in got.shown.lower()

    async def test_a_huge_message_arrives(self, stage: Stage) -> None:
        adapter = build(stage)
        words = "Ünï𝟘 &<>👩‍👩‍👧‍👦 " * 7_000
        document = replace(FIRST.document, title=words)
        told = replace(HOSTILE, document=document, sentence=words, others=OTHERS * 500)
        await adapter.send(delivery(told))
        await adapter.close()
        assert len(stage.received()) == 1

    async def test_close_leaves_nothing_open(self, stage: Stage) -> None:
        adapter = build(stage)
        await adapter.send(delivery())
        await adapter.close()
        await stage.idle()

    async def test_closing_twice_or_unused_is_fine(self, stage: Stage) -> None:
        adapter = build(stage)
        await adapter.close()
        await adapter.close()

    async def test_repr_shows_no_secret(self, stage: Stage) -> None:
        context = stage.context(PATIENCE)
        adapter = build(stage)
        shown = (
            repr((stage.channel, context, adapter)) + str(stage.channel.options) + repr(vars(adapter).get("options"))
        )
        await adapter.close()
        for secret in stage.secrets:
            assert secret not in shown


class RemoteContract(ChannelContract):
    """For every kind that goes over a network."""

    async def test_a_refusal_is_permanent(self, stage: Stage) -> None:
        stage.refuse()
        error = await failure(stage)
        assert error.permanent
        assert not error.ambiguous
        assert stage.received() == []

    async def test_a_busy_server_is_tried_again(self, stage: Stage) -> None:
        stage.busy()
        error = await failure(stage)
        assert not error.permanent
        assert stage.received() == []

    async def test_silence_is_ambiguous(self, stage: Stage) -> None:
        stage.hang()
        error = await failure(stage, IMPATIENCE)
        assert not error.permanent
        assert error.ambiguous

    async def test_a_lost_answer_is_ambiguous(self, stage: Stage) -> None:
        stage.drop()
        error = await failure(stage)
        assert not error.permanent
        assert error.ambiguous

    async def test_a_refused_connection_is_not_ambiguous(self, stage: Stage) -> None:
        await stage.vanish()
        error = await failure(stage)
        assert not error.permanent
        assert not error.ambiguous

    async def test_the_key_is_the_same_at_every_try(self, stage: Stage) -> None:
        adapter = build(stage)
        stage.busy()
        with pytest.raises(DeliveryError):
            await adapter.send(delivery(attempts=1))
        await adapter.send(delivery(attempts=2))
        await adapter.send(delivery(attempts=3))
        await adapter.send(delivery(UPDATE, id="dl_other", alert_id="al_other"))
        await adapter.close()
        second, third, _other = stage.received()
        assert second.key == third.key
        assert second.key

    async def test_no_secret_in_errors_or_logs(self, stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        told: list[str] = []
        for misbehave in (stage.refuse, stage.busy, stage.drop):
            misbehave()
            error = await failure(stage)
            told += [error.reason, repr(error), str(error), repr(error.__cause__)]
        await stage.vanish()
        error = await failure(stage)
        told += [error.reason, repr(error)]
        for secret in stage.secrets:
            assert secret not in "".join(told)
            assert secret not in caplog.text

    async def test_failure_leaves_nothing_open(self, stage: Stage) -> None:
        stage.hang()
        await failure(stage, IMPATIENCE)
        await stage.idle()
