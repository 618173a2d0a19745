"""A process of its own that serves made-up feeds, so that its work is not measured: prints its port, runs until killed.

`/plain/N` answers 200 each time, `/etag/N` honours If-None-Match.
"""

from __future__ import annotations

import asyncio
import sys
from html import escape

from aiohttp import web

from benchmarks.newsday import newsday
from watcher.model.document import Document

ITEMS = 50


def feeds(count: int) -> list[bytes]:
    """RSS 2.0 bodies of 50 items each, every item its own."""
    items = newsday(count * ITEMS)
    return [_rss(number, items[number * ITEMS : (number + 1) * ITEMS]) for number in range(count)]


def _rss(number: int, items: list[Document]) -> bytes:
    entries = "".join(
        f"<item><guid isPermaLink='false'>{item.id}</guid><title>{escape(item.title)}</title>"
        f"<link>https://feed{number}.example.org/{item.id}</link><description>{escape(item.text)}</description>"
        f"<pubDate>Mon, 01 Jun 2026 08:00:00 GMT</pubDate></item>"
        for item in items
    )
    head = f"<title>Feed {number}</title><link>https://feed{number}.example.org/</link><description>x</description>"
    return f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>{head}{entries}</channel></rss>".encode()


def application(bodies: list[bytes]) -> web.Application:
    """The two ways of answering."""

    async def answer(request: web.Request) -> web.Response:
        number, tag = int(request.match_info["number"]), f'"v1-{request.match_info["number"]}"'
        conditional = request.match_info["way"] == "etag"
        if conditional and request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers={"ETag": tag})
        headers = {"ETag": tag} if conditional else {}
        return web.Response(body=bodies[number], content_type="application/rss+xml", headers=headers)

    app = web.Application()
    app.router.add_get("/{way:plain|etag}/{number:\\d+}", answer)
    return app


async def main(count: int) -> None:
    runner = web.AppRunner(application(feeds(count)), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
