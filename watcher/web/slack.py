"""POST /slack/interactions: what people press in Slack, as signed requests. Answered at once; the work comes after."""

from __future__ import annotations

import json
from collections import OrderedDict
from functools import partial
from urllib.parse import parse_qs

from aiohttp import web

from watcher.delivery.slack.signing import TOLERANCE_S, ForgedError, check_claims, check_signature
from watcher.web.guard import RefusedError
from watcher.web.room import Room, Route

MAX_BYTES = 256_000
"""A payload repeats the message that it was pressed in."""

KEPT = 10_000
"""Signatures that are remembered, so that a request which somebody overheard is not taken again."""


async def _interact(request: web.Request, room: Room, taken: OrderedDict[str, float]) -> web.Response:
    secret = room.app.settings.slack_signing_secret.get_secret_value().strip()
    actions = room.app.slack_actions
    if actions is None or not secret:
        raise RefusedError(401, "requests from Slack are not taken: no signing secret is set")
    try:
        check_claims(request.headers, room.app.clock.now())
        body = await room.guard.body(request, MAX_BYTES)
        signature = check_signature(request.headers, body, secret)
    except ForgedError as error:
        raise RefusedError(401, str(error)) from None
    _only_once(signature, taken, room.app.clock.monotonic())
    if not actions.take(_payload(body)):
        taken.pop(signature, None)
        raise RefusedError(503, "too many clicks at once", retry_after=1)
    return web.Response()


def _only_once(signature: str, taken: OrderedDict[str, float], now: float) -> None:
    """After a restart it is each click's own id that keeps a repeat from counting."""
    if signature in taken:
        raise RefusedError(401, "this very request was taken before")
    taken[signature] = now
    # Older ones are stale by their own timestamp, which may lie as far ahead as behind.
    while taken and (now - next(iter(taken.values())) > 2 * TOLERANCE_S or len(taken) > KEPT):
        taken.popitem(last=False)


def _payload(body: bytes) -> object:
    try:
        form = parse_qs(body.decode("utf-8"), max_num_fields=10)
        return json.loads(form["payload"][0])
    except (ValueError, KeyError, RecursionError):
        raise RefusedError(400, "this is no interaction") from None


def routes(room: Room) -> tuple[Route, ...]:
    """What this face answers."""
    return (Route("POST", "/slack/interactions", partial(_interact, room=room, taken=OrderedDict())),)
