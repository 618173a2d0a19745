"""Items that only half match: their article is fetched as its host allows, read instead, and told once or never."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.e2e.telling import everywhere
from tests.support.clocks import LaterClock
from tests.support.news_server import Exchange, Reply
from tests.support.office import QUICKLY, Office
from tests.support.velmar import DAM, DAM_FAILS, DAM_FEARS, Report
from watcher.model.enrichment import Enrichment, EnrichmentStatus
from watcher.services.summary import Summary
from watcher.storage import documents, enrichments

HOUR = timedelta(hours=1)
STATED = (
    "Engineers had feared it for days. The Tarsk dam in northern Velmar collapsed on Monday after a week of rain, "
    "the ministry of works announced. Water reached the outskirts of the town within an hour, and the lower gates of "
    "the reservoir were opened too late to relieve the wall. Schools and the railway along the valley were closed. "
    "The engineers who wrote the study may be heard by parliament next week."
)
DENIED = (
    "Engineers fear for it, but the ministry of works denied that the Tarsk dam in Velmar collapsed, and said that the "
    "wall stands. Visitors may come as before, it added; the road along the reservoir is open, and trains run on time. "
    "Last year's rain was heavier, an official said, and nothing has moved since the gates were renewed in spring."
)


TOPIC = Report("Collapse in Velmar: what is known of the Tarsk dam", "Rescuers are at work in Velmar.")


def page(text: str, title: str = DAM_FEARS.title, status: int = 200) -> Reply:
    paragraphs = "".join(f"<p>{part}</p>" for part in text.split("\n"))
    markup = (
        f"<!doctype html><html lang='en'><head><title>{title}</title></head><body><nav><a href='/'>Home</a></nav>"
        f"<main><article><h1>{title}</h1>{paragraphs}</article></main></body></html>"
    )
    return Reply(body=markup.encode(), status=status, headers={"Content-Type": "text/html; charset=utf-8"})


def half(office: Office, article: Reply | Callable[[Exchange], Awaitable[None]], feed: str = "wire") -> str:
    """An item that fears what its article may state; the article's path."""
    number = len(office.feed(feed).entries) + 1
    path = f"/news/{feed}-{number}"
    office.news.on(path, article)
    office.feed(feed).add(*DAM_FEARS, link=office.news.url(path))
    return path


async def once(office: Office, **changes: Any) -> Summary:
    async with office.app(**({"enrich_per_hour": 50} | changes)) as app:
        return await app.once()


async def test_an_article_and_a_ladders_first_step_wait_for_no_clock(office: Office) -> None:
    page_duty = {"ladder": [{"after": "0m", "to": ["duty"]}]}
    office.rules.routes(office.channels(), [{"to": ["soc"], "escalate": "ladder"}], escalations=page_duty)
    half(office, page(STATED))
    stop = asyncio.Event()
    async with office.app(enrich_per_hour=50) as app:
        await app.collector.poll_all()
        at_work = asyncio.create_task(app._work(stop))  # without the timetable, whose jobs come by every second
        await office.bell.until(lambda: bool(office.pagerduty.events and office.hook.hooks))
        stop.set()
        await at_work


async def became(office: Office) -> list[Enrichment]:
    """What became of the articles, in the order of their documents."""
    async with office.database() as db, db.read() as conn:
        stored = [document for _, document in await documents.arrived(conn, 0, 100)]
        found = [await enrichments.get(conn, document.id, document.version) for document in stored]
    return [one for one in found if one]


async def test_what_the_item_half_says_and_the_article_states_is_told_once(office: Office) -> None:
    path = half(office, page(STATED))

    first, second = await once(office), await once(office)

    assert office.heard() == everywhere(("alert", "dam-failure"))
    assert (first.enriched, first.enriched_matched, first.alerts) == (1, 1, 1)
    assert (second.enriched, second.alerts, second.sent) == (0, 0, 0)
    assert len(office.news.seen(path)) == 1
    told = office.hook.hooks[0].body["data"]
    assert "collapsed on Monday" in told["sentence"]
    assert told["headline"] == DAM_FEARS.title
    assert any("article" in reason for reason in told["reasons"])
    (one,) = await became(office)
    assert one.status is EnrichmentStatus.DONE
    for evidence in told["evidence"]:
        field = one.text if evidence["field"] == "text" else DAM_FEARS.title
        assert field[evidence["start"] : evidence["end"]] == evidence["text"]


