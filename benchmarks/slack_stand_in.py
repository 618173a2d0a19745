"""Slack as far as a benchmark needs it: takes what comes, and refuses with 429 what comes too fast for its channel."""

from __future__ import annotations

import re
import time

from aiohttp import web

CHANNEL = "C0DESK00001"
APART = 0.9
"""Seconds between two posts in one channel. Slack asks for one: this is one, less what the way here may vary."""
_LINK = re.compile(r"https://feed[0-9]+\.example\.org/[0-9]+")


class SlackStandIn:
    """`posts` are those that were taken: when each came, and what links stood in it."""

    def __init__(self) -> None:
        self.posts: list[tuple[float, list[str]]] = []
        self.refused = 0
        self._latest = 0.0

    async def call(self, request: web.Request) -> web.Response:
        """Any method of the Web API."""
        now, body = time.time(), await request.text()
        if request.match_info["method"] == "chat.postMessage":
            if now - self._latest < APART:
                self.refused += 1
                return web.json_response(
                    {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"}
                )
            self._latest = now
            self.posts.append((now, sorted(set(_LINK.findall(body)))))
        return web.json_response({"ok": True, "channel": CHANNEL, "ts": f"{now:.6f}", "message": {}})
