"""/unsubscribe/{token}: the link in a mail. GET asks (scanners follow links), POST acts (RFC 8058, or the page)."""

from __future__ import annotations

from functools import partial
from html import escape

from aiohttp import web

from watcher.delivery.leaving import PATH
from watcher.model.errors import UserError
from watcher.services.recipients import Recipient
from watcher.web.guard import RefusedError
from watcher.web.room import Room, Route

MAX_BYTES = 4_000
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex"><title>Signal Watch</title>
<style>:root {{ color-scheme: light dark }} body {{ font: 18px/1.5 sans-serif; max-width: 34em; margin: 3em auto;
padding: 0 1em; overflow-wrap: anywhere }} button {{ font: inherit; padding: .4em 1em }}</style></head>
<body><h1>Signal Watch</h1>
{body}
</body></html>
"""


async def _ask(request: web.Request, room: Room) -> web.Response:
    who = _recipient(request, room)
    return _page(
        f"<p>Send no more messages of the channel {_named(who)}?</p>"
        '<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">'
        "<button>Unsubscribe</button></form>"
    )


async def _leave(request: web.Request, room: Room) -> web.Response:
    who = _recipient(request, room)
    await room.guard.body(request, MAX_BYTES)  # whatever it says: the link itself is the proof
    try:
        await room.app.leaver.leave(who)
    except UserError:  # storage, mostly
        raise RefusedError(503, "this cannot be stored now", retry_after=30) from None
    return _page(f"<p>Nothing more is sent of the channel {_named(who)}. Your desk can let you in again.</p>")


def _recipient(request: web.Request, room: Room) -> Recipient:
    who = room.app.leaver.who(request.match_info["token"])
    if who is None:
        raise RefusedError(401, "this link is none of ours, or was cut")
    return who


def _named(who: Recipient) -> str:
    return f"<strong>{escape(who.channel)}</strong> to <strong>{escape(who.target)}</strong>"


def _page(body: str) -> web.Response:
    return web.Response(text=_PAGE.format(body=body), content_type="text/html", headers=_HEADERS)


def routes(room: Room) -> tuple[Route, ...]:
    """What this face answers."""
    return (
        Route("GET", PATH + "{token}", partial(_ask, room=room)),
        Route("POST", PATH + "{token}", partial(_leave, room=room)),
    )
