"""GET /healthz: whether the watcher lives, for load balancers and containers. Interactive pages will join it here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from watcher.app import App
from watcher.model.errors import UserError
from watcher.services import inspect

log = structlog.get_logger(__name__)


@asynccontextmanager
async def serve_health(bind: str, app: App) -> AsyncIterator[None]:
    """Serve on `host:port` while the context lasts; an empty `bind` serves nothing. UserError if it cannot be bound."""
    if not bind:
        yield
        return
    runner = web.AppRunner(_application(app), access_log=None)
    await runner.setup()
    try:
        host, port = _address(bind)
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise UserError(
                f"cannot listen on {bind}: {error.strerror}", "set WATCHER_WEB_BIND to a free host:port"
            ) from None
        log.info("web.listening", bind=bind)
        yield
    finally:
        await runner.cleanup()


def _application(app: App) -> web.Application:
    async def healthz(_request: web.Request) -> web.Response:
        state = await inspect.status(app.db, app.clock)
        return web.json_response(state, status=200 if state["alive"] else 503)

    application = web.Application(client_max_size=64 * 1024)
    application.router.add_get("/healthz", healthz)
    return application


def _address(bind: str) -> tuple[str, int]:
    host, _, port = bind.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise UserError(f"WATCHER_WEB_BIND={bind} is no host:port", "for example 127.0.0.1:8080 or [::1]:8080")
    return host.strip("[]"), int(port)
