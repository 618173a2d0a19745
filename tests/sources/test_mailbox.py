"""Mailboxes: what is asked of the server, where reading goes on, and servers that misbehave."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.sources.conftest import NOW, Bench
from tests.sources.test_kinds import mail
from tests.support.imap_server import PASSWORD, USER, ImapServer, Talk
from watcher.model.document import Health, Outcome, Poll, Source, SourceState
from watcher.sources.imap import folder_name
from watcher.sources.mailbox import MailboxKind, MailboxOptions
from watcher.sources.rhythm import after_poll


@pytest.fixture
async def imap() -> AsyncIterator[ImapServer]:
    async with ImapServer() as server:
        yield server


def source(imap: ImapServer, **options: object) -> Source:
    told = {"user": "env:DESK_USER", "password": "env:DESK_PASSWORD"} | options
    return Source("mail", "mailbox", imap.url, "example.org", options=MailboxOptions.model_validate(told))


async def poll(bench: Bench, imap: ImapServer, state: SourceState | None = None, **options: object) -> Poll:
    state = state or SourceState("mail", NOW)
    return await MailboxKind().poll(source(imap, **options), state, bench.fetcher, NOW)


def after(imap: ImapServer, result: Poll, state: SourceState | None = None, **options: object) -> SourceState:
    return after_poll(source(imap, **options), state or SourceState("mail", NOW), result, NOW, 0.5)


def titles(result: Poll) -> list[str]:
    return [item.title for item in result.items]


def fill(imap: ImapServer, count: int) -> None:
    for number in range(1, count + 1):
        imap.deliver(mail(number, f"News {number}"))


async def test_a_mail_becomes_an_item(bench: Bench, imap: ImapServer) -> None:
    imap.deliver(mail(1, "Talks begin"))
    (item,) = (await poll(bench, imap)).items
    assert (item.guid, item.title, item.text) == ("1@courier.example", "Talks begin", "Talks begin, at length.")
    assert (item.publisher, item.published_at) == ("mail.courier.example", NOW.replace(hour=10))


async def test_the_first_poll_takes_the_newest_and_later_ones_leave_no_gap(bench: Bench, imap: ImapServer) -> None:
    fill(imap, 5)
    first = await poll(bench, imap, newest=2)
    assert titles(first) == ["News 4", "News 5"]
    for number in (6, 7, 8):
        imap.deliver(mail(number, f"News {number}"))
    state = after(imap, first, newest=2)
    second = await poll(bench, imap, state, newest=2)
    assert titles(second) == ["News 6", "News 7"]
    assert second.notes == ("1 mails wait for the next poll",)
    third = await poll(bench, imap, after(imap, second, state, newest=2), newest=2)
    assert titles(third) == ["News 8"]


async def test_nothing_new_costs_no_listing(bench: Bench, imap: ImapServer) -> None:
    fill(imap, 3)
    state = after(imap, await poll(bench, imap))
    imap.commands.clear()
    assert (await poll(bench, imap, state)).outcome is Outcome.UNCHANGED
    assert [command.partition(" ")[0] for command in imap.commands] == ["LOGIN", "EXAMINE"]
    imap.says_next_uid = False
    assert (await poll(bench, imap, state)).outcome is Outcome.UNCHANGED


async def test_a_folder_that_is_numbered_anew_is_looked_through_again(bench: Bench, imap: ImapServer) -> None:
    fill(imap, 3)
    state = after(imap, await poll(bench, imap))
    imap.validity, imap.messages = 8, {1: mail(4, "News 4")}
    result = await poll(bench, imap, state)
    assert titles(result) == ["News 4"]
    assert "numbered the folder anew" in result.notes[0]


@pytest.mark.parametrize("validity", [b"0", b"4294967296", b"-1", b"x", b""])
async def test_a_validity_that_means_nothing_is_a_failure(bench: Bench, imap: ImapServer, validity: bytes) -> None:
    async def odd(talk: Talk, tag: bytes) -> None:
        await talk.say(b"* 1 EXISTS", b"* OK [UIDVALIDITY " + validity + b"] odd", tag + b" OK open")

    imap.on("EXAMINE", odd)
    assert (await poll(bench, imap)).error == "protocol: the server gives the folder no proper UIDVALIDITY"


async def test_mails_are_left_unread_unless_they_are_to_be_marked(bench: Bench, imap: ImapServer) -> None:
    fill(imap, 2)
    await poll(bench, imap)
    assert imap.seen == set()
    assert not any(command.startswith(("SELECT", "UID STORE")) for command in imap.commands)
    assert all("PEEK" in command for command in imap.commands if command.startswith("UID FETCH"))
    await poll(bench, imap, mark_seen=True)
    assert imap.seen == {1, 2}


async def test_other_senders_are_left_out_and_not_looked_at_again(bench: Bench, imap: ImapServer) -> None:
    fill(imap, 1)
    imap.deliver(mail(2, "Win a prize").replace(b"news@mail.courier.example", b"prize@spam.example"))
    wanted = ["*@MAIL.courier.example"]
    first = await poll(bench, imap, senders=wanted)
    assert titles(first) == ["News 1"]
    again = await poll(bench, imap, after(imap, first, senders=wanted), senders=wanted)
    assert again.outcome is Outcome.UNCHANGED


async def test_starttls_comes_before_the_password(bench: Bench) -> None:
    async with ImapServer(starttls=True) as imap:
        fill(imap, 1)
        assert titles(await poll(bench, imap)) == ["News 1"]
        assert imap.commands[0] == "STARTTLS"

        async def without(talk: Talk, tag: bytes) -> None:
            await talk.say(tag + b" BAD unknown")

        imap.on("STARTTLS", without)
        imap.commands.clear()
        assert (await poll(bench, imap)).error == "tls: the server offers no TLS"

        async def injected(talk: Talk, tag: bytes) -> None:
            await talk.say(tag + b" OK begin", b"* 1 EXISTS")

        imap.on("STARTTLS", injected)
        assert (await poll(bench, imap)).error == "tls: the server sends data ahead of the handshake"
        assert not any("LOGIN" in command for command in imap.commands)


async def test_a_certificate_for_another_name_is_refused(bench: Bench, imap: ImapServer) -> None:
    other = replace(source(imap), url=imap.url.replace("127.0.0.1", "127.0.0.2"))
    result = await MailboxKind().poll(other, SourceState("mail", NOW), bench.fetcher, NOW)
    assert result.error.startswith(("tls: ", "connect: "))
    assert result.failure


async def test_a_refused_login_is_blocked_and_repeats_nothing(bench: Bench, imap: ImapServer) -> None:
    result = await poll(bench, imap, password="s3cret-\r\nA1 DELETE INBOX")
    assert (result.outcome, result.health, result.failure) == (Outcome.FAILED, Health.BLOCKED, "auth")
    assert result.error == "auth: the server refuses the login"
    assert len(imap.commands) == 1


async def test_a_login_that_is_refused_for_now_is_a_failure_only(bench: Bench, imap: ImapServer) -> None:
    async def busy(talk: Talk, tag: bytes) -> None:
        await talk.say(tag + b" NO [UNAVAILABLE] later")

    imap.on("LOGIN", busy)
    assert (await poll(bench, imap)).health is Health.FAILING


async def test_a_variable_that_is_not_set_is_named(bench: Bench, imap: ImapServer) -> None:
    result = await poll(bench, imap, password="env:NOT_SET")
    assert result.error == "auth: password is env:NOT_SET, but the variable NOT_SET is not set"
    assert imap.commands == []


def test_options_show_no_secret() -> None:
    options = MailboxOptions.model_validate({"user": USER, "password": PASSWORD})
    assert USER not in repr(options)
    assert PASSWORD not in repr(options)


async def test_a_long_mail_is_cut(bench: Bench, imap: ImapServer) -> None:
    imap.deliver(mail(1, "Talks begin") + b"More. " * 5_000)
    (item,) = (await poll(bench, imap, max_message=10_000)).items
    assert (item.title, item.truncated) == ("Talks begin", True)
    assert len(item.text) < 10_000


async def test_an_endless_literal_is_refused(bench: Bench, imap: ImapServer) -> None:
    fill(imap, 1)

    async def endless(talk: Talk, _tag: bytes) -> None:
        await talk.raw(b"* 1 FETCH (UID 1 BODY[]<0> {999999999999}\r\n")
        while True:
            await talk.raw(b"x" * 65_536)

    imap.on("UID FETCH", endless)
    result = await poll(bench, imap)
    assert result.error == "too-large: a part of the answer is larger than 1,000,000 bytes"


async def test_an_endless_line_and_endless_answers_are_refused(bench: Bench, imap: ImapServer) -> None:
    async def line(talk: Talk, _tag: bytes) -> None:
        while True:
            await talk.raw(b"x" * 65_536)

    async def answers(talk: Talk, _tag: bytes) -> None:
        while True:
            await talk.raw(b"* 1 EXISTS\r\n" * 1_000)

    imap.on("EXAMINE", line)
    assert (await poll(bench, imap)).error.startswith("too-large: ")
    imap.on("EXAMINE", answers)
    assert (await poll(bench, imap)).outcome is Outcome.FAILED


async def test_huge_counts_ask_for_the_end_of_the_folder_only(bench: Bench, imap: ImapServer) -> None:
    async def huge(talk: Talk, tag: bytes) -> None:
        await talk.say(b"* 4294967295 EXISTS", b"* OK [UIDVALIDITY 7] x", tag + b" OK open")

    async def none(talk: Talk, tag: bytes) -> None:
        await talk.say(b"* 4294967295 FETCH (UID 99999999999999)", b"* 1 FETCH (FLAGS ())", tag + b" OK done")

    imap.on("EXAMINE", huge)
    imap.on("FETCH", none)
    assert (await poll(bench, imap)).items == ()
    assert imap.commands[-1] == "FETCH 4294966796:4294967295 (UID)"


async def test_what_breaks_off_in_the_middle_keeps_what_came_before(bench: Bench, imap: ImapServer) -> None:
    fill(imap, 3)
    count = itertools.count()

    async def once(talk: Talk, tag: bytes) -> None:
        if next(count):
            talk.writer.close()
            return
        await talk.raw(b"* 1 FETCH (UID 1 BODY[]<0> {%d}\r\n%s)\r\n" % (len(imap.messages[1]), imap.messages[1]))
        await talk.say(tag + b" OK done")

    imap.on("UID FETCH", once)
    first = await poll(bench, imap)
    assert (first.outcome, titles(first)) == (Outcome.CHANGED, ["News 1"])
    imap.on("UID FETCH", None)
    assert titles(await poll(bench, imap, after(imap, first))) == ["News 2", "News 3"]


async def test_a_mail_that_vanishes_or_answers_for_another_is_passed_over(bench: Bench, imap: ImapServer) -> None:
    fill(imap, 2)

    async def other(talk: Talk, tag: bytes) -> None:
        await talk.say(b"* 2 FETCH (UID 77 BODY[]<0> {5}\r\nhello)", b"* 1 EXPUNGE", tag + b" OK done")

    imap.on("UID FETCH", other)
    result = await poll(bench, imap)
    assert (result.outcome, result.items) == (Outcome.UNCHANGED, ())


@pytest.mark.parametrize("greeting", [b"220 smtp.example ESMTP", b"* BYE full", b"HTTP/1.1 400 Bad Request"])
async def test_another_server_is_a_failure(bench: Bench, imap: ImapServer, greeting: bytes) -> None:
    async def odd(talk: Talk, _tag: bytes) -> None:
        await talk.say(greeting)

    imap.on("GREETING", odd)
    result = await poll(bench, imap)
    assert (result.outcome, result.health) == (Outcome.FAILED, Health.FAILING)


async def test_the_connection_is_closed_after_success_and_failure(bench: Bench, imap: ImapServer) -> None:
    fill(imap, 1)
    await poll(bench, imap)
    await poll(bench, imap, password="wrong")
    async with asyncio.timeout(5):
        while imap.open:
            await asyncio.sleep(0)


async def test_an_empty_folder_is_said_to_be_empty(bench: Bench, imap: ImapServer) -> None:
    result = await poll(bench, imap)
    assert (result.health, result.notes) == (Health.EMPTY, ("the folder is empty",))


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("INBOX", b"INBOX"),
        ("Nachrichten & mehr", b"Nachrichten &- mehr"),
        ("Entwürfe", b"Entw&APw-rfe"),
        ("台北", b"&U,BTFw-"),
        ("a\r\nb", b"a&AA0ACg-b"),
    ],
)
def test_names_of_folders(name: str, packed: bytes) -> None:
    assert folder_name(name) == packed
