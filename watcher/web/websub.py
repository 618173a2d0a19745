"""/websub/{token}: where hubs verify subscriptions (GET) and send what is new (POST); W3C WebSub, 5.3 and 7."""

from __future__ import annotations

import re
from functools import partial

import structlog
from aiohttp import web

from watcher.model.document import Source
from watcher.model.errors import UserError
from watcher.model.subscription import Standing, Subscription
from watcher.sources.entries import UnreadableError
from watcher.sources.feed import parse_feed
from watcher.sources.sandbox import SandboxError
from watcher.sources.websub import signed_by
from watcher.web.guard import RefusedError
from watcher.web.room import Room, Route

log = structlog.get_logger(__name__)

MAX_BYTES = 5_000_000
MAX_CHALLENGE = 2_000
_LEASE = re.compile(r"[0-9]{1,10}")


async def _verify(request: web.Request, room: Room) -> web.Response:
    kept, _ = _subscription(request, room)
    told = request.query
    mode, topic = told.get("hub.mode", ""), told.get("hub.topic", "")
    if mode == "denied" and await room.app.subscriber.denied(kept, topic, told.get("hub.reason", "")):
        return web.Response()
    challenge, lease = told.get("hub.challenge", ""), told.get("hub.lease_seconds", "")
    if mode != "subscribe" or not 0 < len(challenge) <= MAX_CHALLENGE:
        raise RefusedError(404, "nothing of this kind was asked for")
    lease_s = int(lease) if _LEASE.fullmatch(lease) else None
    if not await room.app.subscriber.verified(kept, topic, lease_s):
        raise RefusedError(404, "nothing of this kind was asked for")
    # Plain text, and said to be nothing else: the challenge is whatever the caller likes.
    return web.Response(text=challenge, content_type="text/plain", headers={"X-Content-Type-Options": "nosniff"})


async def _deliver(request: web.Request, room: Room) -> web.Response:
    kept, source = _subscription(request, room)
    if kept.standing in (Standing.WANTED, Standing.DENIED):
        raise RefusedError(410, "this is not subscribed")
    signature = request.headers.get("X-Hub-Signature", "")
    if not signature:
        raise RefusedError(401, "a signature is needed")
    body = await room.guard.body(request, MAX_BYTES)
    if not signed_by(kept.secret, signature, body):
        raise RefusedError(401, "the signature is wrong")
    app = room.app
    try:
        reading = await parse_feed(
            body, request.headers.get("Content-Type", ""), kept.topic, app.clock.now(), app.sandbox
        )  # fmt: skip
        arrivals = await app.receiver.take_in(source, reading.items)
        await app.subscriber.delivered(kept)
    except (UnreadableError, SandboxError) as error:
        log.warning("hub.unreadable", source=source.id, reason=str(error))
        raise RefusedError(400, "this is no feed that can be read") from None
    except UserError:
        log.exception("push.not_stored", source=source.id)
        raise RefusedError(503, "this cannot be stored now", retry_after=30) from None
    return web.json_response({"new": len(arrivals.new)}, status=202)


def _subscription(request: web.Request, room: Room) -> tuple[Subscription, Source]:
    """Raises RefusedError: 404 for an address that never was, 410 when its source is gone: the hub may forget it."""
    kept = room.app.subscriber.by_token(request.match_info["token"])
    if kept is None:
        raise RefusedError(404, "there is no such subscription")
    source = room.app.sources().get(kept.source_id)
    if source is None:
        raise RefusedError(410, "this is not followed any more")
    return kept, source


def routes(room: Room) -> tuple[Route, ...]:
    """What this face answers."""
    return (
        Route("GET", "/websub/{token}", partial(_verify, room=room)),
        Route("POST", "/websub/{token}", partial(_deliver, room=room)),
    )