async def test_a_topic_without_a_pattern_is_looked_up_too(office: Office) -> None:
    office.rules.signal("dam-failure", DAM.replace("  fail: ", "  act: ").replace("dam fail within", "dam act within"))
    office.news.on("/news/topic", page(STATED, TOPIC.title))
    office.feed("wire").add(*TOPIC, link=office.news.url("/news/topic"))

    summary = await once(office)

    assert (summary.enriched, summary.enriched_matched, summary.alerts) == (1, 1, 1)
    assert office.heard() == everywhere(("alert", "dam-failure"))
    (one,) = await became(office)
    assert one.reason.endswith("no pattern held")


async def test_the_running_service_does_the_same(office: Office) -> None:
    half(office, page(STATED))
    async with office.running("run", WATCHER_ENRICH_PER_HOUR="50") as service:
        await service.logged("article.read")
        await service.logged("delivery.sent", times=len(QUICKLY))
        service.terminate()
        assert await service.ended() == 0
    assert [hook.body["data"]["signal"] for hook in office.hook.hooks] == ["dam-failure"]


async def test_what_the_article_denies_is_not_told(office: Office) -> None:
    half(office, page(DENIED))

    summary = await once(office)

    assert office.heard() == everywhere()
    assert (summary.enriched, summary.enriched_matched) == (1, 0)
    listed = await office.rows("near-misses")
    assert {row["scored_on"] for row in listed} == {"article"}


async def test_an_item_that_says_it_all_needs_no_article(office: Office) -> None:
    office.news.on("/news/all", page(STATED, DAM_FAILS.title))
    office.feed("wire").add(*DAM_FAILS, link=office.news.url("/news/all"))

    await once(office)

    assert office.heard() == everywhere(("alert", "dam-failure"))
    assert office.news.seen("/news/all") == []


@pytest.mark.parametrize(
    ("robots", "fetched"),
    [
        (Reply(body=b"User-agent: *\nDisallow: /news/\n"), 0),
        (Reply(body=b"User-agent: signalwatch\nDisallow: /\n\nUser-agent: *\nDisallow:\n"), 0),
        (Reply(status=403), 0),
        (Reply(body=b"User-agent: *\nDisallow: /private/\n"), 1),
        (Reply(status=404), 1),
    ],
    ids=["for-all", "for-us", "refused", "elsewhere", "none"],
)
async def test_articles_are_fetched_as_their_host_allows(office: Office, robots: Reply, fetched: int) -> None:
    office.news.on("/robots.txt", robots)
    path = half(office, page(STATED))

    await once(office)

    assert len(office.news.seen(path)) == fetched
    assert office.heard() == everywhere(*[("alert", "dam-failure")] * fetched)
    (one,) = await became(office)
    assert one.status is (EnrichmentStatus.DONE if fetched else EnrichmentStatus.SKIPPED)
    assert len(office.news.seen("/robots.txt")) == 1


async def _slow(exchange: Exchange) -> None:
    await exchange.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 90000\r\n\r\n<html>")
    await exchange.stall()


async def _huge(exchange: Exchange) -> None:
    await exchange.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99000000\r\n\r\n<html>")
    await exchange.write(b"<p>dam</p>" * 1_100_000)
    await exchange.stall()


