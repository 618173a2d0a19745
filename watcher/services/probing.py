"""Probing: what would be read from an address, before it is added to sources.yaml."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from watcher.model.document import Health, Item, Poll, Source, SourceState
from watcher.sources.discover import named_feeds, raw_title, usual_feeds
from watcher.sources.encoding import decode
from watcher.sources.entries import Reading
from watcher.sources.feed import ACCEPT, parse_feed
from watcher.sources.fetch import Fetcher, FetchResponse
from watcher.sources.health import patience, spell
from watcher.sources.reading import read
from watcher.sources.registry import KINDS
from watcher.sources.rhythm import after_poll
from watcher.sources.text import title_text


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found at `url`. `found_by` says how: given, named by the page, or a usual place."""

    url: str
    kind: str
    found_by: str
    health: Health
    reason: str
    title: str = ""
    items: tuple[Item, ...] = ()
    dropped: int = 0
    rhythm: str = ""
    languages: tuple[str, ...] = ()

    @property
    def readable(self) -> bool:
        """Whether it could be added as it is."""
        return self.health in (Health.HEALTHY, Health.STALE, Health.SLOW, Health.EMPTY)


async def probe(url: str, fetcher: Fetcher, now: datetime) -> list[Probe]:
    """What would be read: of the address itself if it is a feed, else of the feeds that its page leads to.

    Without anything readable the only entry is the address itself, with the reason.
    """
    given, answer = await _feed(url, "given", fetcher, now)
    if given.readable or answer is None:
        return [given]
    start = answer.body[:4_096].lower()
    if "sitemap" in KINDS and (b"<urlset" in start or b"<sitemapindex" in start):
        return [await _sitemap(url, fetcher, now)]
    if b"<html" not in start and b"<!doctype html" not in start and b"<head" not in start:
        return [given]
    page = decode(answer.body, answer.content_type).text
    found = [(await _feed(each, "named by the page", fetcher, now))[0] for each in named_feeds(page, answer.url)]
    if not any(each.readable for each in found):
        for address in usual_feeds(answer.url):
            usual, _ = await _feed(address, "a usual place", fetcher, now)
            if usual.readable:
                found.append(usual)
                break
    return [each for each in found if each.readable] or found or [replace(given, kind="page")]


async def _feed(url: str, found_by: str, fetcher: Fetcher, now: datetime) -> tuple[Probe, FetchResponse | None]:
    """The answer comes along, so that a page can be searched for feeds."""
    answers: list[FetchResponse] = []

    async def parse(response: FetchResponse) -> Reading:
        answers.append(response)
        return await parse_feed(response.body, response.content_type, response.url, now, fetcher.sandbox)

    source = Source("probe", "feed", url, "")
    accept = f"{ACCEPT}, text/html;q=0.5"
    poll = await read(source, SourceState("probe", now), fetcher, accept, parse)
    answer = answers[0] if answers else None
    title = title_text(raw_title(decode(answer.body, answer.content_type).text)) if answer else ""
    return _described(source, poll, found_by, now, title), answer


async def _sitemap(url: str, fetcher: Fetcher, now: datetime) -> Probe:
    kind = KINDS["sitemap"]
    source = Source("probe", "sitemap", url, "", options=kind.options())
    poll = await kind.poll(source, SourceState("probe", now), fetcher, now)
    return _described(source, poll, "given", now, "")


def _described(source: Source, poll: Poll, found_by: str, now: datetime, title: str) -> Probe:
    state = after_poll(source, SourceState("probe", now), poll, now, 0.5, len(poll.items), known=0)
    health, reason = state.health, state.reason
    newest = max((item.published_at for item in poll.items if item.published_at), default=None)
    if health is Health.HEALTHY and newest and now - newest > patience(state):
        health, reason = Health.STALE, f"nothing new for {spell((now - newest).total_seconds())}"
    languages = Counter(item.language for item in poll.items if item.language)
    return Probe(
        url=poll.moved_to or source.url,
        kind=source.kind,
        found_by=found_by,
        health=health,
        reason=reason,
        title=title,
        items=poll.items,
        dropped=poll.dropped,
        rhythm=f"every {spell(state.rhythm_s)}" if state.rhythm_s else "",
        languages=tuple(language for language, _ in languages.most_common(3)),
    )
