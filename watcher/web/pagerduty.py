"""POST /pagerduty/webhook: what people do in PagerDuty (V3 webhooks).

Everything that is signed and timely is answered 200, also what means nothing to us: PagerDuty drops what is answered
4xx, and stops sending for a day after three of those.
"""

from __future__ import annotations

from functools import partial

import structlog
from aiohttp import web

from watcher.delivery.pagerduty_events import HEADER, EventError, read_event, signed
from watcher.model.errors import UserError
from watcher.web.guard import RefusedError
from watcher.web.room import Room, Route

log = structlog.get_logger(__name__)

MAX_BYTES = 300_000
"""PagerDuty drops webhooks above 256 KB."""


async def _take(request: web.Request, room: Room) -> web.Response:
    secrets = room.app.settings.pagerduty_webhook_secrets
    if not secrets:
        raise RefusedError(404, "there is nothing here: WATCHER_PAGERDUTY_WEBHOOK_SECRET is not set")
    signature = request.headers.get(HEADER, "")
    if not signature:
        raise RefusedError(401, "a signature is needed")
    body = await room.guard.body(request, MAX_BYTES)
    if not signed(signature, body, secrets):
        raise RefusedError(401, "the signature is wrong")
    try:
        outcome = await room.app.oncall.take(read_event(body))
    except EventError as error:
        log.warning("pagerduty.unreadable", reason=str(error))
        return web.json_response({"outcome": "ignored", "why": [str(error)]})
    except UserError:  # storage, mostly: it is sent again
        log.exception("pagerduty.not_taken")
        raise RefusedError(503, "this cannot be stored now", retry_after=30) from None
    if outcome.taken.refused:
        raise RefusedError(401, outcome.reasons[0])
    return web.json_response({"outcome": outcome.taken, "why": list(outcome.reasons)})


def routes(room: Room) -> tuple[Route, ...]:
    """What this face answers."""
    return (Route("POST", "/pagerduty/webhook", partial(_take, room=room)),)
