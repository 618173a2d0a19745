"""Webhooks against a receiver that checks what Standard Webhooks asks for."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from tests.delivery.contract import LoopbackStage, Received, RemoteContract, Stage, build, failure
from tests.delivery.golden import DELIVERIES
from tests.delivery.roundups import DIGEST, ESCALATION, NOTICE, STATUS, SUMMARY, flood, hostile_digest
from tests.delivery.samples import FIRST, HOSTILE, NOW, UPDATE, delivery
from tests.support.hook_server import SECRET, HookServer
from tests.support.json_schema import faults
from tests.support.loopback import Answer
from watcher.delivery.context import ChannelContext
from watcher.delivery.registry import KINDS
from watcher.delivery.secret import ChannelSetupError
from watcher.delivery.webhook.options import WebhookOptions
from watcher.delivery.webhook.render import LIFE, MOST_BYTES, TYPES, render
from watcher.delivery.webhook.signing import SecretError, key_of, sign
from watcher.model.alert import Channel
from watcher.model.delivery import Citation, Message

PATH_SECRET = "hook-path-s3cret"
OTHER_SECRET = "whsec_" + base64.b64encode(b"another secret of 32 bytes, new!").decode()


@dataclass
class WebhookStage(LoopbackStage):
    """A receiver whose address is a secret too."""

    server: HookServer
    channel: Channel
    env: dict[str, str]
    allow: tuple[str, ...] = ("127.0.0.0/8",)
    secrets: tuple[str, ...] = (SECRET, SECRET.removeprefix("whsec_"), PATH_SECRET)
    headers: dict[str, str] = field(default_factory=dict)

    def context(self, patience: float) -> ChannelContext:
        networks = tuple(ip_network(network) for network in self.allow)
        return ChannelContext(env=self.env, allow_private=networks, patience=patience, now=lambda: NOW)

    def received(self) -> list[Received]:
        return [Received(hook.id, texts(hook.body)) for hook in self.server.hooks]

    def refuse(self) -> None:
        self.server.script.append(Answer(410, f"gone: {self.server.url}/{PATH_SECRET} {SECRET}"))

    def busy(self) -> None:
        self.server.script.append(Answer(503, f"later: /{PATH_SECRET} {SECRET}", {"Retry-After": "7"}))


def texts(value: object) -> str:
    """All strings and numbers in a JSON document."""
    if isinstance(value, dict):
        return "\n".join(texts(found) for found in value.values())
    if isinstance(value, list):
        return "\n".join(texts(found) for found in value)
    return str(value)


@pytest.fixture
async def hook() -> AsyncIterator[WebhookStage]:
    async with HookServer() as server:
        options = WebhookOptions.model_validate({"url": "env:HOOK_URL", "secret": "env:HOOK_SECRET"})
        env = {"HOOK_URL": f"{server.url}/{PATH_SECRET}?token={PATH_SECRET}", "HOOK_SECRET": SECRET}
        yield WebhookStage(server, Channel("soc", "webhook", options), env)


class TestWebhookContract(RemoteContract):
    @pytest.fixture
    async def stage(self, hook: WebhookStage) -> AsyncIterator[Stage]:
        yield hook


async def test_literal_options_work_and_do_not_show() -> None:
    async with HookServer() as server:
        options = WebhookOptions.model_validate({"url": f"{server.url}/{PATH_SECRET}", "secret": SECRET})
        stage = WebhookStage(server, Channel("soc", "webhook", options), {})
        adapter = build(stage)
        await adapter.send(delivery())
        await adapter.close()
        assert server.hooks[0].path == f"/{PATH_SECRET}"
        shown = repr(stage.channel) + str(options) + repr(options.model_dump())
        assert PATH_SECRET not in shown
        assert SECRET not in shown
        for name in ("url", "secret"):
            assert WebhookOptions.model_json_schema()["properties"][name]["secret"] is True


async def test_the_type_says_what_happened(hook: WebhookStage) -> None:
    adapter = build(hook)
    for number, told in enumerate((FIRST, UPDATE, replace(FIRST, kind="test"))):
        await adapter.send(delivery(told, id=f"dl_{number}"))
    await adapter.close()
    assert [taken.body["type"] for taken in hook.server.hooks] == ["alert.opened", "alert.updated", "test"]
    assert hook.server.hooks[0].timestamp == int(NOW.timestamp())


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("acknowledged", "alert.acknowledged"),
        ("snoozed", "alert.snoozed"),
        ("resolved", "alert.resolved"),
        ("expired", "alert.expired"),
        ("open", "alert.reopened"),
        ("what-comes-later", "alert.changed"),
    ],
)
def test_the_type_says_what_somebody_did(status: str, kind: str) -> None:
    told = replace(FIRST, kind="status", status=status, owner="Ada", until="2026-11-20T22:00:00Z")
    body = json.loads(render(delivery(told)))
    assert body["type"] == kind
    assert (body["data"]["status"], body["data"]["owner"]) == (status, "Ada")


SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "webhook.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", [name for name in DELIVERIES])
def test_every_body_is_as_the_schema_has_it(name: str) -> None:
    body = json.loads(render(DELIVERIES[name]))
    assert list(faults(body, SCHEMA)) == []
    assert list(faults({**body, "type": "alert.nonsense"}, SCHEMA)) != []
    assert list(faults({**body, "data": {**body["data"], "surprise": 1}}, SCHEMA)) != []


def test_the_schema_knows_every_type() -> None:
    assert {*TYPES.values(), *LIFE.values()} == set(SCHEMA["properties"]["type"]["enum"])


async def test_a_receiver_that_is_gone_is_named_but_not_told(hook: WebhookStage) -> None:
    hook.refuse()
    first = await failure(hook)
    adapter = build(hook)
    hook.env["HOOK_URL"] += "&moved=1"
    moved = build(hook)
    await adapter.close()
    await moved.close()
    assert first.gone == adapter.endpoint != moved.endpoint
    assert PATH_SECRET not in first.gone
    hook.busy()
    assert (await failure(hook)).gone == ""


async def test_a_repeat_is_known_by_its_id_and_body(hook: WebhookStage) -> None:
    hook.drop()
    assert (await failure(hook)).ambiguous
    adapter = build(hook)
    await adapter.send(delivery(ambiguous=True, attempts=2))
    await adapter.close()
    first, second = hook.server.hooks
    assert second.repeated
    assert first.raw == second.raw


async def test_while_secrets_are_rotated_both_sign(hook: WebhookStage) -> None:
    options = WebhookOptions.model_validate({"url": "env:HOOK_URL", "secret": [OTHER_SECRET, SECRET]})
    hook.channel = Channel("soc", "webhook", options)
    adapter = build(hook)
    await adapter.send(delivery())
    hook.server.secret = OTHER_SECRET
    await adapter.send(delivery(id="dl_2"))
    await adapter.close()
    assert [len(taken.signature.split(" ")) for taken in hook.server.hooks] == [2, 2]


async def test_without_a_secret_nothing_is_signed(hook: WebhookStage) -> None:
    hook.channel = Channel("soc", "webhook", WebhookOptions.model_validate({"url": "env:HOOK_URL"}))
    hook.server.secret = None
    adapter = build(hook)
    await adapter.send(delivery())
    await adapter.close()
    assert hook.server.hooks[0].signature == ""


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
async def test_other_answers_are_tried_again(hook: WebhookStage, status: int) -> None:
    hook.server.script.append(Answer(status, "no", {"Retry-After": "90"}))
    error = await failure(hook)
    assert not error.permanent
    assert error.retry_after == timedelta(seconds=90)
    assert error.reason == f"127.0.0.1 answered {status}: no"


async def test_a_redirect_is_not_followed(hook: WebhookStage) -> None:
    hook.server.script.append(Answer(307, "", {"Location": "/elsewhere"}))
    error = await failure(hook)
    assert not error.permanent
    assert hook.server.redirected == 0
    assert hook.server.hooks == []


async def test_a_private_address_is_refused_before_connecting(hook: WebhookStage) -> None:
    hook.allow = ()
    error = await failure(hook)
    assert error.permanent
    assert "WATCHER_FETCH_ALLOW_PRIVATE" in error.reason
    assert hook.server.hooks == []


async def test_an_endless_answer_does_not_hold_us(hook: WebhookStage) -> None:
    hook.server.script.append(Answer(500, "x" * 500_000))
    error = await failure(hook)
    assert not error.permanent
    assert len(error.reason) <= 300


def test_signatures_are_those_of_the_standard() -> None:
    # The example of the Standard Webhooks specification's reference implementations.
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signature = sign([key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_without_its_prefix_is_what_a_receiver_would_take() -> None:
    assert key_of("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") == key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert key_of("a plain text, not base64") == b"a plain text, not base64"
    assert key_of("topsecret123") == b"topsecret123", "too short to be an encoded key"


@pytest.mark.parametrize("secret", ["short", "whsec_", "whsec_short", "whsec_!!!", "whsec_" + "A" * 200])
def test_secrets_that_cannot_be_used(secret: str) -> None:
    with pytest.raises(SecretError) as caught:
        key_of(secret)
    assert secret == "whsec_" or secret not in str(caught.value)
    with pytest.raises(ValidationError) as refused:
        WebhookOptions.model_validate({"url": "https://example.org/x", "secret": secret})
    assert secret == "whsec_" or secret not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    ["ftp://example.org/", "https://user:pass@example.org/", "/path", "https://", "http://a b/", "https://x:99999/"],
)
def test_only_http_addresses(url: str) -> None:
    with pytest.raises(ValidationError) as caught:
        WebhookOptions.model_validate({"url": url})
    assert "user:pass" not in str(caught.value)
    channel = Channel("soc", "webhook", WebhookOptions.model_validate({"url": "env:HOOK_URL"}))
    with pytest.raises(ChannelSetupError):
        KINDS["webhook"].build(channel, ChannelContext(env={"HOOK_URL": url}))


def test_missing_variables_are_named() -> None:
    options = WebhookOptions.model_validate({"url": "https://example.org/x", "secret": "env:HOOK_SECRET"})
    channel = Channel("soc", "webhook", options)
    with pytest.raises(ChannelSetupError, match="HOOK_SECRET is not set"):
        KINDS["webhook"].build(channel, ChannelContext())
    with pytest.raises(ChannelSetupError, match="whsec_") as caught:
        KINDS["webhook"].build(channel, ChannelContext(env={"HOOK_SECRET": "whsec_not-base-64!"}))
    assert "not-base-64" not in str(caught.value)


async def test_an_id_with_a_dot_is_refused(hook: WebhookStage) -> None:
    adapter = build(hook)
    with pytest.raises(Exception, match="webhook-id"):
        await adapter.send(delivery(id="dl.1"))
    await adapter.close()


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=60), st.sampled_from([1, 40, 2_000]), st.integers(0, 40))
def test_the_body_stays_below_20_kb(piece: str, times: int, many: int) -> None:
    text = piece * times
    citation = Citation(text, "https://e.example/" + "x" * 980, text, text)
    told = replace(
        HOSTILE, document=citation, sentence=text, signal_title=text, signal_id=text, alert_id=text, story_id=text,
        assertion=text, severity=text, language=text, kind=text, created_at=text, reasons=(text,) * many,
        others=(citation,) * many,
        evidence=tuple(replace(FIRST.evidence[0], text=text, group=text) for _ in range(many)),
        ledger=tuple(replace(entry, reason=text) for entry in FIRST.ledger * many),
    )  # fmt: skip
    body = render(delivery(told))
    assert len(body) < MOST_BYTES
    data = json.loads(body)["data"]
    assert sum(entry["points"] for entry in data["ledger"]) == sum(entry.points for entry in told.ledger)


def test_secrets_are_marked_for_the_redactor() -> None:
    options = WebhookOptions.model_validate({"url": "https://example.org/x", "secret": SECRET})
    assert isinstance(options.url, SecretStr)
    assert all(isinstance(secret, SecretStr) for secret in options.secret)


@pytest.mark.parametrize(
    ("told", "kind"),
    [(DIGEST, "digest"), (SUMMARY, "summary"), (ESCALATION, "alert.escalated"), (STATUS, "alert.acknowledged"),
     (NOTICE, "notice")],
)  # fmt: skip
def test_each_kind_has_a_type(told: Message, kind: str) -> None:
    assert json.loads(render(delivery(told)))["type"] == kind


def test_a_digest_lists_its_items_and_facts() -> None:
    data = json.loads(render(delivery(DIGEST)))["data"]
    assert [item["id"] for item in data["items"]] == [item.alert_id for item in DIGEST.items]
    assert (data["alerts"], data["near_misses"], data["suppressed"]["already-told"]) == (5, 7, 12)
    assert (data["since"], data["until"]) == ("2026-11-19T17:00:00Z", "2026-11-20T07:00:00Z")
    assert len(data["activity"][0]["counts"]) == 14


@settings(max_examples=30, deadline=None)
@given(st.text(min_size=1, max_size=60), st.sampled_from([1, 40, 2_000]))
def test_a_digest_stays_below_20_kb(piece: str, times: int) -> None:
    assert len(render(delivery(hostile_digest(piece * times)))) < MOST_BYTES


@pytest.mark.parametrize("size", [1, 60])
def test_a_flood_is_cut_and_counted(size: int) -> None:
    body = render(delivery(flood(size=size)))
    data = json.loads(body)["data"]
    assert len(body) < MOST_BYTES
    assert data["alerts"] == 500
    assert 0 < len(data["items"]) <= 40
