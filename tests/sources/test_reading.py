"""What all kinds do around their parsers, where one kind is enough to show it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.sources.conftest import NOW, Bench
from tests.sources.test_kinds import RSS
from tests.support.news_server import Reply
from watcher.model.document import Health, Outcome, Poll, Source, SourceState
from watcher.sources.address import polled_url
from watcher.sources.entries import Reading
from watcher.sources.fetch import FetchResponse
from watcher.sources.reading import read
from watcher.sources.registry import KINDS
from watcher.sources.rhythm import after_poll

EMPTY = b'<rss version="2.0"><channel><title>News</title></channel></rss>'


def source(bench: Bench) -> Source:
    return Source("s", "feed", bench.server.url("/s"), "news.example")


async def poll(bench: Bench, state: SourceState) -> Poll:
    return await KINDS["feed"].poll(source(bench), state, bench.fetcher, NOW)


async def test_a_feed_without_items_is_empty_and_stays_so_while_unchanged(bench: Bench) -> None:
    bench.server.on("/s", Reply(EMPTY))
    state = SourceState("s", NOW)
    for outcome in (Outcome.CHANGED, Outcome.UNCHANGED):
        found = await poll(bench, state)
        assert (found.outcome, found.health) == (outcome, Health.EMPTY)
        state = after_poll(source(bench), state, found, NOW, 0.5)
        assert (state.health, state.reason, state.failures) == (Health.EMPTY, "answers, but without items", 0)


async def test_what_was_cut_short_is_salvaged_and_asked_for_again(bench: Bench) -> None:
    cut = RSS[: RSS.index(b"</channel>")]
    bench.server.on("/s", Reply(cut, headers={"ETag": '"x"'}))
    found = await poll(bench, SourceState("s", NOW))
    assert [item.title for item in found.items] == ["Talks begin", "Port closed"]
    assert (found.etag, found.body_hash, found.notes) == (None, None, ("the feed ends early: 2 items salvaged",))
    again = await poll(bench, after_poll(source(bench), SourceState("s", NOW), found, NOW, 0.5))
    assert again.outcome is Outcome.CHANGED


async def test_beyond_five_hundred_items_the_rest_is_counted(bench: Bench) -> None:
    items = b"".join(b"<item><title>%d</title></item>" % number for number in range(700))
    bench.server.on("/s", Reply(EMPTY.replace(b"</channel>", items + b"</channel>")))
    found = await poll(bench, SourceState("s", NOW))
    assert (len(found.items), found.dropped, found.items[0].title) == (500, 200, "0")


async def test_a_fault_in_a_parser_is_a_failed_poll(bench: Bench) -> None:
    async def faulty(response: FetchResponse) -> Reading:
        raise KeyError(response.url)

    bench.server.on("/s", Reply(RSS))
    found = await read(source(bench), SourceState("s", NOW), bench.fetcher, "*/*", faulty)
    assert (found.outcome, found.error) == (Outcome.FAILED, "the parser failed (KeyError)")


async def test_validators_of_another_address_are_not_sent(bench: Bench) -> None:
    bench.server.on("/s", Reply(RSS, headers={"ETag": '"x"'}))
    bench.server.on("/t", Reply(RSS))
    state = after_poll(source(bench), SourceState("s", NOW), await poll(bench, SourceState("s", NOW)), NOW, 0.5)
    moved = replace(source(bench), url=bench.server.url("/t"))
    found = await KINDS["feed"].poll(moved, state, bench.fetcher, NOW)
    assert found.outcome is Outcome.CHANGED
    assert "if-none-match" not in bench.server.seen("/t")[0].headers


async def polled(bench: Bench, state: SourceState) -> SourceState:
    return after_poll(source(bench), state, await poll(bench, state), NOW, 0.5)


async def test_where_a_feed_has_moved_for_good_it_is_polled_from_then_on(bench: Bench) -> None:
    bench.server.on("/s", Reply(status=301, headers={"Location": "/new"}))
    bench.server.on("/new", Reply(RSS, headers={"ETag": '"x"'}), Reply(status=304))
    state = SourceState("s", NOW)
    for _ in range(3):
        state = await polled(bench, state)
        assert (state.moved_to, state.url) == (bench.server.url("/new"), bench.server.url("/s"))
    assert [request.path for request in bench.server.requests] == ["/s", "/new", "/new", "/new"]
    assert bench.server.requests[-1].headers["if-none-match"] == '"x"'


async def test_a_move_is_forgotten_when_it_leads_nowhere_any_more(bench: Bench) -> None:
    bench.server.on("/s", Reply(status=308, headers={"Location": "/new"}), Reply(RSS))
    bench.server.on("/new", Reply(RSS), Reply(status=404))
    state = await polled(bench, SourceState("s", NOW))
    state = await polled(bench, state)
    assert (state.moved_to, state.failures) == (None, 1)
    state = await polled(bench, state)
    assert (state.moved_to, state.failures) == (None, 0)


async def test_a_move_belongs_to_the_address_that_is_configured(bench: Bench) -> None:
    state = SourceState("s", NOW, url=bench.server.url("/s"), moved_to=bench.server.url("/new"))
    assert polled_url(source(bench), state) == bench.server.url("/new")
    edited = replace(source(bench), url=bench.server.url("/t"))
    assert polled_url(edited, state) == edited.url
    secret = replace(source(bench), url="https://desk:pw@news.example/s")
    assert polled_url(secret, replace(state, url=secret.url)) == secret.url


async def test_a_temporary_move_is_not_remembered(bench: Bench) -> None:
    bench.server.on("/s", Reply(status=302, headers={"Location": "/new"}))
    bench.server.on("/new", Reply(RSS))
    assert (await polled(bench, SourceState("s", NOW))).moved_to is None


async def test_what_the_publisher_asks_for_is_taken_along_where_it_counts(bench: Bench) -> None:
    slow = RSS.replace(b"<channel>", b"<channel><ttl>90</ttl>")
    bench.server.on("/s", Reply(slow, headers={"Cache-Control": "max-age=600"}))
    patient = replace(source(bench), every_max=timedelta(hours=9))
    for one, wish in ((patient, timedelta(minutes=90)), (source(bench), None)):
        found = await KINDS["feed"].poll(one, SourceState("s", NOW), bench.fetcher, NOW)
        assert found.wish == wish


@pytest.mark.parametrize(
    ("reply", "health", "failure"),
    [
        (Reply(b"<html><title>Just a moment...</title><body>"), Health.BLOCKED, "captcha"),
        (Reply(b"<html><body>This domain is for sale"), Health.GONE, "parked"),
        (Reply(b"<html><body>Sign in"), Health.FAILING, "unreadable"),
        (Reply(b" "), Health.EMPTY, "empty"),
        (Reply(status=404), Health.FAILING, "404"),
        (Reply(status=503, headers={"CF-Mitigated": "challenge"}), Health.BLOCKED, "503"),
    ],
)
async def test_a_failure_has_a_class(bench: Bench, reply: Reply, health: Health, failure: str) -> None:
    bench.server.on("/s", reply)
    found = await poll(bench, SourceState("s", NOW))
    assert (found.outcome, found.health, found.failure) == (Outcome.FAILED, health, failure)
