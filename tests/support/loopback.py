"""A loopback HTTP server that takes POSTs, follows a script of misbehaviour, and knows when nobody is connected."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.support.bell import Bell

BOUND = 5.0
"""Seconds after which a wait has failed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An ordinary answer instead of success."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Hang:
    """No answer, ever. With `taken` the message counts all the same."""

    taken: bool = True


@dataclass(frozen=True, slots=True)
class Drop:
    """The connection is cut without an answer. With `taken` the message counts all the same."""

    taken: bool = True


Misbehaviour = Answer | Hang | Drop


class _Server(web.Server):
    """aiohttp's low-level server, which tells when the last connection is gone."""

    open = 0
    idle: asyncio.Event

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        self.open += 1
        self.idle.clear()

    def connection_lost(self, handler: web.RequestHandler, exc: BaseException | None = None) -> None:
        super().connection_lost(handler, exc)
        # aiohttp's own list keeps a connection until its handler is done, even if nobody is there any more.
        self.open -= 1
        if not self.open:
            self.idle.set()


class LoopbackServer:
    """Subclasses say in `handle` what a request comes to. The script is used up one request after another; None in it
    is a request that is served. `bell` rings when a request has come (`asked` counts them) and when it was taken.
    """

    def __init__(self) -> None:
        self.script: deque[Misbehaviour | None] = deque()
        self.bell = Bell()
        self.asked = 0
        self.port = 0
        self._stopping = asyncio.Event()
        self._server = _Server(self._serve, access_log=None)
        self._server.idle = asyncio.Event()
        self._server.idle.set()
        self._listener: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        await self.listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        await self.vanish()
        await self._server.shutdown(0.1)

    async def listen(self) -> None:
        """Listen, on the same port again after `vanish`."""
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(self._server, "127.0.0.1", self.port)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def vanish(self) -> None:
        """Refuse connections from now on."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    async def idle(self) -> None:
        """Wait until nobody is connected; fails after a while."""
        await asyncio.wait_for(self._server.idle.wait(), BOUND)

    async def handle(self, request: web.Request, body: bytes, taken: bool) -> web.StreamResponse:
        """Take the request. Without `taken` it must leave no trace."""
        raise NotImplementedError

    def scripted(self, _request: web.Request) -> bool:
        """Whether the script is about this request."""
        return True

    async def _take(self, request: web.BaseRequest, body: bytes) -> web.StreamResponse:
        try:
            return await self.handle(request, body, taken=True)
        finally:
            self.bell.ring()

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        self.asked += 1
        self.bell.ring()
        misbehaviour = self.script.popleft() if self.script and self.scripted(request) else None
        if misbehaviour is None:
            return await self._take(request, body)
        if isinstance(misbehaviour, Answer):
            return web.Response(
                status=misbehaviour.status,
                text=misbehaviour.body,
                headers=dict(misbehaviour.headers),
                content_type=misbehaviour.content_type,
            )
        if misbehaviour.taken:
            await self._take(request, body)
        if isinstance(misbehaviour, Hang):
            await self._stopping.wait()
        if request.transport is not None:
            request.transport.abort()
        return web.Response()