async def test_pages_that_fail_harm_nothing_and_are_tried_twice_at_most(office: Office) -> None:
    slow, huge = half(office, _slow, "wire"), half(office, _huge, "herald")
    gone = half(office, page("nothing", status=404), "courier")
    consent = half(office, page("We value your privacy. Accept all cookies to go on. " * 8), "echo")
    other = half(office, page("The Rovers won the cup after extra time on a wet evening. " * 20), "globe")

    for later in (0, 1, 2):
        await once(office, clock=LaterClock(later * HOUR), fetch_timeout=2.0)

    assert office.heard() == everywhere()
    assert [len(office.news.seen(path)) for path in (huge, gone, consent, other)] == [1, 1, 1, 1]
    assert len(office.news.seen(slow)) == 2
    ends = {one.url.rpartition("/")[2]: (one.status, one.error) for one in await became(office)}
    assert {name: str(status) for name, (status, _) in ends.items()} == {
        "wire-1": "failed", "herald-1": "failed", "courier-1": "failed", "echo-1": "skipped", "globe-1": "skipped"
    }  # fmt: skip
    assert ends["wire-1"][1].startswith("timeout")
    assert ends["herald-1"][1].startswith("too-large")
    assert "404" in ends["courier-1"][1]
    assert "about something else" in ends["globe-1"][1]


async def test_a_kill_while_an_article_is_fetched_loses_nothing(office: Office) -> None:
    path = half(office, _slow)
    async with office.running("run", WATCHER_ENRICH_PER_HOUR="50") as service:
        await office.bell.until(lambda: bool(office.news.seen(path)))
        service.kill()
        assert await service.ended() == -9
    office.news.on(path, page(STATED))

    await once(office, clock=LaterClock(HOUR))

    assert office.heard() == everywhere(("alert", "dam-failure"))
    (one,) = await became(office)
    assert (one.status, one.attempts) == (EnrichmentStatus.DONE, 2)


async def test_a_crash_between_article_and_pipeline_loses_nothing(office: Office) -> None:
    path = half(office, page(STATED))
    async with office.app(enrich_per_hour=50) as app:
        await app.collector.poll_all()
        await app.pipeline.run_pending()
        await app.enricher.run_due()

    summary = await once(office)

    assert (summary.enriched, summary.alerts) == (0, 1)
    assert office.heard() == everywhere(("alert", "dam-failure"))
    assert len(office.news.seen(path)) == 1


async def test_the_budget_of_an_hour_holds_across_restarts(office: Office) -> None:
    paths = [half(office, page(DENIED), feed) for feed in ("wire", "herald", "courier")]
    for later, fetched in ((0, 1), (0.5, 1), (1.1, 2), (2.2, 3)):
        await once(office, enrich_per_hour=1, clock=LaterClock(later * HOUR))
        assert sum(len(office.news.seen(path)) for path in paths) == fetched


async def test_nothing_is_wanted_when_it_is_off(office: Office) -> None:
    path = half(office, page(STATED))
    await once(office, enrich_per_hour=0)
    assert await became(office) == []
    assert office.news.seen(path) == []


async def test_an_item_edited_meanwhile_is_read_as_it_is_now(office: Office) -> None:
    half(office, page(STATED))
    entry = office.feed("wire").entries[0]
    async with office.app(enrich_per_hour=50) as app:
        await app.collector.poll_all()
        await app.pipeline.run_pending()
        entry.text += " The town is calm."
        await app.collector.poll_all()
        await app.enricher.run_due()
        assert app.enricher.tally["articles_skipped"] == 1
        summary = await app.once()
    assert (summary.enriched, summary.alerts) == (1, 1)
    assert office.heard() == everywhere(("alert", "dam-failure"))


async def test_a_link_to_a_private_address_of_another_host_is_not_followed(office: Office) -> None:
    """The loopback is allowed for the sources, and the item links to another port of it."""
    link = f"{office.hook.url}/secret"
    office.feed("wire").add(*DAM_FEARS, link=link)
    before = office.hook.asked
    await once(office)
    assert office.hook.asked == before
    (one,) = await became(office)
    assert one.status is EnrichmentStatus.FAILED
    assert one.error.startswith("blocked-address")
