"""A loopback HTTP/1.1 server that follows a script, and can misbehave as no library would let it.

    async with NewsServer() as server:
        server.on("/feed", Reply(body=FEED, headers={"ETag": '"1"'}), Reply(status=304))
        ... fetch server.url("/feed") ...
        assert server.requests[0].headers["user-agent"]

Replies of a path are used one after another, and the last one stays. A script can also be a coroutine that is given the
Exchange and writes whatever bytes it likes.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from tests.support.bell import Bell


@dataclass(frozen=True, slots=True)
class Reply:
    """An ordinary answer; Content-Length is added unless it is among the headers."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked: `headers` have lower-case names, `target` is path and query as sent."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


class Exchange:
    """One request on its connection, for scripts that write the bytes themselves."""

    def __init__(self, request: Request, writer: asyncio.StreamWriter, closing: asyncio.Event) -> None:
        self.request = request
        self._writer = writer
        self._closing = closing

    async def write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def stall(self) -> None:
        """Say nothing more until the server is shut down or the client goes away."""
        gone = asyncio.ensure_future(self._writer.wait_closed())
        closing = asyncio.ensure_future(self._closing.wait())
        await asyncio.wait({gone, closing}, return_when=asyncio.FIRST_COMPLETED)
        for waiting in (gone, closing):
            waiting.cancel()

    def hang_up(self) -> None:
        self._writer.close()


Script = Reply | Callable[[Exchange], Awaitable[None]]


class NewsServer:
    """See the module. `port` is chosen by the system; requests are kept in order of arrival."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self.bell = Bell()
        self.connections = 0
        self._scripts: dict[str, list[Script]] = {}
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._closing = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=self._tls)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._closing.set()
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def url(self, target: str = "/", host: str = "127.0.0.1") -> str:
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{target}"

    def on(self, path: str, *scripts: Script) -> None:
        """What `path` answers from now on."""
        self._scripts[path] = list(scripts)

    def seen(self, path: str) -> list[Request]:
        """The requests for `path` so far."""
        return [request for request in self.requests if request.path == path]

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while not writer.is_closing():
                    await self._serve(await _read_request(reader), writer)
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _serve(self, request: Request, writer: asyncio.StreamWriter) -> None:
        self.requests.append(request)
        self.bell.ring()
        scripts = self._scripts.get(request.path)
        script: Script = Reply(status=404)
        if scripts:
            script = scripts.pop(0) if len(scripts) > 1 else scripts[0]
        exchange = Exchange(request, writer, self._closing)
        if isinstance(script, Reply):
            await exchange.write(encode(script, with_body=request.method != "HEAD"))
        else:
            await script(exchange)


def encode(reply: Reply, *, with_body: bool = True) -> bytes:
    """The bytes of an ordinary answer."""
    headers = dict(reply.headers)
    if not any(name.lower() in ("content-length", "transfer-encoding") for name in headers):
        headers["Content-Length"] = str(len(reply.body))
    lines = [f"HTTP/1.1 {reply.status} Scripted", *(f"{name}: {value}" for name, value in headers.items())]
    head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
    return head + (reply.body if with_body and reply.status not in (204, 304) else b"")


async def _read_request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, target, headers, body)
