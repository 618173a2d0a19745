"""Kind `sitemap`: the newest pages that a site lists for search engines, with titles and dates where it is for news.

The pages themselves are not fetched here. A sitemap without titles lends its items the words of their addresses, and
enrichment fetches what half matches, as the site's robots.txt allows.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter, ValidationError

from watcher.model.document import Health, Item, Outcome, Poll, Source, SourceState
from watcher.net.body import decoder_for
from watcher.net.deadline import Deadline
from watcher.net.errors import BodyBrokenError
from watcher.sources.dates import parse_date
from watcher.sources.encoding import decode
from watcher.sources.entries import MAX_ITEMS, Reading, UnreadableError
from watcher.sources.failure import FetchError
from watcher.sources.fetch import Fetcher, FetchRequest, FetchResponse
from watcher.sources.kind import Options
from watcher.sources.language import language_code
from watcher.sources.links import absolute_url, canonical_url
from watcher.sources.reading import mark_of, read
from watcher.sources.sitemap_xml import Entry, Sitemap, read_sitemap, words_of
from watcher.sources.text import title_text

ACCEPT = "application/xml, text/xml;q=0.9, */*;q=0.1"
MAX_CHILDREN = 20
"""Sitemaps of an index that are looked at: those changed last. What is older is the archive."""

MAX_DEPTH = 2
"""Indexes within an index."""

_GZIP = b"\x1f\x8b"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def _glob(value: str) -> str:
    if not value.startswith(("/", "*")):
        raise ValueError("write a path such as /world/* (a star stands for anything)")
    return value


Glob = Annotated[str, StringConstraints(max_length=200), AfterValidator(_glob)]


class SitemapOptions(Options):
    """`include` and `exclude`: paths, `*` for anything. `newest`: how many pages of one poll are taken."""

    include: tuple[Glob, ...] = Field(default=(), max_length=50)
    exclude: tuple[Glob, ...] = Field(default=(), max_length=50)
    newest: int = Field(default=200, ge=1, le=MAX_ITEMS)

    def wants(self, url: str) -> bool:
        """Whether the path of `url` is among those to read."""
        try:
            path = unquote(urlsplit(url).path) or "/"
        except ValueError:
            return False
        if any(fnmatchcase(path, glob) for glob in self.exclude):
            return False
        return not self.include or any(fnmatchcase(path, glob) for glob in self.include)


@dataclass(frozen=True, slots=True)
class _Child:
    """What is remembered of a sitemap in an index."""

    lastmod: str = ""
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str = ""


@dataclass(frozen=True, slots=True)
class _Cursor:
    mark: str
    children: Mapping[str, _Child]


_CURSOR = TypeAdapter(_Cursor)


class SitemapKind:
    """The sitemap is asked conditionally, and so are those of an index whose date has changed or is missing."""

    options = SitemapOptions

    async def poll(self, source: Source, state: SourceState, fetcher: Fetcher, now: datetime) -> Poll:
        """Fetch and read the sitemap once, and what has changed below it."""
        options = source.options if isinstance(source.options, SitemapOptions) else SitemapOptions()
        walk = _Walk(options, fetcher, now, _remembered(source, state))

        async def parse(response: FetchResponse) -> Reading:
            await walk.take(response, 0)
            return walk.reading()

        poll = await read(source, state, fetcher, ACCEPT, parse)
        if poll.outcome is Outcome.UNCHANGED:
            poll = await _undated(walk, poll)
        elif poll.outcome is Outcome.CHANGED and not poll.items and walk.skipped:
            poll = replace(poll, outcome=Outcome.UNCHANGED, health=Health.HEALTHY, notes=tuple(walk.notes))
        if poll.outcome is Outcome.FAILED:
            return poll
        cursor = _Cursor(mark_of(source), walk.after)
        return replace(poll, cursor=json.dumps(asdict(cursor), separators=(",", ":")) if walk.after else None)


async def _undated(walk: _Walk, poll: Poll) -> Poll:
    """The index is as it was; of the sitemaps that it gives no date for, that says nothing."""
    walk.after = dict(walk.before)
    undated = [Entry(url) for url, child in walk.before.items() if not child.lastmod]
    try:
        for entry in undated:
            await walk.visit(entry, 1)
        reading = walk.reading()
    except UnreadableError as error:
        return Poll(Outcome.FAILED, error=str(error), health=Health.FAILING)
    if not reading.items:
        return replace(poll, notes=(*poll.notes, *reading.notes), health=Health.HEALTHY if undated else poll.health)
    return replace(
        poll, outcome=Outcome.CHANGED, items=reading.items, dropped=reading.dropped, notes=reading.notes,
        health=Health.HEALTHY,
    )  # fmt: skip


class _Walk:
    """One poll's way through an index. A sitemap that fails leaves the others alone and is asked again next time."""

    def __init__(self, options: SitemapOptions, fetcher: Fetcher, now: datetime, before: Mapping[str, _Child]) -> None:
        self._options, self._fetcher, self._now = options, fetcher, now
        self._deadline = Deadline(fetcher.policy.total_timeout, fetcher.outside.clock)
        self.before = before
        self.after: dict[str, _Child] = {}
        self.notes: list[str] = []
        self.skipped = 0
        self._asked = 0
        self._read = 0
        self._failures: list[str] = []
        self._complete = True
        self._pages: dict[str, tuple[datetime, Item]] = {}
        self._beyond = 0

    def reading(self) -> Reading:
        """What was found, newest first. Raises UnreadableError if there were sitemaps below and none could be read."""
        if self._failures:
            if not (self._read or self.skipped):
                raise UnreadableError(f"none of the sitemaps in the index can be read: {self._failures[0]}")
            self.notes.append(f"{len(self._failures)} sitemaps of the index failed: {self._failures[0]}")
        newest = sorted(self._pages.values(), key=lambda page: page[0], reverse=True)  # stable: undated as they come
        kept = tuple(item for _, item in newest[: self._options.newest])
        dropped = len(newest) - len(kept) + self._beyond
        return Reading(kept, dropped, self._complete and not self._failures, tuple(self.notes))

    async def take(self, response: FetchResponse, depth: int) -> None:
        """Read one sitemap, and those that it lists. Raises UnreadableError."""
        limit = self._fetcher.policy.max_bytes
        sitemap = await asyncio.to_thread(_parsed, response, self._options, limit)
        self._complete = self._complete and sitemap.complete
        self._beyond += sitemap.beyond
        if not sitemap.complete:
            self.notes.append(f"a sitemap ends early: {len(sitemap.pages)} pages salvaged")
        for entry in sitemap.pages:
            self._add(entry, response.url)
        if sitemap.children and depth >= MAX_DEPTH:
            self.notes.append(f"indexes nested deeper than {MAX_DEPTH} are not followed")
            return
        for child in self._newest(sitemap.children, response.url):
            await self.visit(child, depth + 1)

    async def visit(self, child: Entry, depth: int) -> None:
        """Fetch and read one sitemap of an index, unless its date says that it is the same."""
        known = self.before.get(child.loc, _Child())
        if child.lastmod and known.lastmod == child.lastmod:
            self._keep(child.loc, known)
            self.skipped += 1
            return
        if self._asked >= MAX_CHILDREN or self._deadline.remaining() <= 0:
            self._keep(child.loc, known)
            self._failures.append("not enough time for all of them")
            return
        self._asked += 1
        try:
            request = FetchRequest(child.loc, etag=known.etag, last_modified=known.last_modified, accept=ACCEPT)
            response = await self._fetcher.get(request)
            digest = sha256(response.body).hexdigest()
            if response.not_modified or digest == known.body_hash:
                self._keep(child.loc, replace(known, lastmod=child.lastmod))
                self.skipped += 1
                return
            await self.take(response, depth)
        except (FetchError, UnreadableError) as error:
            self._keep(child.loc, known)
            self._failures.append(str(error))
            return
        self._read += 1
        self._keep(child.loc, _Child(child.lastmod, response.etag, response.last_modified, digest))

    def _keep(self, url: str, child: _Child) -> None:
        self.after[url] = child

    def _newest(self, children: tuple[Entry, ...], base: str) -> list[Entry]:
        links = {url: replace(child, loc=url) for child in children if (url := absolute_url(child.loc, base))}
        dated = sorted(links.values(), key=lambda child: self._moment(child.lastmod), reverse=True)
        if len(dated) > MAX_CHILDREN:
            self.notes.append(f"{len(dated) - MAX_CHILDREN} older sitemaps of the index left out")
        return dated[:MAX_CHILDREN]

    def _add(self, entry: Entry, base: str) -> None:
        url = absolute_url(entry.loc, base)
        if not url:
            return
        published, changed = parse_date(entry.published, self._now), parse_date(entry.lastmod, self._now)
        guid = canonical_url(url)
        item = Item(
            guid, url, title_text(entry.title) or title_text(words_of(url)), "", published or changed, changed,
            language_code(entry.language),
        )  # fmt: skip
        self._pages.setdefault(guid, (published or changed or _LONG_AGO, item))

    def _moment(self, lastmod: str) -> datetime:
        return parse_date(lastmod, self._now) or _LONG_AGO


def _parsed(response: FetchResponse, options: SitemapOptions, limit: int) -> Sitemap:
    body = _unpacked(response.body, limit) if response.body.startswith(_GZIP) else response.body
    return read_sitemap(decode(body, response.content_type).text, options.wants)


def _unpacked(body: bytes, limit: int) -> bytes:
    """A file `sitemap.xml.gz`, bounded while it is unpacked."""
    decoder = decoder_for("gzip")
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in decoder.feed(body):
            size += len(piece)
            if size > limit:
                raise UnreadableError(f"the sitemap is larger than {limit:,} bytes when unpacked")
            pieces.append(piece)
        decoder.finish()
    except BodyBrokenError:
        raise UnreadableError("the compressed sitemap is damaged") from None
    return b"".join(pieces)


def _remembered(source: Source, state: SourceState) -> Mapping[str, _Child]:
    try:
        cursor = _CURSOR.validate_json(state.cursor or "")
    except ValidationError:
        return {}
    return cursor.children if cursor.mark == mark_of(source) else {}
