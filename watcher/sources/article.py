"""The article that an item links to: asked for as its host allows, fetched and extracted like a page."""

from __future__ import annotations

from datetime import timedelta

from watcher.model.enrichment import Article
from watcher.sources.address import target_of
from watcher.sources.entries import UnreadableError
from watcher.sources.failure import FetchError, Reason
from watcher.sources.fetch import Fetcher, FetchRequest, FetchResponse
from watcher.sources.page import ACCEPT, PageOptions, parse_page
from watcher.sources.robots import Robots
from watcher.sources.sandbox import SandboxError

_PASSING = (Reason.CONNECT, Reason.TIMEOUT, Reason.DNS, Reason.PROTOCOL)


class NoArticleError(Exception):
    """No article came of it. `again`: a later try may help; `refused`: its host does not want it fetched.

    `retry_after` is what the server asked for.
    """

    def __init__(
        self, reason: str, *, again: bool = False, refused: bool = False, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(reason)
        self.again, self.refused, self.retry_after = again, refused, retry_after


class ArticleReader:
    """`home` fetches from the host of the source itself, `abroad` from anywhere else.

    They differ where private networks are allowed: these are for sources, and not for whatever a source links to.
    """

    def __init__(self, home: Fetcher, abroad: Fetcher, robots: Robots) -> None:
        self._home, self._abroad, self._robots = home, abroad, robots

    async def read(self, url: str, source_url: str) -> Article:
        """Fetch and extract. Raises NoArticleError."""
        fetcher = self._home if host_of(url) == host_of(source_url) else self._abroad
        try:
            await self._ask(url, fetcher)
            answer = await fetcher.get(FetchRequest(url, accept=ACCEPT))
            if host_of(answer.url) != host_of(url):
                await self._ask(answer.url, fetcher)
        except FetchError as error:
            raise NoArticleError(
                str(error), again=_may_pass(error), refused=False, retry_after=error.retry_after
            ) from None
        return await _extracted(answer, fetcher)

    async def _ask(self, url: str, fetcher: Fetcher) -> None:
        if not await self._robots.allow(url, fetcher):
            raise NoArticleError(f"robots.txt of {host_of(url)} forbids it", refused=True)


def host_of(url: str) -> str:
    """Host, and port if one is given, as requests are counted by; "" for what cannot be fetched."""
    try:
        return target_of(url).host.lower()
    except FetchError:
        return ""


async def _extracted(answer: FetchResponse, fetcher: Fetcher) -> Article:
    try:
        reading = await parse_page(answer, PageOptions(), fetcher.sandbox)
    except (UnreadableError, SandboxError) as error:
        raise NoArticleError(f"the page cannot be read: {error}") from None
    if not reading.items:
        raise NoArticleError("there is no text on the page")
    item = reading.items[0]
    return Article(answer.url, item.title, item.text)


def _may_pass(error: FetchError) -> bool:
    if error.status is None:
        return error.reason in _PASSING
    return error.status >= 500 or error.status == 429
