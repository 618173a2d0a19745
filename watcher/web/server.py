"""The one web server: health, documents that are sent to us, hubs. Another face is one module, one line in FACES."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiohttp import web
from aiohttp.http import HttpProcessingError

from watcher.app import App
from watcher.model.errors import UserError
from watcher.web import alerts, health, pagerduty, push, slack, unsubscribe, websub
from watcher.web.guard import Guard, Handler
from watcher.web.room import Face, Room

log = structlog.get_logger(__name__)

FACES: tuple[Face, ...] = (
    health.routes,
    alerts.routes,
    push.routes,
    websub.routes,
    pagerduty.routes,
    slack.routes,
    unsubscribe.routes,
)

HEADERS_S = 15
"""Seconds for a request's first line and headers, and between two requests on one connection."""

MAX_LINE, MAX_HEADERS = 8_190, 64


@asynccontextmanager
async def serve(bind: str, app: App, *, guard: Guard | None = None, headers_s: float = HEADERS_S) -> AsyncIterator[int]:
    """Serve on `host:port` while the context lasts; gives the port, 0 if `bind` is empty and nothing is served.

    Raises UserError if the address cannot be bound.
    """
    if not bind:
        _warn_unreachable(app)
        yield 0
        return
    runner = web.AppRunner(
        _application(Room(app, guard or Guard(app.clock.monotonic))),
        access_log=None, keepalive_timeout=headers_s, lingering_time=1.0,
        max_line_size=MAX_LINE, max_field_size=MAX_LINE, max_headers=MAX_HEADERS, logger=_logger(),
    )  # fmt: skip
    await runner.setup()
    try:
        host, port = _address(bind)
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise UserError(
                f"cannot listen on {bind}: {error.strerror}", "set WATCHER_WEB_BIND to a free host:port"
            ) from None
        listening = runner.addresses[0][1]
        log.info("web.listening", bind=bind, port=listening)
        yield listening
    finally:
        await runner.cleanup()


def _application(room: Room) -> web.Application:
    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        answer = await room.guard.around(request, handler)
        answer.headers["Server"] = "signal-watch"  # aiohttp would tell the versions of all below
        return answer

    application = web.Application(middlewares=[guarded])
    for face in FACES:
        for route in face(room):
            application.router.add_route(route.method, route.path, route.handle)
    return application


def _logger() -> logging.Logger:
    """Where aiohttp reports faults. What is no HTTP is a stranger's doing, and would be a traceback each time."""
    logger = logging.getLogger("aiohttp.server")
    logger.addFilter(_is_fault)
    return logger


def _is_fault(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


def _warn_unreachable(app: App) -> None:
    """Sources that wait for what nobody can send would look quiet."""
    waiting = [source.id for source in app.sources().values() if source.kind == "push"]
    settings = app.settings
    secrets = [settings.pagerduty_webhook_secret, settings.api_token]
    if not settings.slack_app_token.get_secret_value():
        secrets.append(settings.slack_signing_secret)
    if waiting or settings.public_url or any(secret.get_secret_value() for secret in secrets):
        log.warning("web.off", reason="WATCHER_WEB_BIND is not set: nothing can be sent to us", sources=waiting[:20])


def _address(bind: str) -> tuple[str, int]:
    host, _, port = bind.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise UserError(f"WATCHER_WEB_BIND={bind} is no host:port", "for example 127.0.0.1:8080 or [::1]:8080")
    return host.strip("[]"), int(port)
