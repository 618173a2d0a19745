"""What all kinds do around their parsers, where one kind is enough to show it."""

from __future__ import annotations

from dataclasses import replace

from tests.sources.conftest import NOW, Bench
from tests.sources.test_kinds import RSS
from tests.support.news_server import Reply
from watcher.model.document import Health, Outcome, Poll, Source, SourceState
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
