"""Apprise against its own plainest service over a loopback socket."""

from __future__ import annotations

import asyncio
import builtins
import logging
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from importlib.abc import MetaPathFinder

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.delivery.contract import IMPATIENCE, ChannelContract, LoopbackStage, Received, Stage, build, failure
from tests.delivery.golden import DELIVERIES
from tests.delivery.samples import FIRST, HOSTILE, NOW, UPDATE, delivery
from tests.support.apprise_server import PASSWORD, PATH, AppriseServer
from tests.support.loopback import Answer
from watcher.delivery.apprise import AppriseOptions
from watcher.delivery.apprise_text import MOST, defused, render
from watcher.delivery.context import ChannelContext
from watcher.delivery.registry import KINDS
from watcher.delivery.secret import ChannelSetupError
from watcher.model.alert import Channel
from watcher.model.delivery import DeliveryError

OPTIONS = AppriseOptions.model_validate({"url": "env:PUSH_URL"})


@dataclass
class AppriseStage(LoopbackStage):
    """A service whose address is a secret."""

    server: AppriseServer
    channel: Channel = field(default_factory=lambda: Channel("push", "apprise", OPTIONS))
    secrets: tuple[str, ...] = (PASSWORD, PATH)

    def context(self, patience: float) -> ChannelContext:
        return ChannelContext(env={"PUSH_URL": self.server.apprise_url}, patience=patience, now=lambda: NOW)

    def received(self) -> list[Received]:
        return [Received(note["message"].rpartition(" ")[2].rstrip("]"), f"{note['title']}\n{note['message']}")
                for note in self.server.notes]  # fmt: skip

    def refuse(self) -> None:
        self.server.script.append(Answer(400, f"no: {PATH} {PASSWORD}"))

    def busy(self) -> None:
        self.server.script.append(Answer(503, f"later: {PATH} {PASSWORD}"))


@pytest.fixture
async def push() -> AsyncIterator[AppriseStage]:
    async with AppriseServer() as server:
        yield AppriseStage(server)


class TestAppriseContract(ChannelContract):
    @pytest.fixture
    async def stage(self, push: AppriseStage) -> AsyncIterator[Stage]:
        yield push


async def test_every_failure_is_tried_again_and_may_have_arrived(push: AppriseStage) -> None:
    """Apprise says yes or no; what a no was, it does not say."""
    for misbehave in (push.refuse, push.busy, push.drop):
        misbehave()
        error = await failure(push)
        assert (error.permanent, error.ambiguous) == (False, True)
    await push.vanish()
    error = await failure(push)
    assert (error.permanent, error.ambiguous) == (False, True)


async def test_a_service_that_hangs_holds_nobody(push: AppriseStage) -> None:
    push.hang()
    error = await failure(push, IMPATIENCE)
    assert error.ambiguous
    assert error.reason == "the service did not answer in time"
    adapter = build(push)
    await adapter.send(delivery(attempts=2))
    await adapter.close()
    assert [received.key for received in push.received()] == ["dl_01hx3zq9", "dl_01hx3zq9"]
    await push.idle()


async def test_several_at_once(push: AppriseStage) -> None:
    adapter = build(push)
    await asyncio.gather(*(adapter.send(delivery(id=f"dl_{number}")) for number in range(8)))
    await adapter.close()
    assert {received.key for received in push.received()} == {f"dl_{number}" for number in range(8)}


async def test_no_secret_in_errors_or_logs(push: AppriseStage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    for misbehave in (push.refuse, push.busy, push.drop):
        misbehave()
        error = await failure(push)
        told += [error.reason, repr(error), str(error), repr(error.__cause__)]
    await push.vanish()
    told.append(repr(await failure(push)))
    for secret in push.secrets:
        assert secret not in "".join(told)
        assert secret not in caplog.text


@pytest.mark.parametrize(
    ("severity", "kind"), [("low", "info"), ("medium", "warning"), ("high", "failure"), ("critical", "failure")]
)
async def test_how_grave_it_looks(push: AppriseStage, severity: str, kind: str) -> None:
    adapter = build(push)
    await adapter.send(delivery(replace(FIRST, severity=severity)))
    await adapter.close()
    assert push.server.notes[0]["type"] == kind


@pytest.mark.parametrize("name", DELIVERIES)
def test_every_kind_of_message_says_something(name: str) -> None:
    note = render(DELIVERIES[name])
    assert note.title and len(note.title) <= 200
    assert note.text.endswith(f"{DELIVERIES[name].id}]")
    assert len(note.text) <= MOST + 200


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=60), st.sampled_from([1, 40, 2_000]))
def test_whatever_the_news_says_it_is_bounded_and_mentions_nobody(piece: str, times: int) -> None:
    text = f"@everyone <!channel> <@U1> [x](javascript:1) {piece}" * times
    told = replace(
        UPDATE, document=replace(FIRST.document, title=text, publisher=text), sentence=text, signal_title=text,
        alert_id=text, reasons=(text,) * 9, assertion=text, severity=text,
    )  # fmt: skip
    note = render(delivery(told))
    shown = f"{note.title}\n{note.text}"
    assert len(shown) <= MOST + 500
    assert not re.search(r"@\w|[<>]|\]\(", shown)


def test_defusing_keeps_the_words() -> None:
    assert defused("a < b, mail@example.org, [x](y)") == "a ‹ b, mail@ example.org, [x] (y)"
    assert "\u0301" * 9 not in render(delivery(HOSTILE)).text


@pytest.mark.parametrize("url", ["", "nonsense", "https", "ntfy.example/topic"])
def test_only_apprise_urls(url: str) -> None:
    with pytest.raises(ValidationError):
        AppriseOptions.model_validate({"url": url})


@pytest.mark.parametrize("url", ["nosuchservice://secret-4711", "json://a.example json://b.example", "://secret-4711"])
def test_one_service_that_it_knows(url: str) -> None:
    with pytest.raises(ChannelSetupError, match="Apprise URL") as caught:
        KINDS["apprise"].build(Channel("push", "apprise", OPTIONS), ChannelContext(env={"PUSH_URL": url}))
    assert "4711" not in str(caught.value)
    with pytest.raises(ChannelSetupError, match="PUSH_URL is not set"):
        KINDS["apprise"].build(Channel("push", "apprise", OPTIONS), ChannelContext())


class _Missing(MetaPathFinder):
    """Python as it is without the extra."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == "apprise":
            raise ModuleNotFoundError(fullname)


def test_without_the_extra_it_says_what_to_install() -> None:
    finder, known = _Missing(), sys.modules.pop("apprise", None)
    sys.meta_path.insert(0, finder)
    try:
        with pytest.raises(ChannelSetupError, match=r"pip install 'signal-watch\[apprise\]'"):
            KINDS["apprise"].build(Channel("push", "apprise", OPTIONS), ChannelContext(env={"PUSH_URL": "json://x"}))
    finally:
        sys.meta_path.remove(finder)
        if known is not None:
            sys.modules["apprise"] = known


async def test_a_fault_of_the_library_is_a_failure(push: AppriseStage) -> None:
    """Its plugins are many, and what they raise is theirs; the text of it may hold the address."""
    adapter = build(push)

    class Broken:
        def notify(self, *_: object, **__: object) -> bool:
            raise builtins.KeyError(PASSWORD)

    adapter._service = Broken()  # type: ignore[attr-defined]
    with pytest.raises(DeliveryError, match="Apprise failed: KeyError") as caught:
        await adapter.send(delivery())
    assert PASSWORD not in repr(caught.value) + repr(caught.value.__cause__)
