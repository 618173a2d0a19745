"""A small HTTP/2 server on loopback with TLS: `/stall…` is never answered, everything else is echoed."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from pathlib import Path
from types import TracebackType
from typing import Self

import h2.config
import h2.connection
import h2.events

CERTIFICATE = Path(__file__).parent.parent / "support" / "loopback.pem"


class H2Server:
    """`connections` counts what was accepted."""

    def __init__(self) -> None:
        self.connections = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(CERTIFICATE)
        tls.set_alpn_protocols(["h2"])
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def url(self, path: str) -> str:
        assert self._server is not None
        return f"https://localhost:{self._server.sockets[0].getsockname()[1]}{path}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        state.initiate_connection()
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            while True:
                writer.write(state.data_to_send())
                await writer.drain()
                data = await reader.read(65536)
                if not data:
                    break
                for event in state.receive_data(data):
                    if isinstance(event, h2.events.RequestReceived):
                        _answer(state, event)
        self._tasks.discard(task)
        writer.close()


def _answer(state: h2.connection.H2Connection, event: h2.events.RequestReceived) -> None:
    path = dict(event.headers or [])[b":path"]
    if event.stream_id is None or path.startswith(b"/stall"):
        return
    state.send_headers(event.stream_id, [(b":status", b"200"), (b"content-type", b"text/plain")])
    state.send_data(event.stream_id, path, end_stream=True)
