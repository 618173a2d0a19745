"""A process of its own whose feeds go on: prints its port, runs until killed. Answers 304 to a known ETag.

`/live/N?rate=R&telling=T`: R new items a second, every T-th about a signal, the newest 50 of them; `/quiet/N`: two
items, and one more in every hundredth request. `/served` says when each item of `/live` was first in a response, as
JSON: link to Unix time. `/api/…` stands in for Slack, and `/posted` says when a post about each link came.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from html import escape

from aiohttp import web

from benchmarks.material import words
from benchmarks.newsday import newsday
from watcher.demo.load import load_wire

TELLING = "20"
"""Every so many-th item of `/live` is about a signal, each time about something else."""
_LINK = re.compile(r"https://feed[0-9]+\.example\.org/[0-9]+")


class Live:
    """Items are made when they are first asked for."""

    def __init__(self) -> None:
        self.started = time.time()
        self.served: dict[str, float] = {}
        self.plain = newsday(2_000)
        self.rng = random.Random(7)
        self.words = words(20_000, random.Random(8))
        wire = load_wire().items
        self.telling = [item.summary for item in wire if item.language == "en" and item.label.startswith("alert:")]
        self.made: dict[tuple[str, int], str] = {}
        self.requests: dict[str, int] = {}
        self.posted: dict[str, float] = {}

    async def live(self, request: web.Request) -> web.Response:
        feed, rate = request.match_info["number"], float(request.query["rate"])
        telling = int(request.query.get("telling", TELLING))
        now = time.time()
        newest = int((now - self.started) * rate)
        items = [self.item(feed, number, telling) for number in range(max(0, newest - 50), newest)]
        for number in range(max(0, newest - 50), newest):
            self.served.setdefault(f"https://feed{feed}.example.org/{number}", now)
        return self.answer(request, feed, items, newest)

    async def quiet(self, request: web.Request) -> web.Response:
        feed = request.match_info["number"]
        count = self.requests[feed] = self.requests.get(feed, -1) + 1
        more = (count + int(feed) % 100) // 100
        return self.answer(request, feed, [self.item(feed, 2 * number + 1) for number in range(2 + more)], more)

    async def slack(self, request: web.Request) -> web.Response:
        """Whatever the method, it is fine; `posted` keeps the first request about each link."""
        now, body = time.time(), await request.text()
        for link in _LINK.findall(body):
            self.posted.setdefault(link, now)
        return web.json_response({"ok": True, "channel": "C0DESK00001", "ts": f"{now:.6f}", "message": {}})

    async def told(self, _: web.Request) -> web.Response:
        return web.json_response(self.posted)

    async def when(self, _: web.Request) -> web.Response:
        return web.json_response(self.served)

    def item(self, feed: str, number: int, telling: int = int(TELLING)) -> str:
        key = (feed, number)
        if key not in self.made:
            own = " ".join(self.rng.choices(self.words, k=60))
            if (number * 50 + int(feed)) % telling == 0:
                title, text = own[:80], f"{self.rng.choice(self.telling)} {own}"
            else:
                plain = self.plain[(number * 50 + int(feed)) % len(self.plain)]
                title, text = plain.title, f"{plain.text} {own}"
            link = f"https://feed{feed}.example.org/{number}"
            self.made[key] = (
                f"<item><guid>{link}</guid><link>{link}</link><title>{escape(title)}</title>"
                f"<description>{escape(text)}</description></item>"
            )
        return self.made[key]

    def answer(self, request: web.Request, feed: str, items: list[str], version: int) -> web.Response:
        tag = f'"{feed}-{version}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers={"ETag": tag})
        body = f"<rss version='2.0'><channel><title>Feed {feed}</title>{''.join(reversed(items))}</channel></rss>"
        return web.Response(text=body, content_type="application/rss+xml", headers={"ETag": tag})


async def main() -> None:
    live, app = Live(), web.Application()
    app.router.add_get("/live/{number}", live.live)
    app.router.add_get("/quiet/{number}", live.quiet)
    app.router.add_get("/served", live.when)
    app.router.add_post("/api/{method}", live.slack)
    app.router.add_get("/posted", live.told)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
