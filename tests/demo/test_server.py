"""The wire over real HTTP: every form parses, items appear by the clock, and validators are honoured."""

from calendar import timegm
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import feedparser
import httpx
import pytest
from lxml import html

from watcher.demo.load import load_wire
from watcher.demo.server import serve
from watcher.demo.wire import Edit, Form, Outlet, Variety, Wire, WireItem

STARTED = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
WIRE = load_wire()
FEEDS = [outlet.id for outlet in WIRE.outlets if outlet.form in {Form.RSS, Form.ATOM, Form.RDF}]
END = 30.0


@dataclass
class HandClock:
    """Seconds since the start, set by the test."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Desk:
    """A running wire, its clock, and a client that speaks to it."""

    client: httpx.AsyncClient
    clock: HandClock = field(default_factory=HandClock)

    async def get(self, path: str, at: float, **headers: str) -> httpx.Response:
        self.clock.seconds = at
        return await self.client.get(path, headers={key.replace("_", "-"): value for key, value in headers.items()})


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    clock = HandClock()
    async with serve(WIRE, STARTED, clock) as base, httpx.AsyncClient(base_url=base) as client:
        yield Desk(client, clock)


def shown(outlet_id: str, at: float) -> list[str]:
    return [entry.title for entry in WIRE.entries(outlet_id, STARTED, at)]


@pytest.mark.parametrize("outlet_id", FEEDS)
async def test_feeds_parse_with_the_right_items_at_each_moment(desk: Desk, outlet_id: str) -> None:
    for at in (4.0, 9.5, END):
        answer = await desk.get(f"/{outlet_id}", at)
        parsed = feedparser.parse(answer.content)
        assert not parsed.bozo
        assert [entry.title for entry in parsed.entries] == shown(outlet_id, at)
    assert len(shown(outlet_id, END)) > len(shown(outlet_id, 4.0)) > 0


@pytest.mark.parametrize("outlet_id", FEEDS)
async def test_feeds_carry_text_dates_and_links_that_lead_to_an_article(desk: Desk, outlet_id: str) -> None:
    parsed = feedparser.parse((await desk.get(f"/{outlet_id}", END)).content)
    for entry, told in zip(parsed.entries, WIRE.entries(outlet_id, STARTED, END), strict=True):
        assert told.item.summary in html.fromstring(f"<div>{entry.summary}</div>").text_content()
        stamp = entry.get("published_parsed") or entry["updated_parsed"]
        assert timegm(stamp) == told.published_at.timestamp()
        article = await desk.client.get(entry.link)
        assert article.status_code == 200
        assert told.item.summary in html.fromstring(article.text).text_content()


async def test_the_first_poll_finds_news_on_every_source_that_is_up(desk: Desk) -> None:
    for outlet in WIRE.outlets:
        answer = await desk.get(f"/{outlet.id}", 0.0)
        assert answer.status_code == (503 if outlet.down_until else 200), outlet.id
        if answer.status_code == 200:
            assert shown(outlet.id, 0.0), outlet.id


async def test_one_source_is_down_at_first_and_then_comes_back(desk: Desk) -> None:
    (flaky,) = (outlet for outlet in WIRE.outlets if outlet.down_until)
    assert (await desk.get(f"/{flaky.id}", flaky.down_until - 0.1)).status_code == 503
    assert (await desk.get(f"/{flaky.id}", flaky.down_until)).status_code == 200


async def test_json_feed(desk: Desk) -> None:
    feed = (await desk.get("/damavand", END)).json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["title"] for item in feed["items"]] == shown("damavand", END)
    assert {item["language"] for item in feed["items"]} == {"fa"}
    assert (await desk.client.get(feed["items"][0]["url"])).status_code == 200


async def test_api(desk: Desk) -> None:
    articles = (await desk.get("/havelbote", END)).json()["data"]["articles"]
    assert [article["headline"] for article in articles] == shown("havelbote", END)
    assert all(article["published"].endswith("Z") for article in articles)
    assert (await desk.client.get(articles[0]["link"])).status_code == 200


async def test_index_page(desk: Desk) -> None:
    page = html.fromstring((await desk.get("/quaiouest", END)).text)
    links = page.cssselect("article.teaser h2 a")
    assert [link.text_content() for link in links] == shown("quaiouest", END)
    for link in links:
        assert (await desk.client.get(str(link.get("href")))).status_code == 200


@pytest.mark.parametrize("outlet_id", [outlet.id for outlet in WIRE.outlets])
async def test_an_unchanged_answer_is_not_sent_again(desk: Desk, outlet_id: str) -> None:
    first = await desk.get(f"/{outlet_id}", 5.0)
    tag = first.headers["ETag"]
    same = await desk.get(f"/{outlet_id}", 5.0, If_None_Match=f'"other", W/{tag}')
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", tag)
    later = await desk.get(f"/{outlet_id}", END, If_None_Match=tag)
    assert later.status_code == 200
    assert later.headers["ETag"] != tag


async def test_a_corrected_title_keeps_guid_and_link(desk: Desk) -> None:
    item = next(item for item in WIRE.items if item.edit and item.alerts)
    assert item.edit is not None
    titles = []
    for at in (item.edit.at - 1, item.edit.at):
        parsed = feedparser.parse((await desk.get(f"/{item.outlet}", at)).content)
        (entry,) = (entry for entry in parsed.entries if entry.id.endswith(f":{item.id}"))
        titles.append((entry.title, entry.link, entry.published))
    (before, *address), (after, *same_address) = titles
    assert (before, after) == (item.title, item.edit.title)
    assert address == same_address


async def test_an_article_is_not_there_before_its_time(desk: Desk) -> None:
    item = next(item for item in WIRE.items if item.at > 1)
    assert (await desk.get(f"/articles/{item.id}", item.at - 0.5)).status_code == 404
    assert (await desk.get(f"/articles/{item.id}", item.at)).status_code == 200
    assert (await desk.get("/nobody", 1.0)).status_code == 404


async def test_old_news_carries_its_old_date(desk: Desk) -> None:
    item = next(item for item in WIRE.items if item.label == "too-old" and item.outlet == "tigrispost")
    parsed = feedparser.parse((await desk.get("/tigrispost", 0.0)).content)
    (entry,) = (entry for entry in parsed.entries if entry.id.endswith(f":{item.id}"))
    assert STARTED - parsedate_to_datetime(entry.published) == item.age > timedelta(hours=48)


@pytest.mark.parametrize("form", list(Form))
async def test_markup_in_a_title_is_escaped_in_every_form(form: Form) -> None:
    outlet = Outlet("post", "A & B", "post.example.org", "en", form, 0.5)
    nasty = "<script>alert(1)</script> & ]]> \"quoted\" 'too'"
    item = WireItem("a", "post", "en", "Plain", nasty, 0.0, "none", Variety.UNRELATED, edit=Edit(1.0, nasty))
    async with serve(Wire((outlet,), (item,)), STARTED, lambda: 2.0) as base, httpx.AsyncClient() as client:
        answer = await client.get(f"{base}/post")
        article = await client.get(f"{base}/articles/a")
    assert _title_in(form, answer) == nasty
    page = html.fromstring(article.text)
    assert not page.cssselect("script")
    assert page.cssselect("h1")[0].text_content() == nasty


def _title_in(form: Form, answer: httpx.Response) -> str:
    if form is Form.JSON_FEED:
        return str(answer.json()["items"][0]["title"])
    if form is Form.API:
        return str(answer.json()["data"]["articles"][0]["headline"])
    if form is Form.PAGE:
        page = html.fromstring(answer.text)
        assert not page.cssselect("script")
        return str(page.cssselect("article.teaser h2 a")[0].text_content())
    parsed = feedparser.parse(answer.content, sanitize_html=False)
    assert not parsed.bozo
    return str(parsed.entries[0].title)
