"""What faces of the web server share, and what one is: a function that is given the Room and says its routes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from aiohttp import web

from watcher.app import App
from watcher.web.guard import Guard


@dataclass(frozen=True, slots=True)
class Room:
    """The running watcher, and the guard that reads bodies."""

    app: App
    guard: Guard


@dataclass(frozen=True, slots=True)
class Route:
    """`handle` raises RefusedError for every answer that is not success."""

    method: str
    path: str
    handle: Callable[[web.Request], Awaitable[web.StreamResponse]]


Face = Callable[[Room], Iterable[Route]]
