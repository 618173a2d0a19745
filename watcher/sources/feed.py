"""Kind `feed`: RSS, RDF, Atom and JSON Feed."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from watcher.model.document import Poll, Source, SourceState
from watcher.sources.encoding import Decoded, decode
from watcher.sources.entries import RawFeed, Reading, UnreadableError, to_reading
from watcher.sources.feed_json import read_json_feed
from watcher.sources.feed_xml import NotWellFormedError, cleaned, read_xml
from watcher.sources.fetch import Fetcher, FetchResponse
from watcher.sources.kind import Options
from watcher.sources.reading import read
from watcher.sources.repair import repaired
from watcher.sources.sandbox import Json, Sandbox
from watcher.sources.websub import find_hub

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
)
_HTML = re.compile(
    r"(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_AT_ONCE = 300_000
"""Bytes that are read without a thread: it would cost more than it spares."""

_LOOSE = TypeAdapter(RawFeed)


class FeedOptions(Options):
    """`websub: false` leaves a feed to polling although it names a hub that would send it."""

    websub: bool = True


class FeedKind:
    """Well-formed feeds are read strictly, after a small repair if need be; the others leniently, in the sandbox."""

    options = FeedOptions

    async def poll(self, source: Source, state: SourceState, fetcher: Fetcher, now: datetime) -> Poll:
        """Fetch and read the feed once."""
        hub: tuple[str, str] | None = None

        async def parse(response: FetchResponse) -> Reading:
            nonlocal hub
            if not isinstance(source.options, FeedOptions) or source.options.websub:
                hub = find_hub(response.body, response.link, response.url)
            return await parse_feed(response.body, response.content_type, response.url, now, fetcher.sandbox)

        return replace(await read(source, state, fetcher, ACCEPT, parse), hub=hub)


async def parse_feed(body: bytes, content_type: str, url: str, now: datetime, sandbox: Sandbox) -> Reading:
    """Bytes to items. Raises UnreadableError for what is not a feed, SandboxError for what cannot be read in time."""
    try:
        if len(body) <= _AT_ONCE:
            return read_strictly(body, content_type, url, now)
        # In a thread: a large feed takes a good part of a second, and other sources are waiting.
        return await asyncio.to_thread(read_strictly, body, content_type, url, now)
    except NotWellFormedError:
        decoded = decode(body, content_type)
    told = {"url": url, "now": now.isoformat()}
    answer = await sandbox.run("feed", repaired(decoded.text).encode("utf-8", "replace"), told)
    return _noted(await asyncio.to_thread(to_reading, _loose(answer), now), decoded)


def read_strictly(body: bytes, content_type: str, url: str, now: datetime) -> Reading:
    """Bytes to items, without a sandbox. Raises NotWellFormedError for what needs one, UnreadableError for no feed."""
    decoded = decode(body, content_type)
    start = decoded.text[:4096].lstrip("\ufeff \t\r\n\x00")
    if start.startswith(("{", "[")):
        return _noted(to_reading(read_json_feed(decoded.text, url, now), now), decoded)
    if _HTML.match(start):
        raise UnreadableError("not a feed: an HTML page")
    if "<" not in start:
        raise UnreadableError("not a feed: plain text")
    return _noted(to_reading(_xml(body, decoded, url, now), now), decoded)


def _xml(body: bytes, decoded: Decoded, url: str, now: datetime) -> RawFeed:
    """As it came, or else without what no XML may contain, or else with the usual mistakes mended."""
    if decoded.encoding == "utf-8" and not decoded.replaced:
        with suppress(NotWellFormedError):
            return read_xml(body, url, now)
    clean = cleaned(decoded.text)
    with suppress(NotWellFormedError):
        return read_xml(clean, url, now)
    return read_xml(repaired(clean), url, now)


def _noted(reading: Reading, decoded: Decoded) -> Reading:
    if not decoded.replaced:
        return reading
    note = f"{decoded.replaced} bytes were not {decoded.encoding}"
    return replace(reading, notes=(*reading.notes, note))


def _loose(answer: Json) -> RawFeed:
    if isinstance(answer, dict) and answer.get("not_a_feed"):
        raise UnreadableError("not a feed")
    try:
        return _LOOSE.validate_python(answer)
    except ValidationError:
        raise UnreadableError("the feed cannot be read") from None
