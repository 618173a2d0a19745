"""Slack as far as the watcher needs it: its Web API with its limits, errors and habits, and what it sends by itself.

    async with SlackServer() as slack:
        ... slack_api_url=slack.api_url, token=slack.token, channel "#desk" ...
        assert slack.posts[0].text
        payload = slack.press(slack.posts[0], "sw_acknowledge")      # somebody presses a button
        ... await slack.deliver(payload)                             # over Socket Mode
        ... headers, body = slack.signed(payload)                    # or as a signed request

`script` holds misbehaviour for the next calls of the methods in `scripts` (chat.postMessage), `refuse(code)` among it.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from aiohttp import WSMsgType, web

from tests.support.loopback import BOUND, Answer, LoopbackServer
from tests.support.slack_rules import problems, view_problems

__all__ = ["APP_TOKEN", "CHANNEL", "CHANNEL_NAME", "SIGNING_SECRET", "TEAM", "TOKEN", "Post", "SlackServer", "User",
           "problems", "rate_limited", "refuse"]  # fmt: skip

TOKEN = "xoxb-7000000000-loopback-token"
APP_TOKEN = "xapp-1-A0LOOPBACK-7000000000-loopback"
SIGNING_SECRET = "5a3c0ffee0ddba115a3c0ffee0ddba11"
CHANNEL, CHANNEL_NAME = "C0DESK00001", "desk"
TEAM = "T0HOME00001"
RESPONSES = 5
"""Times that a response_url may be used, within 30 minutes."""


@dataclass(frozen=True, slots=True)
class Post:
    """One message in a channel, as it stands now."""

    ts: str
    channel: str
    text: str
    blocks: list[dict[str, Any]]
    metadata: dict[str, Any]
    thread_ts: str | None
    arguments: dict[str, Any]
    edits: int = 0

    @property
    def delivery_id(self) -> str:
        return str(self.metadata.get("event_payload", {}).get("delivery_id", ""))

    def buttons(self) -> dict[str, dict[str, Any]]:
        """What can be pressed, by action_id."""
        rows = [block for block in self.blocks if block["type"] == "actions"]
        return {element["action_id"]: element for row in rows for element in row["elements"]}


@dataclass(frozen=True, slots=True)
class User:
    """Somebody in the workspace, or a guest of it."""

    id: str
    name: str
    team: str = TEAM
    tz: str = "Europe/London"
    guest: bool = False
    stranger: bool = False
    deleted: bool = False
    bot: bool = False


ADA, BEN = User("U0ADA00001", "ada"), User("U0BEN00001", "ben", tz="Asia/Baghdad")
GUEST = User("U0GUEST001", "gus", guest=True)
STRANGER = User("U0STRANGE1", "eve", team="T0OTHER0001", stranger=True)
GONE = User("U0GONE0001", "zoe", deleted=True)


@dataclass(slots=True)
class _Reply:
    """A response_url: what was said by it, and until when it may be used."""

    until: float
    said: list[dict[str, Any]] = field(default_factory=list)


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
        self.users = {user.id: user for user in (ADA, BEN, GUEST, STRANGER, GONE)}
        self.groups: dict[str, list[str]] = {}
        self.scripts = {"chat.postMessage"}
        self.frozen: set[str] = set()
        """Messages that are too old to be edited."""
        self.views: list[dict[str, Any]] = []
        self.whispers: list[dict[str, Any]] = []
        """What one person alone was told, by response_url or chat.postEphemeral."""
        self.acknowledged: list[str] = []
        self.sockets: list[web.WebSocketResponse] = []
        self.trigger_s = 3.0
        self._replies: dict[str, _Reply] = {}
        self._triggers: dict[str, float] = {}
        self._clock = clock or asyncio.get_running_loop().time
        self._last: dict[str, float] = {}
        self._pressed = 0
        self._methods: dict[str, Callable[[dict[str, Any]], web.StreamResponse]] = {
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.postEphemeral": self._ephemeral,
            "conversations.list": self._list,
            "conversations.history": lambda told: self._history(told, replies=False),
            "conversations.replies": lambda told: self._history(told, replies=True),
            "users.info": self._user,
            "usergroups.users.list": self._group,
            "views.open": self._view,
        }

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    def delete(self, ts: str) -> None:
        """Remove a message, as a person may."""
        self.posts = [post for post in self.posts if post.ts != ts]

    # -- what Slack sends by itself ------------------------------------------------------------------------------------

    def press(self, post: Post, action_id: str, *, user: User = ADA, choice: str = "") -> dict[str, Any]:
        """The payload of somebody's pressing a button, or choosing from a select the option that begins so."""
        element = post.buttons()[action_id]
        self._pressed += 1
        stamp = f"{1_700_100_000 + self._pressed}.000{self._pressed:03}"
        action = {"action_id": action_id, "block_id": "b", "type": element["type"], "action_ts": stamp}
        if element["type"] == "static_select":
            found = next(option for option in element["options"] if option["value"].startswith(choice))
            action["selected_option"] = found
        else:
            action["value"] = element["value"]
        trigger, reply = f"trigger.{self._pressed}", f"/response/{self._pressed}"
        self._triggers[trigger] = self._clock() + self.trigger_s
        self._replies[reply] = _Reply(self._clock() + 1_800)
        return {
            "type": "block_actions",
            "api_app_id": "A0LOOPBACK",
            "team": {"id": TEAM, "domain": "home"},
            "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team},
            "container": {"type": "message", "message_ts": post.ts, "channel_id": post.channel, "is_ephemeral": False},
            "channel": {"id": post.channel, "name": self.channels.get(post.channel, "")},
            "message": {"ts": post.ts, "text": post.text},
            "trigger_id": trigger,
            "response_url": f"{self.url}{reply}",
            "actions": [action],
        }

    def signed(self, payload: object, at: float, secret: str = SIGNING_SECRET) -> tuple[dict[str, str], bytes]:
        """Headers and body of the request that Slack would send; `at` in seconds since 1970."""
        body = urlencode({"payload": json.dumps(payload)}).encode()
        stamp = str(int(at))
        mac = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        return {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={mac}",
        }, body

    async def connected(self, sockets: int = 1) -> None:
        """Wait until so many Socket Mode connections stand; fails after a while."""
        await asyncio.wait_for(self.bell.until(lambda: len(self.sockets) >= sockets), BOUND)

    async def deliver(self, payload: object, envelope_id: str = "e1") -> None:
        """Send over Socket Mode and wait for the acknowledgement."""
        envelope = {"type": "interactive", "envelope_id": envelope_id, "accepts_response_payload": True}
        before = len(self.acknowledged)
        await self.sockets[-1].send_json({**envelope, "payload": payload})
        await asyncio.wait_for(self.bell.until(lambda: len(self.acknowledged) > before), BOUND)

    async def ask_to_reconnect(self) -> None:
        """Slack closes connections every few hours, and says so before."""
        await self.sockets[-1].send_json({"type": "disconnect", "reason": "refresh_requested"})

    # -- the Web API ---------------------------------------------------------------------------------------------------

    def scripted(self, request: web.BaseRequest) -> bool:
        return request.path.removeprefix("/api/") in self.scripts

    async def handle(self, request: web.BaseRequest, body: bytes, taken: bool) -> web.StreamResponse:
        if request.path == "/socket":
            return await self._socket(request)
        if request.path in self._replies:
            return self._response(self._replies[request.path], json.loads(body))
        method = request.path.removeprefix("/api/")
        self.calls.append(method)
        if method == "apps.connections.open":
            return self._open(request)
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return _error("invalid_auth")
        if method.startswith("conversations.") and not self.can_read:
            return _error("missing_scope")
        told = json.loads(body) if request.content_type == "application/json" else dict(await request.post())
        handler = self._methods.get(method)
        return handler({**request.query, **told}) if handler else _error("unknown_method")

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

    def _update(self, arguments: dict[str, Any]) -> web.StreamResponse:
        at = next((at for at, post in enumerate(self.posts) if post.ts == arguments.get("ts")), None)
        if self._channel(str(arguments.get("channel", ""))) is None:
            return _error("channel_not_found")
        if at is None:
            return _error("message_not_found")
        post = self.posts[at]
        if post.ts in self.frozen:
            return _error("edit_window_closed")
        problem = next(problems(arguments), None)
        if problem:
            return _error(*problem)
        before = {block.get("block_id") for block in post.blocks if block not in arguments.get("blocks", [])}
        if before & {block.get("block_id") for block in arguments.get("blocks", [])} - {None}:
            return _error("invalid_blocks", "an edit has new block_ids")
        # Text without blocks takes the blocks away.
        self.posts[at] = replace(
            post, text=arguments["text"], blocks=arguments.get("blocks", []),
            metadata=arguments.get("metadata", post.metadata), edits=post.edits + 1,
        )  # fmt: skip
        return web.json_response({"ok": True, "channel": post.channel, "ts": post.ts, "text": arguments["text"]})

    def _ephemeral(self, arguments: dict[str, Any]) -> web.StreamResponse:
        self.whispers.append(arguments)
        return web.json_response({"ok": True, "message_ts": "1"})

    def _response(self, reply: _Reply, said: dict[str, Any]) -> web.StreamResponse:
        if len(reply.said) >= RESPONSES or self._clock() > reply.until:
            return web.Response(status=404, text="used_url" if len(reply.said) >= RESPONSES else "expired_url")
        problem = next(problems({"blocks": [], **said}), None)
        if problem:
            return web.Response(status=400, text=problem[0])
        reply.said.append(said)
        self.whispers.append(said)
        return web.Response(text="ok")

    def _user(self, arguments: dict[str, Any]) -> web.StreamResponse:
        user = self.users.get(arguments.get("user", ""))
        if user is None:
            return _error("user_not_found")
        told = {
            "id": user.id, "name": user.name, "team_id": user.team, "tz": user.tz, "deleted": user.deleted,
            "is_bot": user.bot, "is_restricted": user.guest, "is_ultra_restricted": False,
            "is_stranger": user.stranger, "profile": {"display_name": user.name.title(), "real_name": user.name},
        }  # fmt: skip
        return web.json_response({"ok": True, "user": told})

    def _group(self, arguments: dict[str, Any]) -> web.StreamResponse:
        users = self.groups.get(arguments.get("usergroup", ""))
        return _error("no_such_subteam") if users is None else web.json_response({"ok": True, "users": users})

    def _view(self, arguments: dict[str, Any]) -> web.StreamResponse:
        if self._clock() > self._triggers.pop(arguments.get("trigger_id", ""), 0.0):
            return _error("expired_trigger_id")
        view = json.loads(arguments["view"]) if isinstance(arguments["view"], str) else arguments["view"]
        problem = next(view_problems(view), None)
        if problem:
            return _error(*problem)
        self.views.append(view)
        return web.json_response({"ok": True, "view": {"id": f"V{len(self.views)}"}})

    def _list(self, _arguments: dict[str, Any]) -> web.StreamResponse:
        found = [{"id": key, "name": name} for key, name in self.channels.items()]
        return web.json_response({"ok": True, "channels": found})

    def _channel(self, name: str) -> str | None:
        return next((key for key, known in self.channels.items() if name in {key, known, f"#{known}"}), None)

    def _history(self, query: Mapping[str, str], *, replies: bool) -> web.StreamResponse:
        channel = query.get("channel", "")
        if channel not in self.channels:
            return _error("channel_not_found")
        # Replies are not part of a channel's history; a thread begins with its first message.
        thread_ts = query["ts"] if replies else None
        found = [
            post for post in self.posts
            if post.channel == channel and (post.thread_ts == thread_ts or (replies and post.ts == thread_ts))
        ]  # fmt: skip
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

    # -- Socket Mode ---------------------------------------------------------------------------------------------------

    def _open(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {APP_TOKEN}":
            return _error("invalid_auth")
        return web.json_response({"ok": True, "url": f"ws://127.0.0.1:{self.port}/socket"})

    async def _socket(self, request: web.BaseRequest) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        self.sockets.append(socket)
        self.bell.ring()
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self.acknowledged.append(json.loads(message.data)["envelope_id"])
                self.bell.ring()
        return socket


def _error(code: str, message: str = "") -> web.StreamResponse:
    body: dict[str, Any] = {"ok": False, "error": code}
    if message:
        body["response_metadata"] = {"messages": [f"[ERROR] {message}"]}
    return web.json_response(body)
