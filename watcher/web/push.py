"""POST /push/{source}: documents for a source of kind `push`. The answer is 202 when they are stored for good."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import Any

import structlog
from aiohttp import web
from pydantic import SecretStr

from watcher.app import App
from watcher.model.document import Source
from watcher.model.errors import UserError
from watcher.net.secret import UnsetError
from watcher.sources.entries import UnreadableError
from watcher.sources.identity import Arrivals
from watcher.sources.push import FEEDS, JSON, FieldError, PushOptions, read_documents
from watcher.sources.sandbox import SandboxError
from watcher.web.guard import RefusedError
from watcher.web.proof import TOLERANCE_S, ProofError, check_bearer, check_claims, check_signature
from watcher.web.room import Room, Route

log = structlog.get_logger(__name__)

KEPT = 1_000
"""Idempotency keys and signatures that are remembered of a source."""

SHORTEST = 16
"""Characters of a token or secret."""

_MAX_KEY = 200


@dataclass(slots=True)
class _Sender:
    """What is remembered of a source's senders: requests of the last minute, keys with their answers, signatures.

    It is lost at a restart, and then documents are still recognised by what they are.
    """

    allowance: float
    at: float
    answers: OrderedDict[str, tuple[bytes, dict[str, Any]]] = field(default_factory=OrderedDict)
    signatures: OrderedDict[str, float] = field(default_factory=OrderedDict)


async def _push(request: web.Request, room: Room, senders: dict[str, _Sender]) -> web.Response:
    source, options = _source(request.match_info["source"], room.app)
    kind = request.content_type
    body, proof = await _proven(request, room, options)
    if kind != JSON and kind not in FEEDS:
        raise RefusedError(415, f"send {JSON}, or a feed by its own type, such as application/rss+xml")
    now = room.app.clock.monotonic()
    sender = senders.setdefault(source.id, _Sender(float(options.per_minute), now))
    _pace(sender, options, now)
    if proof and proof in sender.signatures:
        raise RefusedError(401, "this very request was taken before")
    key = request.headers.get("Idempotency-Key", "")[:_MAX_KEY]
    before = sender.answers.get(key) if key else None
    digest = sha256(kind.encode() + b"\n" + body).digest()
    if before is not None:
        if before[0] != digest:
            raise RefusedError(422, "another body was sent with this key", field="Idempotency-Key")
        return web.json_response(before[1] | {"repeated": True}, status=202)
    told = _told(await _stored(source, body, request.headers.get("Content-Type", kind), room.app))
    _remember(sender, key, digest, told, proof, now)
    return web.json_response(told, status=202)


def _source(source_id: str, app: App) -> tuple[Source, PushOptions]:
    source = app.sources().get(source_id)
    if source is None or not isinstance(source.options, PushOptions):
        raise RefusedError(404, "there is no such push source")
    return source, source.options


async def _proven(request: web.Request, room: Room, options: PushOptions) -> tuple[bytes, str]:
    """The body and what names the request, once it is known who sends. What can be refused unread is."""
    try:
        if options.token is not None:
            check_bearer(request.headers, _secret(room.app, options.token, "token"))
            return await room.guard.body(request, options.max_bytes), ""
        secret = _secret(room.app, options.secret or SecretStr(""), "secret")
        check_claims(request.headers, room.app.clock.now())
        body = await room.guard.body(request, options.max_bytes)
        return body, check_signature(request.headers, body, secret)
    except ProofError as error:
        raise RefusedError(401, str(error)) from None
    except UnsetError as error:
        log.error("push.unset", reason=str(error))  # noqa: TRY400 - what is missing is all there is to say
        raise RefusedError(503, "this source cannot take anything yet", retry_after=60) from None


def _secret(app: App, value: SecretStr, option: str) -> str:
    """Raises UnsetError, also for what anybody could guess."""
    found = app.secret(value, option)
    if len(found) < SHORTEST:
        raise UnsetError(f"{option} has fewer than {SHORTEST} characters, which can be guessed")
    return found


def _pace(sender: _Sender, options: PushOptions, now: float) -> None:
    """`per_minute` requests at once at most, and as many in a minute."""
    most = float(options.per_minute)
    sender.allowance = min(most, sender.allowance + (now - sender.at) * most / 60)
    sender.at = now
    if sender.allowance < 1:
        wait = (1 - sender.allowance) * 60 / most
        raise RefusedError(429, f"at most {options.per_minute} requests a minute", retry_after=int(wait) + 1)
    sender.allowance -= 1


async def _stored(source: Source, body: bytes, content_type: str, app: App) -> Arrivals:
    try:
        items = await read_documents(body, content_type, source.url, app.clock.now(), app.sandbox)
    except FieldError as error:
        raise RefusedError(422, str(error), field=error.field) from None
    except UnreadableError as error:
        raise RefusedError(400, str(error)) from None
    except SandboxError:
        raise RefusedError(400, "the feed cannot be read") from None
    try:
        return await app.receiver.take_in(source, items)
    except UserError:
        log.exception("push.not_stored", source=source.id)
        raise RefusedError(503, "this cannot be stored now", retry_after=30) from None


def _told(arrivals: Arrivals) -> dict[str, Any]:
    return {"new": len(arrivals.new), "revised": len(arrivals.revised), "unchanged": arrivals.unchanged}


def _remember(sender: _Sender, key: str, digest: bytes, told: dict[str, Any], proof: str, now: float) -> None:
    """Only what was stored: a request that failed may come again just as it was."""
    if key:
        sender.answers[key] = (digest, told)
    if proof:
        sender.signatures[proof] = now
    while len(sender.answers) > KEPT:
        sender.answers.popitem(last=False)
    # Older signatures are stale by their own timestamp, which may lie as far ahead as behind.
    while sender.signatures and now - next(iter(sender.signatures.values())) > 2 * TOLERANCE_S:
        sender.signatures.popitem(last=False)


def routes(room: Room) -> tuple[Route, ...]:
    """What this face answers."""
    return (Route("POST", "/push/{source}", partial(_push, room=room, senders={})),)
