"""Plays the wire over real HTTP on a loopback port, at the pace of a clock that is passed in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from aiohttp import ETag, web

from watcher.demo import feeds, pages
from watcher.demo.wire import Entry, Form, Outlet, Wire

Render = Callable[[Outlet, Sequence[Entry], str], bytes]

_FORMS: dict[Form, tuple[Render, str]] = {
    Form.RSS: (feeds.rss, "application/rss+xml"),
    Form.ATOM: (feeds.atom, "application/atom+xml"),
    Form.RDF: (feeds.rdf, "application/rdf+xml"),
    Form.JSON_FEED: (feeds.json_feed, "application/feed+json"),
    Form.PAGE: (pages.index_page, "text/html"),
    Form.API: (pages.api, "application/json"),
}


@dataclass(frozen=True, slots=True)
class Newswire:
    """Answers for one wire that started at `started_at` (UTC). `elapsed` gives the seconds since then."""

    wire: Wire
    started_at: datetime
    elapsed: Callable[[], float]

    async def outlet(self, request: web.Request) -> web.Response:
        """GET /{outlet}: its feed, page or API answer; 503 while it is down."""
        outlet = self.wire.outlet(request.match_info["outlet"])
        if outlet is None:
            raise web.HTTPNotFound
        elapsed = self.elapsed()
        if elapsed < outlet.down_until:
            raise web.HTTPServiceUnavailable(text="The desk is being rewired.")  # no Retry-After: a minute is the least
        render, content_type = _FORMS[outlet.form]
        entries = self.wire.entries(outlet.id, self.started_at, elapsed)
        return _answer(request, render(outlet, entries, _base(request)), content_type)

    async def article(self, request: web.Request) -> web.Response:
        """GET /articles/{id}: the page of an item that has appeared."""
        wanted = request.match_info["id"]
        for outlet in self.wire.outlets:
            for entry in self.wire.entries(outlet.id, self.started_at, self.elapsed()):
                if entry.item.id == wanted:
                    return _answer(request, pages.article_page(outlet, entry), "text/html")
        raise web.HTTPNotFound


def _base(request: web.Request) -> str:
    return str(request.url.origin())


def _answer(request: web.Request, body: bytes, content_type: str) -> web.Response:
    tag = sha256(body).hexdigest()[:32]
    known = request.if_none_match or ()
    if any(etag.value in {tag, "*"} for etag in known):
        response = web.Response(status=304)
    else:
        response = web.Response(body=body, content_type=content_type, charset="utf-8")
    response.etag = ETag(tag)
    return response


@asynccontextmanager
async def serve(wire: Wire, started_at: datetime, elapsed: Callable[[], float]) -> AsyncIterator[str]:
    """Run the wire on 127.0.0.1 at a free port; yields the base URL (`http://127.0.0.1:49152`), stops on exit."""
    newswire = Newswire(wire, started_at, elapsed)
    app = web.Application()
    app.add_routes([web.get("/articles/{id}", newswire.article), web.get("/{outlet}", newswire.outlet)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
