"""GET /healthz: whether the watcher is well (`watcher status` as JSON), for load balancers and monitors."""

from __future__ import annotations

from aiohttp import web

from watcher.services import inspect
from watcher.web.room import Room, Route


def routes(room: Room) -> tuple[Route, ...]:
    """What this face answers."""

    async def healthz(_request: web.Request) -> web.Response:
        state = await inspect.status(room.app.db, room.app.clock)
        state["web"] = {"refused": room.guard.refused, "pagerduty": dict(room.app.oncall.tally)}
        return web.json_response(state, status=200 if state["well"] else 503)

    # Some monitors ask by HEAD.
    return (Route("GET", "/healthz", healthz), Route("HEAD", "/healthz", healthz))
