"""A process of its own whose feeds go on, with a stand-in for Slack: prints its port, runs until killed.

`/live/N?rate=R&alerts=A`: R new items a second and feed, the newest 50 of them, and in all feeds together A
developments a minute (`&random`: at random moments, else evenly spread); `/quiet/N`: two items, and one more in every
hundredth request. Feeds answer 304 to a known ETag. `/burst/N?over=S&critical=C`: 500 developments over S seconds, the
last C of them critical. `/api/…` is Slack: it refuses with 429 what comes too fast for a channel. `/seen` is all that
was noted, as JSON: when each link of a development was first in a response, and when each post came.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from html import escape

from aiohttp import web

from benchmarks.developments import Development, developments
from benchmarks.material import words
from benchmarks.newsday import newsday
from benchmarks.slack_stand_in import SlackStandIn

SHOWN = 50
"""Items of a feed."""
BURST, BURST_FEEDS = 500, 20
CRITICAL = "critical"


class Feeds:
    """Items are made when they are first asked for."""

    def __init__(self, told: list[Development]) -> None:
        self.started = time.time()
        self.shown: dict[str, float] = {}
        self.critical: set[str] = set()
        self._told, self._telling = told, iter(told)
        self._next = self._burst_since = 0.0
        self._plain = newsday(2_000, share=0)
        self._rng = random.Random(7)
        self._words = words(20_000, random.Random(8))
        self._made: dict[tuple[str, int], str] = {}
        self._requests: dict[str, int] = {}

    async def live(self, request: web.Request) -> web.Response:
        feed, now = request.match_info["number"], time.time()
        newest = int((now - self.started) * float(request.query["rate"]))
        every = 60 / float(request.query["alerts"])
        numbers = range(max(0, newest - SHOWN), newest)
        for number in numbers:
            if (feed, number) not in self._made:
                due = now >= self._next
                self._made[feed, number] = self._development(feed, number) if due else self._other(feed, number)
                if due:
                    self._next = max(self._next, now - every) + every * self._spread("random" in request.query)
        return _answer(request, feed, [self._made[feed, number] for number in numbers], newest)

    async def quiet(self, request: web.Request) -> web.Response:
        feed = request.match_info["number"]
        count = self._requests[feed] = self._requests.get(feed, -1) + 1
        more = (count + int(feed) % 100) // 100
        return _answer(request, feed, [self._other(feed, number) for number in range(2 + more)], more)

    def _spread(self, at_random: bool) -> float:
        return self._rng.expovariate(1) if at_random else 1.0

    def _development(self, feed: str, number: int) -> str:
        told = next(self._telling)
        self.shown[link(feed, number)] = time.time()
        return item(feed, number, told.title, told.text)

    def _other(self, feed: str, number: int) -> str:
        plain = self._plain[(number * 50 + int(feed)) % len(self._plain)]
        own = " ".join(self._rng.choices(self._words, k=60))
        return item(feed, number, plain.title, f"{plain.text} {own}")

    async def burst(self, request: web.Request) -> web.Response:
        feed, now = request.match_info["number"], time.time()
        self._burst_since = self._burst_since or now
        order = _critical_last(self._told, int(request.query["critical"]))
        share = min(1.0, (now - self._burst_since) / float(request.query["over"]))
        mine = range(int(feed), int(len(order) * share), BURST_FEEDS)
        for number in mine:
            self.shown.setdefault(link(feed, number), now)
            self.critical |= {link(feed, number)} if order[number].severity == CRITICAL else set()
        items = [item(feed, number, order[number].title, order[number].text) for number in mine]
        return _answer(request, feed, items, len(items))


def link(feed: str, number: int) -> str:
    return f"https://feed{feed}.example.org/{number}"


def item(feed: str, number: int, title: str, text: str) -> str:
    """An item of RSS."""
    address = link(feed, number)
    return (
        f"<item><guid>{address}</guid><link>{address}</link><title>{escape(title)}</title>"
        f"<description>{escape(text)}</description></item>"
    )


def _answer(request: web.Request, feed: str, items: list[str], version: int) -> web.Response:
    tag = f'"{feed}-{version}"'
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers={"ETag": tag})
    body = f"<rss version='2.0'><channel><title>Feed {feed}</title>{''.join(reversed(items))}</channel></rss>"
    return web.Response(text=body, content_type="application/rss+xml", headers={"ETag": tag})


def _critical_last(told: list[Development], count: int) -> list[Development]:
    """BURST of them, the last so many critical and the others not."""
    graver = [one for one in told if one.severity == CRITICAL]
    return [one for one in told if one.severity != CRITICAL][: BURST - count] + graver[:count]


async def main(count: int) -> None:
    """Serve as many developments as asked for."""
    feeds, slack = Feeds(developments(count)), SlackStandIn()

    async def seen(_: web.Request) -> web.Response:
        posts = {"posts": slack.posts, "refused": slack.refused}
        return web.json_response({"shown": feeds.shown, "critical": sorted(feeds.critical), **posts})

    app = web.Application()
    app.router.add_get("/live/{number}", feeds.live)
    app.router.add_get("/quiet/{number}", feeds.quiet)
    app.router.add_get("/burst/{number}", feeds.burst)
    app.router.add_post("/api/{method}", slack.call)
    app.router.add_get("/seen", seen)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
