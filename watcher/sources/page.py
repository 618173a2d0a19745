"""Kind `page`: a web page without a feed, watched for new links or for changes of its text."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated
from weakref import WeakKeyDictionary

from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from pydantic import AfterValidator, model_validator

from watcher.model.document import Health, Item, Outcome, Poll, Source, SourceState
from watcher.sources.address import polled_url
from watcher.sources.entries import MAX_ITEMS, Reading, UnreadableError
from watcher.sources.failure import FetchError
from watcher.sources.fetch import Fetcher, FetchResponse
from watcher.sources.hosts import host_of
from watcher.sources.identity import content_hash
from watcher.sources.kind import Options
from watcher.sources.language import language_code
from watcher.sources.links import canonical_url
from watcher.sources.reading import read
from watcher.sources.robots import Robots
from watcher.sources.sandbox import Json, Sandbox
from watcher.sources.text import capped

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
_MARKUP = re.compile(rb"<(?:!doctype|html|head|body|div|p|a|title|meta|main|article|section|table|ul|h[1-6])\b", re.I)


def _selector(value: str) -> str:
    try:
        CSSSelector(value, translator="html")
    except SelectorError as error:
        raise ValueError(f"not a CSS selector: {error}") from None
    return value


Selector = Annotated[str, AfterValidator(_selector)]


class PageOptions(Options):
    """`links`: CSS selector of the links of an index page, each new one a document. `select`: the part that is watched.

    Without `links` the page itself is watched, and a change of its text is a new document. `robots: false` is for pages
    whose publisher has given leave.
    """

    links: Selector | None = None
    select: Selector | None = None
    robots: bool = True

    @model_validator(mode="after")
    def _either(self) -> PageOptions:
        if self.links and self.select:
            raise ValueError("give either links (an index page) or select (a page watched for changes), not both")
        return self


class PageKind:
    """Parsing happens in the sandbox. A page is made for people: robots.txt is asked whether a program may read it."""

    options = PageOptions

    def __init__(self) -> None:
        self._robots: WeakKeyDictionary[Fetcher, Robots] = WeakKeyDictionary()

    async def poll(self, source: Source, state: SourceState, fetcher: Fetcher, now: datetime) -> Poll:
        """Fetch and read the page once."""
        options = source.options if isinstance(source.options, PageOptions) else PageOptions()

        async def parse(response: FetchResponse) -> Reading:
            return await parse_page(response, options, fetcher.sandbox)

        url = polled_url(source, state)
        if options.robots and not await self._allowed(url, fetcher):
            forbidden = f"robots: robots.txt of {host_of(url)} forbids it"
            return Poll(Outcome.FAILED, error=forbidden, health=Health.BLOCKED, failure="robots")
        return await read(source, state, fetcher, ACCEPT, parse)

    async def _allowed(self, url: str, fetcher: Fetcher) -> bool:
        robots = self._robots.setdefault(fetcher, Robots(fetcher.outside.clock))
        try:
            return await robots.allow(url, fetcher)
        except FetchError:
            return True  # an address that cannot be fetched at all: reading it says why


async def parse_page(response: FetchResponse, options: PageOptions, sandbox: Sandbox) -> Reading:
    """Bytes to items. Raises UnreadableError for what is not an HTML page, SandboxError."""
    if not _MARKUP.search(response.body[:20_000]):
        raise UnreadableError("not an HTML page")
    told = {"url": response.url, "content_type": response.content_type}
    if options.links:
        answer = await sandbox.run("links", response.body, {**told, "links": options.links})
        return _index(answer)
    answer = await sandbox.run("article", response.body, {**told, "select": options.select})
    return _article(answer, response.url)


def _index(answer: Json) -> Reading:
    found = _object(answer)
    language = language_code(str(found.get("language", "")))
    titles: dict[str, tuple[str, str]] = {}
    links = found.get("links")
    for link in links if isinstance(links, list) else []:
        each = _object(link)
        url, title = str(each.get("url", "")), str(each.get("title", ""))
        key = canonical_url(url)
        # The same story is often linked from its picture and from its headline: the longer words are it.
        if len(title) > len(titles.get(key, ("", ""))[1]):
            titles[key] = (titles[key][0] if key in titles else url, title)
    items = tuple(Item(key, url, title, "", language=language) for key, (url, title) in titles.items())
    if not items:
        raise UnreadableError("the selector of `links` matches no link on the page")
    return Reading(items[:MAX_ITEMS], max(0, len(items) - MAX_ITEMS))


def _article(answer: Json, url: str) -> Reading:
    found = _object(answer)
    if not found.get("found"):
        raise UnreadableError("the selector of `select` matches nothing on the page")
    title = str(found.get("title", ""))
    text, truncated = capped(str(found.get("text", "")))
    if not text:
        return Reading(())
    guid = f"{canonical_url(url)}#{content_hash(title, text)[:32]}"
    language = language_code(str(found.get("language", "")))
    return Reading((Item(guid, url, title, text, language=language, truncated=truncated, guid_only=True),))


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
