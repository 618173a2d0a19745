"""POST /alerts/{id}/{what}: what people do with an alert, for any tool that can send a request.

The bearer token is WATCHER_API_TOKEN; without it there is nothing here. The body is JSON or empty. An `Idempotency-Key`
makes the same request safe to send again.
"""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from hashlib import sha256

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from watcher.model.errors import UserError
from watcher.model.life import Act, Actor, Feedback, Verb
from watcher.rulebook.durations import parse_duration
from watcher.services import inspect
from watcher.services.respond import Response
from watcher.web.guard import RefusedError
from watcher.web.proof import ProofError, check_bearer
from watcher.web.room import Room, Route

log = structlog.get_logger(__name__)
MAX_BYTES = 10_000
SHORTEST = 16
"""Characters of a token: a shorter one could be guessed."""
PLACE = "api"
_MAX_KEY = 200
_VERBS = {"ack": Verb.ACKNOWLEDGE, "snooze": Verb.SNOOZE, "resolve": Verb.RESOLVE, "reopen": Verb.REOPEN}
_FEEDBACK = "feedback"


class _Order(BaseModel):
    """`by` is who does it, `for` how long (`2h`): the end of an acknowledgement, needed for a snooze."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    by: str = Field("a program", min_length=1, max_length=80)
    lasts: str = Field("", alias="for", max_length=20)
    note: str = Field("", max_length=2_000)
    verdict: str = Field("", max_length=20)


_FIELDS = ", ".join(field.alias or name for name, field in _Order.model_fields.items())
_PLAINLY = {"extra_forbidden": f"no such field; there are {_FIELDS}", "model_type": "an object is expected"}


async def _act(request: web.Request, room: Room) -> web.Response:
    _prove(request, room)
    what, alert_id = request.match_info["what"], request.match_info["alert"]
    if what not in _VERBS and what != _FEEDBACK:
        raise RefusedError(404, f"an alert can be {', '.join(_VERBS)} or {_FEEDBACK}")
    order = _read(await room.guard.body(request, MAX_BYTES))
    name = _event_name(request, alert_id, what)
    try:
        response = await _do(room, alert_id, what, order, name)
    except UserError:
        log.exception("api.not_done")
        raise RefusedError(503, "this cannot be stored now", retry_after=30) from None
    told = {"alert": inspect.alert_row(response.alert), "changed": response.changed, "why": list(response.reasons)}
    status = 200 if response.changed or response.repeated else 409
    return web.json_response(told | ({"repeated": True} if response.repeated else {}), status=status)


async def _do(room: Room, alert_id: str, what: str, order: _Order, name: str) -> Response:
    if not await inspect.knows_alert(room.app.db, alert_id):  # no beginnings of ids: a program knows the whole
        raise RefusedError(404, "there is no such alert")
    actor, now = Actor(order.by, PLACE), room.app.clock.now()
    if what == _FEEDBACK:
        verdict = _verdict(order.verdict)
        return await room.app.responder.say(alert_id, verdict, actor, note=order.note, external_id=name)
    lasts = _duration(order.lasts)
    if what == "snooze" and lasts is None:
        raise RefusedError(422, "a snooze has an end: 30m, 4h, 2d", field="for")
    act = Act(_VERBS[what], actor, now, until=now + lasts if lasts else None, note=order.note, external_id=name)
    return await room.app.responder.act(alert_id, act)


def _prove(request: web.Request, room: Room) -> None:
    token = room.app.settings.api_token.get_secret_value()
    if not token:
        raise RefusedError(404, "there is nothing here: WATCHER_API_TOKEN is not set")
    if len(token) < SHORTEST:
        log.error("api.token_too_short", least=SHORTEST)
        raise RefusedError(503, "this cannot take anything yet", retry_after=60)
    try:
        check_bearer(request.headers, token)
    except ProofError as error:
        raise RefusedError(401, str(error)) from None


def _read(body: bytes) -> _Order:
    try:
        return _Order.model_validate(json.loads(body) if body.strip() else {})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        why = _PLAINLY.get(first["type"], first["msg"])
        raise RefusedError(422, why, field=".".join(str(part) for part in first["loc"])) from None
    except (ValueError, RecursionError):
        raise RefusedError(400, "the body is no JSON") from None


def _event_name(request: web.Request, alert_id: str, what: str) -> str:
    """The same key for another alert, or another thing to do, is another request."""
    key = request.headers.get("Idempotency-Key", "")[:_MAX_KEY]
    digest = sha256(f"{key}\n{alert_id}\n{what}".encode("utf-8", "surrogateescape")).hexdigest()
    return f"{PLACE}:{digest[:32]}" if key else ""


def _duration(text: str) -> timedelta | None:
    try:
        return parse_duration(text) if text else None
    except ValueError as error:
        raise RefusedError(422, str(error), field="for") from None


def _verdict(text: str) -> Feedback:
    try:
        return Feedback(text)
    except ValueError:
        raise RefusedError(422, f"one of {', '.join(Feedback)}", field="verdict") from None


def routes(room: Room) -> tuple[Route, ...]:
    """What this face answers."""
    return (Route("POST", "/alerts/{alert}/{what}", partial(_act, room=room)),)
