"""Kind `feed`: RSS, RDF, Atom and JSON Feed."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from watcher.model.document import Poll, Source, SourceState
from watcher.sources.encoding import decode
from watcher.sources.entries import RawFeed, Reading, UnreadableError, to_reading
from watcher.sources.feed_json import read_json_feed
from watcher.sources.feed_xml import NotWellFormedError, read_xml
from watcher.sources.fetch import Fetcher, FetchResponse
from watcher.sources.kind import Options
from watcher.sources.reading import read
from watcher.sources.repair import repaired
from watcher.sources.sandbox import Json, Sandbox

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
)
_HTML = re.compile(
    r"(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_LOOSE = TypeAdapter(RawFeed)


class FeedOptions(Options):
    """A feed has no keys of its own."""


class FeedKind:
    """Well-formed feeds are read strictly, after a small repair if need be; the others leniently, in the sandbox."""

    options = FeedOptions

    async def poll(self, source: Source, state: SourceState, fetcher: Fetcher, now: datetime) -> Poll:
        """Fetch and read the feed once."""

        async def parse(response: FetchResponse) -> Reading:
            return await parse_feed(response.body, response.content_type, response.url, now, fetcher.sandbox)

        return await read(source, state, fetcher, ACCEPT, parse)


async def parse_feed(body: bytes, content_type: str, url: str, now: datetime, sandbox: Sandbox) -> Reading:
    """Bytes to items. Raises UnreadableError for what is not a feed, SandboxError for what cannot be read in time."""
    decoded = decode(body, content_type)
    try:
        # In a thread: a large feed takes a good part of a second, and other sources are waiting.
        reading = await asyncio.to_thread(_strictly, decoded.text, url, now)
    except NotWellFormedError:
        answer = await sandbox.run("feed", repaired(decoded.text).encode("utf-8", "replace"), {"url": url})
        reading = await asyncio.to_thread(to_reading, _loose(answer), now)
    if decoded.replaced:
        note = f"{decoded.replaced} bytes were not {decoded.encoding}"
        reading = Reading(reading.items, reading.dropped, reading.complete, (*reading.notes, note))
    return reading


def _strictly(text: str, url: str, now: datetime) -> Reading:
    start = text[:4096].lstrip("\ufeff \t\r\n\x00")
    if start.startswith(("{", "[")):
        return to_reading(read_json_feed(text, url), now)
    if _HTML.match(start):
        raise UnreadableError("not a feed: an HTML page")
    if "<" not in start:
        raise UnreadableError("not a feed: plain text")
    try:
        feed = read_xml(text, url)
    except NotWellFormedError:
        feed = read_xml(repaired(text), url)
    return to_reading(feed, now)


def _loose(answer: Json) -> RawFeed:
    if isinstance(answer, dict) and answer.get("not_a_feed"):
        raise UnreadableError("not a feed")
    try:
        return _LOOSE.validate_python(answer)
    except ValidationError:
        raise UnreadableError("the feed cannot be read") from None
