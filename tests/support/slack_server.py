"""Slack's Web API as far as posting needs it, with Slack's limits, errors and habits.

    async with SlackServer() as slack:
        ... slack_api_url=slack.api_url, token=slack.token, channel "#desk" ...
        assert slack.posts[0].text

`script` holds misbehaviour for the next chat.postMessage calls, `refuse(code)` among it.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.support.loopback import Answer, LoopbackServer

TOKEN = "xoxb-7000000000-loopback-token"
CHANNEL, CHANNEL_NAME = "C0DESK00001", "desk"
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")
_CONTROL = re.compile(r"<([^<>]*)>")
_LINK = re.compile(r"https?://[^\s|<>]+(\|[^<>]*)?")


@dataclass(frozen=True, slots=True)
class Post:
    """One message in a channel."""

    ts: str
    channel: str
    text: str
    blocks: list[dict[str, Any]]
    metadata: dict[str, Any]
    thread_ts: str | None
    arguments: dict[str, Any]

    @property
    def delivery_id(self) -> str:
        return str(self.metadata.get("event_payload", {}).get("delivery_id", ""))


def refuse(code: str) -> Answer:
    """Slack's way to say no: HTTP 200 and `ok: false`."""
    return Answer(200, json.dumps({"ok": False, "error": code}), content_type="application/json")


def rate_limited(seconds: int) -> Answer:
    """HTTP 429 with Retry-After."""
    body = json.dumps({"ok": False, "error": "ratelimited"})
    return Answer(429, body, {"Retry-After": str(seconds)}, "application/json")


class SlackServer(LoopbackServer):
    """`pace` is the least seconds between two posts to a channel (0: any); `can_read` grants the history scopes."""

    def __init__(self, *, pace: float = 0.0, can_read: bool = True, clock: Callable[[], float] | None = None) -> None:
        super().__init__()
        self.token = TOKEN
        self.pace = pace
        self.can_read = can_read
        self.channels = {CHANNEL: CHANNEL_NAME}
        self.archived: set[str] = set()
        self.posts: list[Post] = []
        self.calls: list[str] = []
        self._clock = clock or asyncio.get_running_loop().time
        self._last: dict[str, float] = {}

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    def delete(self, ts: str) -> None:
        """Remove a message, as a person may."""
        self.posts = [post for post in self.posts if post.ts != ts]

    def scripted(self, request: web.Request) -> bool:
        return request.path.endswith("/chat.postMessage")

    async def handle(self, request: web.Request, body: bytes, taken: bool) -> web.StreamResponse:
        method = request.path.removeprefix("/api/")
        self.calls.append(method)
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return _error("invalid_auth")
        if method == "chat.postMessage":
            return self._post(json.loads(body))
        if not self.can_read:
            return _error("missing_scope")
        if method == "conversations.list":
            found = [{"id": key, "name": name} for key, name in self.channels.items()]
            return web.json_response({"ok": True, "channels": found})
        if method in {"conversations.history", "conversations.replies"}:
            return self._history(request.query, replies=method.endswith("replies"))
        return _error("unknown_method")

    def _post(self, arguments: dict[str, Any]) -> web.StreamResponse:
        channel = self._channel(str(arguments.get("channel", "")))
        thread_ts = arguments.get("thread_ts")
        if channel is None:
            return _error("channel_not_found")
        if channel in self.archived:
            return _error("is_archived")
        if thread_ts and not any(post.ts == thread_ts for post in self.posts):
            return _error("thread_not_found")
        if self.pace and self._clock() - self._last.get(channel, -self.pace) < self.pace:
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"})
        self._last[channel] = self._clock()
        problem = next(problems(arguments), None)
        if problem:
            return _error(*problem)
        ts = f"{1_700_000_000 + len(self.posts)}.000100"
        self.posts.append(
            Post(ts, channel, arguments["text"], arguments.get("blocks", []), arguments.get("metadata", {}), thread_ts,
                 arguments)
        )  # fmt: skip
        return web.json_response({"ok": True, "channel": channel, "ts": ts, "message": {"text": arguments["text"]}})

    def _channel(self, name: str) -> str | None:
        return next((key for key, known in self.channels.items() if name in {key, known, f"#{known}"}), None)

    def _history(self, query: Mapping[str, str], *, replies: bool) -> web.StreamResponse:
        channel = query.get("channel", "")
        if channel not in self.channels:
            return _error("channel_not_found")
        # Replies are not part of a channel's history.
        thread_ts = query["ts"] if replies else None
        found = [post for post in self.posts if post.channel == channel and post.thread_ts == thread_ts]
        if replies and not any(post.ts == thread_ts for post in self.posts):
            return _error("thread_not_found")
        start, limit = int(query.get("cursor") or 0), int(query.get("limit", "100"))
        page = list(reversed(found))[start : start + limit]
        more = str(start + limit) if start + limit < len(found) else ""
        shown = [
            {"ts": post.ts, "text": post.text}
            | ({"metadata": post.metadata} if query.get("include_all_metadata") == "1" else {})
            for post in page
        ]
        return web.json_response({"ok": True, "messages": shown, "response_metadata": {"next_cursor": more}})


def problems(arguments: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(error code, what is wrong) for everything that Slack would refuse, or that would not show as it was meant."""
    text, blocks = arguments.get("text", ""), arguments.get("blocks", [])
    if not text:
        yield "no_text", "text is what screen readers get"
    if _units(text) > 4_000:
        yield "msg_too_long", "text beyond 4,000"
    if len(blocks) > 50:
        yield "invalid_blocks", "more than 50 blocks"
    if sum(_units(found["text"]) for block in blocks for found in _texts(block)) > 10_000:
        yield "msg_blocks_too_long", "more than 10,000 in all"
    for block in blocks:
        for problem in _block_problems(block):
            yield "invalid_blocks", problem
    yield from (("invalid_blocks", problem) for problem in _markup_problems(text))


def _block_problems(block: dict[str, Any]) -> Iterator[str]:
    kind = block.get("type")
    if kind not in {"header", "section", "context", "divider", "actions"}:
        yield f"unknown block {kind}"
    if kind == "header" and (block["text"]["type"] != "plain_text" or _units(block["text"]["text"]) > 150):
        yield "a header is plain_text of at most 150"
    if kind == "context" and not 1 <= len(block["elements"]) <= 10:
        yield "a context has 1 to 10 elements"
    for found in _texts(block):
        if not 1 <= _units(found["text"]) <= 3_000:
            yield "a text has 1 to 3,000 characters"
        if found["type"] == "mrkdwn":
            yield from _markup_problems(found["text"])


def _texts(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "text" in block:
        yield block["text"]
    yield from block.get("elements", [])
    yield from block.get("fields", [])


def _markup_problems(text: str) -> Iterator[str]:
    if _ENTITY.search(text):
        yield "a bare ampersand"
    links = _CONTROL.findall(text)
    if text.count("<") != len(links) or text.count(">") - text.startswith("> ") != len(links):
        yield "a bare angle bracket"
    for link in re.findall(r"<([^<>]*)>", text):
        if not _LINK.fullmatch(link):
            yield f"a mention or a link that is not http(s): {link[:50]}"
    if any("\ud800" <= character <= "\udfff" for character in text):
        yield "half a surrogate pair"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _error(code: str, message: str = "") -> web.StreamResponse:
    body: dict[str, Any] = {"ok": False, "error": code}
    if message:
        body["response_metadata"] = {"messages": [f"[ERROR] {message}"]}
    return web.json_response(body)
