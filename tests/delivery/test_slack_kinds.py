"""Slack: what becomes of each kind of message: posted, edited, replied, and what happens when that breaks off."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.delivery.contract import build
from tests.delivery.samples import FIRST, HOSTILE_TEXT, UPDATE, delivery
from tests.delivery.test_slack import SlackStage, shown
from tests.support.loopback import Drop
from tests.support.slack_rules import problems, view_problems
from tests.support.slack_server import CHANNEL, SlackServer, rate_limited, refuse
from watcher.delivery.context import ChannelContext
from watcher.delivery.slack.blocks import TOTAL, units
from watcher.delivery.slack.buttons import actions, snoozed_until
from watcher.delivery.slack.options import Allow, SlackOptions
from watcher.delivery.slack.people import Person, refusal
from watcher.delivery.slack.render import render_blocks, render_reply, render_text
from watcher.delivery.slack.signing import SIGNATURE, TIMESTAMP, ForgedError, check_claims, check_signature
from watcher.delivery.slack.why import Why, render_view, render_why
from watcher.model.alert import Channel
from watcher.model.delivery import Activity, DeliveryError, Item, Message, Receipt, Roundup

STATUS = replace(
    FIRST, kind="status", status="acknowledged", owner="ada", until="2026-11-20T22:06:00Z",
    reasons=("ada has it until 2026-11-20 22:06 UTC",),
)  # fmt: skip
ESCALATION = replace(FIRST, kind="escalation", reasons=("step 2 of duty: nobody has taken it",))
NOTICE = replace(FIRST, kind="notice", sentence="Nothing new for 9 hours.", ledger=(), highlights=())


class InteractiveStage(SlackStage):
    """Somebody listens to the buttons."""

    def context(self, patience: float) -> ChannelContext:
        return replace(super().context(patience), slack_interactive=True)


@pytest.fixture
async def slack() -> AsyncIterator[InteractiveStage]:
    async with SlackServer() as server:
        yield InteractiveStage(server, Channel("desk", "slack", SlackOptions(channel=CHANNEL)))


class Desk:
    """An adapter with the alert posted."""

    def __init__(self, slack: InteractiveStage) -> None:
        self.slack, self.adapter = slack.server, build(slack)
        self.thread = ""

    async def __aenter__(self) -> Desk:
        self.thread = (await self.adapter.send(delivery())).provider_ref
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.adapter.close()

    async def send(self, told: Message, id: str = "dl_2", **changes: Any) -> Receipt:
        return await self.adapter.send(delivery(told, id=id, thread=self.thread, **changes))

    async def fail(self, told: Message, **changes: Any) -> DeliveryError:
        with pytest.raises(DeliveryError) as caught:
            await self.send(told, **changes)
        return caught.value


async def test_an_update_edits_the_message_and_replies(slack: InteractiveStage) -> None:
    async with Desk(slack) as desk:
        receipt = await desk.send(UPDATE)
    first, reply = slack.server.posts
    assert (first.edits, "Score 97" in shown(first.blocks), first.text.startswith("UPDATE")) == (1, True, True)
    assert reply.thread_ts == first.ts and reply.delivery_id == "dl_2"
    assert "corroborated: 8 publishers" in shown(reply.blocks)
    assert not reply.buttons() and first.buttons()
    assert receipt.provider_ref == f"{CHANNEL}/{reply.ts}"


@pytest.mark.parametrize("taken", [True, False])
async def test_an_update_that_broke_off_at_its_reply_is_told_once(slack: InteractiveStage, taken: bool) -> None:
    async with Desk(slack) as desk:
        slack.server.script.append(Drop(taken=taken))
        assert (await desk.fail(UPDATE)).ambiguous
        await desk.send(UPDATE, ambiguous=True)
    assert [post.delivery_id for post in slack.server.posts if post.thread_ts] == ["dl_2"]
    assert slack.server.posts[0].edits == 2


async def test_an_update_that_broke_off_at_its_edit_is_told_once(slack: InteractiveStage) -> None:
    slack.server.scripts = {"chat.update"}
    async with Desk(slack) as desk:
        slack.server.script.append(Drop())
        assert (await desk.fail(UPDATE)).ambiguous
        assert len(slack.server.posts) == 1
        await desk.send(UPDATE, ambiguous=True)
    assert len(slack.server.posts) == 2


async def test_an_edit_that_is_refused_for_now_holds_the_lane(slack: InteractiveStage) -> None:
    slack.server.scripts = {"chat.update"}
    async with Desk(slack) as desk:
        slack.server.script.append(rate_limited(7))
        error = await desk.fail(STATUS)
    assert (error.retry_after, error.ambiguous, error.permanent) == (timedelta(seconds=7), False, False)


@pytest.mark.parametrize("told", [UPDATE, STATUS])
async def test_what_cannot_be_edited_any_more_is_told_in_the_thread(slack: InteractiveStage, told: Message) -> None:
    async with Desk(slack) as desk:
        slack.server.frozen.add(slack.server.posts[0].ts)
        await desk.send(told)
    first, reply = slack.server.posts
    assert (first.edits, reply.thread_ts) == (0, first.ts)
    assert told.reasons[0] in shown(reply.blocks)


@pytest.mark.parametrize("told", [UPDATE, STATUS, ESCALATION])
async def test_where_the_first_message_was_deleted_it_is_told_in_the_channel(
    slack: InteractiveStage, told: Message
) -> None:
    async with Desk(slack) as desk:
        slack.server.delete(slack.server.posts[0].ts)
        await desk.send(told)
    (post,) = slack.server.posts
    assert post.thread_ts is None and post.buttons()


async def test_a_status_edits_and_says_nothing_more(slack: InteractiveStage) -> None:
    async with Desk(slack) as desk:
        receipt = await desk.send(STATUS)
        await desk.send(replace(STATUS, status="resolved", owner="ben"), id="dl_3")
    (post,) = slack.server.posts
    assert (post.edits, receipt.detail) == (2, "edited")
    assert "Ended by *ben*" in shown(post.blocks)
    assert list(post.buttons()) == ["sw_reopen", "sw_why"]


async def test_an_older_state_never_covers_a_newer_one(slack: InteractiveStage) -> None:
    async with Desk(slack) as desk:
        await desk.send(replace(STATUS, status="resolved", owner="ben"), id="dl_3")
        assert (await desk.send(STATUS, outdated=True)).provider_ref == ""
        await desk.send(UPDATE, id="dl_4", outdated=True)
        await desk.send(FIRST, id="dl_5", outdated=True)
    first, *replies = slack.server.posts
    assert first.edits == 1 and "Ended by *ben*" in shown(first.blocks)
    assert [reply.thread_ts for reply in replies] == [first.ts, first.ts]


async def test_a_status_that_comes_before_its_alert_is_posted_whole(slack: InteractiveStage) -> None:
    adapter = build(slack)
    await adapter.send(delivery(STATUS))
    await adapter.close()
    (post,) = slack.server.posts
    assert "*ada* has it until" in shown(post.blocks) and "Basra" in shown(post.blocks)


async def test_an_escalation_is_seen_in_the_channel_too(slack: InteractiveStage) -> None:
    async with Desk(slack) as desk:
        await desk.send(ESCALATION)
    first, reply = slack.server.posts
    assert (reply.thread_ts, reply.arguments["reply_broadcast"], first.edits) == (first.ts, True, 0)
    assert list(reply.buttons()) == ["sw_acknowledge", "sw_why"]
    assert "step 2 of duty" in reply.text and "step 2 of duty" in shown(reply.blocks)


@pytest.mark.parametrize("code", ["invalid_auth", "token_revoked", "channel_not_found"])
async def test_a_refusal_of_edit_and_reply_needs_a_person(slack: InteractiveStage, code: str) -> None:
    slack.server.scripts = {"chat.update", "chat.postMessage"}
    async with Desk(slack) as desk:
        slack.server.script.extend([refuse(code), refuse(code)])
        error = await desk.fail(UPDATE)
    assert error.permanent and code in error.reason


def test_no_buttons_where_nobody_listens() -> None:
    assert not any(block["type"] == "actions" for block in render_blocks(FIRST))
    assert "watcher alerts ack al_7f3c" in shown(render_blocks(FIRST))
    assert any(block["type"] == "actions" for block in render_blocks(FIRST, interactive=True))
    assert not any(block["type"] == "actions" for block in render_blocks(replace(FIRST, kind="test"), interactive=True))


def test_the_three_strongest_reasons_and_the_rest_add_up() -> None:
    text = shown(render_blocks(UPDATE))
    assert "*Score 97* = +60 pattern held: state act militia · +20 stated as fact · +11 told in the headline" in text
    assert "+6 from 6 more" in text


def test_nothing_is_bold_within_a_word() -> None:
    told = replace(FIRST, sentence="والقوات اعتقلت rearrested", highlights=((3, 7), (18, 24)))
    assert "> *والقوات* اعتقلت *rearrested*" in shown(render_blocks(told))


def _item(number: int, signal: str, **changes: Any) -> Item:
    item = Item("alert", f"al_{number}", signal, f"Signal {signal}", "high", 80, "asserted",
                replace(FIRST.document, title=f"Report {number}"), "")  # fmt: skip
    return replace(item, **changes)


def _digest(*items: Item, **changes: Any) -> Message:
    told = Roundup("digest", "2026-11-19T17:00:00Z", "2026-11-20T07:00:00Z", (("quiet-hours", 3),), 12,
                   (Activity("a", "A", (1, 2)),))  # fmt: skip
    document = replace(FIRST.document, title=f"{len(items)} alerts", url="")
    return replace(FIRST, kind="digest", alert_id="", items=items, roundup=told, document=document, **changes)


def test_a_digest_counts_what_it_does_not_show_and_hides_no_signal() -> None:
    busy = [_item(number, "a") for number in range(30)]
    text = shown(render_blocks(_digest(*busy, _item(99, "b"))))
    assert text.count("Report") == 6 and "Report 99" in text and "Signal a* (30)" in text
    assert "*25 more*: `watcher alerts`" in text
    assert "Not told: 3 quiet-hours" in text and "12 near misses" in text
    assert shown(render_blocks(_digest(*busy))).count("Report") == 15


def test_a_digest_without_anything_says_so() -> None:
    assert "Nothing was told" in shown(render_blocks(_digest()))


@pytest.mark.parametrize("kind", ["alert", "update", "status", "escalation", "notice", "test", "digest", "summary"])
def test_text_from_outside_is_inert_in_every_kind(kind: str) -> None:
    told = _everywhere(HOSTILE_TEXT, kind)
    for blocks in (render_blocks(told, "n", interactive=True), render_reply(told, "n"), render_why(Why(told))):
        assert list(problems({"text": render_text(told), "blocks": blocks})) == []
        text = json.dumps([block for block in blocks if block["type"] != "header"], ensure_ascii=False)
        for dead in ("<!channel>", "<@U123ABC>", "`code`", "javascript:", "*stars*", "\u202e"):
            assert dead not in text


def _everywhere(text: str, kind: str) -> Message:
    citation = replace(FIRST.document, title=text, publisher=text)
    return replace(
        _digest(*(_item(n, text, signal_title=text, document=citation, assertion=text) for n in range(3))),
        kind=kind, signal_title=text, signal_id=text, document=citation, sentence=text, highlights=((2, 9),),
        reasons=(text,) * 9, others=(citation,) * 9, owner=text, status=text, until=text, severity=text, late=text,
        created_at=text, ledger=tuple(replace(entry, reason=text) for entry in FIRST.ledger),
        evidence=tuple(replace(found, text=text, group=text) for found in FIRST.evidence),
    )  # fmt: skip


WORDS = st.text(
    st.sampled_from([*"<>&*_`~|@#!^:\n\r\t a9", "\u202e", "\u0301", "\u200d", "𝕏", "中", "ع", "\ud800"]), max_size=60
)


@settings(max_examples=60, deadline=None)
@given(WORDS, st.sampled_from([1, 40, 2_000]), st.sampled_from(["alert", "update", "status", "escalation", "digest"]),
       st.sampled_from(["", "acknowledged", "snoozed", "resolved", "expired", "open"]))  # fmt: skip
def test_limits_and_marks_hold_for_every_kind(words: str, times: int, kind: str, status: str) -> None:
    told = replace(_everywhere(words * times, kind), status=status, alert_id="alr_1", ledger=FIRST.ledger * 30)
    for blocks in (render_blocks(told, "n", interactive=True), render_reply(told, "n")):
        assert list(problems({"text": render_text(told), "blocks": blocks})) == []
        assert units(shown(blocks)) < TOTAL
    why = Why(told, words * times, words * times, (words * times,) * 99, ((words, words * times),) * 99, (words,) * 99)
    assert list(view_problems(render_view(why))) == []
    assert list(problems({"text": "why", "blocks": render_why(why)})) == []


def test_an_id_that_cannot_come_back_gets_no_buttons() -> None:
    assert actions("", "") == {} and actions("a" * 101, "") == {}


def test_until_tomorrow_is_eight_in_the_morning_where_the_person_is() -> None:
    night = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)  # London's clocks go forward that night
    assert snoozed_until("tomorrow", night, "Europe/London") == datetime(2026, 3, 29, 7, 0, tzinfo=UTC)
    assert snoozed_until("tomorrow", night, "Asia/Tokyo") == datetime(2026, 3, 29, 23, 0, tzinfo=UTC)
    for nowhere in ("", "../etc/passwd", "Mars/Base", "x\0"):
        assert snoozed_until("tomorrow", night, nowhere) == datetime(2026, 3, 29, 8, 0, tzinfo=UTC)
    assert snoozed_until("never", night, "UTC") is None


BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
    b"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack."
    b"com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0b"
    b"c887a14d10d2c447fce8b6703c"
)
HEADERS = {
    TIMESTAMP: "1531420618",
    SIGNATURE: "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
}


def test_the_example_of_slacks_documentation() -> None:
    check_claims(HEADERS, datetime.fromtimestamp(1_531_420_618 + 300, UTC))
    assert check_signature(HEADERS, BODY, "8f742231b10e8888abcd99yyyzzz85a5") == HEADERS[SIGNATURE]


@pytest.mark.parametrize(
    ("body", "secret"), [(BODY + b"x", "8f742231b10e8888abcd99yyyzzz85a5"), (BODY, "another"), (BODY, "")]
)
def test_another_body_or_secret_proves_nothing(body: bytes, secret: str) -> None:
    with pytest.raises(ForgedError):
        check_signature(HEADERS, body, secret)


def test_options_say_who_may_act() -> None:
    options = SlackOptions.model_validate({"channel": "#desk", "allow": {"users": ["U024BE7LH"]}})
    assert options.allow is not None and options.allow.users == ("U024BE7LH",)
    for wrong in ({}, {"users": ["ada"]}, {"usergroups": ["desk"]}, {"people": ["U024BE7LH"]}):
        with pytest.raises(ValueError):
            SlackOptions.model_validate({"channel": "#desk", "allow": wrong})


HOME = "T0HOME"


@pytest.mark.parametrize(
    ("person", "words"),
    [
        (Person("U1", "ada", (HOME,)), ""),
        (Person("U1", "ada", ("E0ORG", HOME)), ""),
        (Person("U1", "ada", ("T0OTHER",)), "from outside"),
        (Person("U1", "ada", ()), "from outside"),
        (Person("U1", "ada", (HOME,), guest=True), "not guests"),
        (Person("U1", "ada", (HOME,), gone=True), "not active"),
        (Person("U1", "ada", known=False), "did not tell who you are"),
    ],
)
def test_who_may_press_where_nothing_is_said(person: Person, words: str) -> None:
    problem = refusal(None, person, HOME, in_group=False)
    assert (words in problem) if words else problem == ""


def test_who_may_press_where_people_are_named() -> None:
    allow = Allow(users=("U024BE7LH",), usergroups=("S0614TZR7",))
    named, other = Person("U024BE7LH", "ada", known=False), Person("U1", "ben", (HOME,))
    assert refusal(allow, named, HOME, in_group=None) == ""
    assert refusal(allow, replace(named, gone=True), HOME, in_group=None)
    assert refusal(allow, other, HOME, in_group=True) == ""
    assert "not among those" in refusal(allow, other, HOME, in_group=False)
    assert "Try again" in refusal(allow, other, HOME, in_group=None)


@pytest.mark.parametrize("told", [FIRST, UPDATE, NOTICE, _digest()])
def test_what_is_told_late_says_so_where_it_is_read_first(told: Message) -> None:
    late = replace(told, late="26 hours")
    assert "told late: 26 hours old" in shown(render_blocks(late))
    assert render_text(late).startswith("told late: 26 hours old")
