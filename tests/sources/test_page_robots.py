"""Pages are read only as far as robots.txt lets programs."""

from __future__ import annotations

from dataclasses import replace

from tests.sources.conftest import NOW, Bench
from tests.support.news_server import Reply
from watcher.model.document import Health, Outcome, Source, SourceState
from watcher.sources.page import PageKind, PageOptions

PAGE = b"<html><body><div class=n><a href=/1>A dam holds</a></div></body></html>"
STATE = SourceState("s", NOW)


def source(bench: Bench) -> Source:
    return Source("s", "page", bench.server.url("/s"), "x.example", options=PageOptions(links=".n a"))


async def test_a_page_that_robots_may_not_read_is_blocked_without_being_fetched(bench: Bench) -> None:
    bench.server.on("/robots.txt", Reply(b"User-agent: *\nDisallow: /s\n"))
    bench.server.on("/s", Reply(PAGE))
    kind = PageKind()
    for _ in range(2):
        poll = await kind.poll(source(bench), STATE, bench.fetcher, NOW)
        assert (poll.outcome, poll.health, poll.failure) == (Outcome.FAILED, Health.BLOCKED, "robots")
        assert poll.error == f"robots: robots.txt of 127.0.0.1:{bench.server.port} forbids it"
    assert [request.path for request in bench.server.requests] == ["/robots.txt"], "asked once, the page never"


async def test_the_publishers_leave_counts_more(bench: Bench) -> None:
    bench.server.on("/robots.txt", Reply(b"User-agent: *\nDisallow: /\n"))
    bench.server.on("/s", Reply(PAGE))
    free = replace(source(bench), options=PageOptions(links=".n a", robots=False))
    poll = await PageKind().poll(free, STATE, bench.fetcher, NOW)
    assert [item.title for item in poll.items] == ["A dam holds"]
    assert [request.path for request in bench.server.requests] == ["/s"]


async def test_what_robots_may_read_is_read(bench: Bench) -> None:
    bench.server.on("/robots.txt", Reply(b"User-agent: *\nDisallow: /private\n"))
    bench.server.on("/s", Reply(PAGE))
    poll = await PageKind().poll(source(bench), STATE, bench.fetcher, NOW)
    assert poll.outcome is Outcome.CHANGED
