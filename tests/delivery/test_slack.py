"""Slack: the adapter against a server that has Slack's limits, and the renderer against those limits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from tests.delivery.contract import IMPATIENCE, LoopbackStage, Received, RemoteContract, Stage, build, failure
from tests.delivery.samples import FIRST, HOSTILE, UPDATE, delivery
from tests.support.loopback import Answer, Drop, Hang
from tests.support.slack_server import CHANNEL, TOKEN, SlackServer, problems, rate_limited, refuse
from watcher.delivery.context import ChannelContext
from watcher.delivery.registry import KINDS
from watcher.delivery.secret import ChannelSetupError
from watcher.delivery.slack.blocks import TOTAL, units
from watcher.delivery.slack.options import SlackOptions
from watcher.delivery.slack.render import render_blocks, render_text
from watcher.model.alert import Channel
from watcher.model.delivery import Citation, DeliveryError, Message


@dataclass
class SlackStage(LoopbackStage):
    """A workspace with one channel."""

    server: SlackServer
    channel: Channel
    secrets: tuple[str, ...] = (TOKEN,)

    def context(self, patience: float) -> ChannelContext:
        return ChannelContext(
            slack_bot_token=SecretStr(TOKEN), slack_api_url=self.server.api_url.rstrip("/"), patience=patience
        )

    def received(self) -> list[Received]:
        return [Received(post.delivery_id, post.text + shown(post.blocks)) for post in self.server.posts]

    def refuse(self) -> None:
        self.server.script.append(refuse(f"invalid_blocks {TOKEN}"))

    def busy(self) -> None:
        self.server.script.append(Answer(503, f"try later, {TOKEN}"))


def shown(blocks: object) -> str:
    """All texts within blocks."""
    if isinstance(blocks, list):
        return "\n".join(shown(block) for block in blocks)
    if isinstance(blocks, dict):
        return "\n".join(shown(value) for key, value in blocks.items() if key in {"text", "elements"})
    return str(blocks)


@pytest.fixture
async def slack() -> AsyncIterator[SlackStage]:
    async with SlackServer() as server:
        yield SlackStage(server, Channel("desk", "slack", SlackOptions(channel="#desk")))


class TestSlackContract(RemoteContract):
    @pytest.fixture
    async def stage(self, slack: SlackStage) -> AsyncIterator[Stage]:
        yield slack


async def send(stage: SlackStage, *deliveries: object, patience: float = 5.0) -> list[str]:
    adapter = build(stage, patience)
    try:
        return [(await adapter.send(item)).provider_ref for item in deliveries]
    finally:
        await adapter.close()


async def test_a_post_is_not_unfurled_and_names_its_delivery(slack: SlackStage) -> None:
    (ref,) = await send(slack, delivery())
    (post,) = slack.server.posts
    assert ref == f"{CHANNEL}/{post.ts}"
    assert post.delivery_id == "dl_01hx3zq9"
    assert post.metadata["event_type"] == "signal_watch_alert"
    assert post.arguments["unfurl_links"] is False
    assert post.arguments["unfurl_media"] is False
    assert "CRITICAL" in post.text
    assert "arrest 12 militia members &amp; seize arms" in post.text


async def test_an_update_replies_in_the_thread(slack: SlackStage) -> None:
    adapter = build(slack)
    first = await adapter.send(delivery())
    await adapter.send(delivery(UPDATE, id="dl_2", thread=first.provider_ref))
    await adapter.close()
    assert slack.server.posts[1].thread_ts == slack.server.posts[0].ts


async def test_a_further_alert_does_not_reply(slack: SlackStage) -> None:
    first, _ = await send(slack, delivery(), delivery(FIRST, id="dl_2", thread=f"{CHANNEL}/1700000000.000100"))
    assert first
    assert slack.server.posts[1].thread_ts is None


async def test_a_deleted_first_message_does_not_lose_the_update(slack: SlackStage) -> None:
    await send(slack, delivery(UPDATE, thread=f"{CHANNEL}/1600000000.000100"))
    (post,) = slack.server.posts
    assert post.thread_ts is None


async def test_a_thread_of_another_channel_is_not_used(slack: SlackStage) -> None:
    slack.channel = Channel("desk", "slack", SlackOptions(channel=CHANNEL))
    await send(slack, delivery(UPDATE, thread="C0ELSEWHERE/1700000000.000100"))
    assert slack.server.posts[0].thread_ts is None


@pytest.mark.parametrize("misbehaviour", [Hang(), Drop()])
@pytest.mark.parametrize("channel", ["#desk", CHANNEL])
async def test_what_had_arrived_is_found_and_not_repeated(
    slack: SlackStage, misbehaviour: Hang | Drop, channel: str
) -> None:
    slack.channel = Channel("desk", "slack", SlackOptions(channel=channel))
    slack.server.script.append(misbehaviour)
    assert (await failure(slack, IMPATIENCE)).ambiguous
    (ref,) = await send(slack, delivery(ambiguous=True, attempts=2))
    (post,) = slack.server.posts
    assert ref == f"{CHANNEL}/{post.ts}"


async def test_what_had_arrived_in_a_thread_is_found(slack: SlackStage) -> None:
    (first,) = await send(slack, delivery())
    slack.server.script.append(Drop())
    with pytest.raises(DeliveryError):
        await send(slack, delivery(UPDATE, id="dl_2", thread=first))
    (ref,) = await send(slack, delivery(UPDATE, id="dl_2", thread=first, ambiguous=True))
    assert len(slack.server.posts) == 2
    assert ref == f"{CHANNEL}/{slack.server.posts[1].ts}"


async def test_what_had_arrived_before_its_thread_began_is_found(slack: SlackStage) -> None:
    slack.server.script.append(Drop())
    with pytest.raises(DeliveryError):
        await send(slack, delivery())
    (status,) = await send(slack, delivery(UPDATE, id="dl_2"))  # somebody took the alert before it was tried again
    (ref,) = await send(slack, delivery(thread=status, ambiguous=True, outdated=True))
    assert len(slack.server.posts) == 2
    assert ref == f"{CHANNEL}/{slack.server.posts[0].ts}"


async def test_what_had_arrived_beside_its_lost_thread_is_found(slack: SlackStage) -> None:
    thread = f"{CHANNEL}/1600000000.000100"
    await send(slack, delivery(UPDATE, thread=thread))
    (ref,) = await send(slack, delivery(UPDATE, thread=thread, ambiguous=True))
    (post,) = slack.server.posts
    assert ref == f"{CHANNEL}/{post.ts}"


async def test_it_is_found_among_hundreds(slack: SlackStage) -> None:
    await send(slack, delivery())
    (own,) = slack.server.posts
    slack.server.posts += [replace(own, ts=f"{1_800_000_000 + at}.0", metadata={}) for at in range(450)]
    (ref,) = await send(slack, delivery(ambiguous=True))
    assert ref == f"{CHANNEL}/{own.ts}"


async def test_what_had_not_arrived_is_sent(slack: SlackStage) -> None:
    slack.server.script.append(Drop(taken=False))
    assert (await failure(slack)).ambiguous
    await send(slack, delivery(ambiguous=True))
    assert len(slack.server.posts) == 1


async def test_without_the_right_to_look_it_is_sent_again(slack: SlackStage) -> None:
    slack.server.can_read = False
    await send(slack, delivery(), delivery(ambiguous=True))
    assert len(slack.server.posts) == 2


@pytest.mark.parametrize(
    "code",
    ["channel_not_found", "not_in_channel", "is_archived", "invalid_auth", "account_inactive", "token_revoked",
     "missing_scope", "invalid_blocks", "msg_too_long", "msg_blocks_too_long", "a_code_of_tomorrow"],
)  # fmt: skip
async def test_refusals_that_need_a_person(slack: SlackStage, code: str) -> None:
    slack.server.script.append(refuse(code))
    error = await failure(slack)
    assert error.permanent
    assert code in error.reason


@pytest.mark.parametrize(
    ("code", "ambiguous"),
    [("ratelimited", False), ("internal_error", True), ("fatal_error", True), ("service_unavailable", True),
     ("request_timeout", True)],
)  # fmt: skip
async def test_refusals_that_pass(slack: SlackStage, code: str, ambiguous: bool) -> None:
    slack.server.script.append(refuse(code))
    error = await failure(slack)
    assert not error.permanent
    assert error.ambiguous is ambiguous


async def test_retry_after_is_honoured(slack: SlackStage) -> None:
    slack.server.script.append(rate_limited(42))
    error = await failure(slack)
    assert error.retry_after == timedelta(seconds=42)
    assert not error.ambiguous


@pytest.mark.parametrize("answer", [Answer(200, "<html>", content_type="text/html"), Answer(200, "ok"),
                                    Answer(200, "{", content_type="application/json"),
                                    Answer(200, "[]", content_type="application/json"), Answer(500, "")])  # fmt: skip
async def test_an_answer_that_is_not_slacks_is_tried_again(slack: SlackStage, answer: Answer) -> None:
    slack.server.script.append(answer)
    error = await failure(slack)
    assert not error.permanent
    assert error.ambiguous


async def test_a_wrong_token_is_permanent(slack: SlackStage) -> None:
    slack.server.token = "xoxb-another"
    error = await failure(slack)
    assert error.permanent
    assert "invalid_auth" in error.reason


@pytest.mark.parametrize("url", ["not an address", "ftp://slack.example/api/"])
async def test_a_wrong_api_address_is_named(slack: SlackStage, url: str) -> None:
    context = replace(slack.context(1.0), slack_api_url=url)
    adapter = KINDS["slack"].build(slack.channel, context)
    with pytest.raises(DeliveryError, match="WATCHER_SLACK_API_URL") as caught:
        await adapter.send(delivery())
    await adapter.close()
    assert caught.value.permanent


async def test_an_unknown_and_an_archived_channel(slack: SlackStage) -> None:
    slack.server.archived.add(CHANNEL)
    assert "is_archived" in (await failure(slack)).reason
    slack.channel = Channel("desk", "slack", SlackOptions(channel="#nowhere"))
    assert "channel_not_found" in (await failure(slack)).reason


async def test_one_post_a_second(slack: SlackStage) -> None:
    slack.server.pace = 1.0
    adapter = build(slack)
    assert adapter.pace == timedelta(seconds=1)
    await adapter.send(delivery())
    with pytest.raises(DeliveryError) as caught:
        await adapter.send(delivery(id="dl_2"))
    await adapter.close()
    assert caught.value.retry_after == timedelta(seconds=1)


def test_no_token_no_channel() -> None:
    channel = Channel("desk", "slack", SlackOptions(channel="#desk"))
    with pytest.raises(ChannelSetupError, match="WATCHER_SLACK_BOT_TOKEN"):
        KINDS["slack"].build(channel, ChannelContext())
    with pytest.raises(ValidationError, match="must be a name"):
        SlackOptions(channel="<!here>")


def test_lanes_are_channels() -> None:
    context = ChannelContext(slack_bot_token=SecretStr(TOKEN))
    lanes = {KINDS["slack"].build(Channel(name, "slack", SlackOptions(channel=to)), context).lane
             for name, to in (("a", "#desk"), ("b", "desk"), ("c", "#other"))}  # fmt: skip
    assert lanes == {"slack:desk", "slack:other"}


def arguments(message: Message) -> dict[str, object]:
    return {"text": render_text(message), "blocks": render_blocks(message)}


def test_hostile_text_neither_mentions_nor_links() -> None:
    assert list(problems(arguments(HOSTILE))) == []
    text = shown(render_blocks(HOSTILE))
    assert "&lt;!channel&gt;" in text
    assert "&lt;https://evil.example|click&gt;" in text


PIECES = st.sampled_from(
    [
        "<",
        ">",
        "&",
        "&amp;",
        "a",
        " ",
        "👩‍👩‍👧‍👦",
        "🇩🇪",
        "e\u0301",
        "\u0301",
        "\u200d",
        "𝕏",
        "<!channel>",
        "|",
        "*",
        "中",
        "\n",
        "\ud800",
    ]
)
HUGE = st.builds(lambda parts, times: ("".join(parts) * times)[:100_000], st.lists(PIECES, min_size=1, max_size=8),
                 st.sampled_from([1, 50, 2_000, 50_000]))  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(HUGE, HUGE, st.lists(st.tuples(st.integers(-5, 400), st.integers(-5, 400)), max_size=40), st.integers(0, 30))
def test_slacks_limits_hold_whatever_the_news_says(
    title: str, sentence: str, highlights: list[tuple[int, int]], others: int
) -> None:
    citation = Citation(title, "https://e.example/" + "&" * 150, title, title)
    told = replace(
        FIRST, signal_title=title, signal_id=title, alert_id=title, document=citation, sentence=sentence,
        highlights=tuple(highlights), reasons=(title,) * 9, severity=title, assertion=title,
        others=(citation,) * others,
        ledger=tuple(replace(entry, reason=title) for entry in FIRST.ledger * 9),
    )  # fmt: skip
    assert list(problems(arguments(told))) == []
    assert units(shown(render_blocks(told))) < TOTAL
