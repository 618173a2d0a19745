"""A transport for httpx over httpcore's public pool, with the guarded network below and bounded answers above."""

from __future__ import annotations

import importlib.util
import ssl
import sys
import time
from collections.abc import AsyncIterable, AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType

import httpcore
import httpx

from watcher.net.backend import GuardedBackend
from watcher.net.body import Decoder, decoder_for
from watcher.net.deadline import Clock, Deadline
from watcher.net.errors import BodyTooLargeError, TooManyHeadersError
from watcher.net.guard import Network
from watcher.net.proxy import Proxy
from watcher.net.resolve import Resolver, system_resolver
from watcher.net.target import check_target
from watcher.net.trust import shared_trust

if importlib.util.find_spec("sniffio") is None:
    # httpcore tries to import it for each lock that it makes, several a request, and to look for what is not installed
    # takes longer than to send the request. This is how Python is told that a module is not there.
    sys.modules["sniffio"] = None  # type: ignore[assignment]

_ERRORS: tuple[tuple[type[Exception], type[httpx.TransportError]], ...] = (
    (httpcore.ConnectTimeout, httpx.ConnectTimeout),
    (httpcore.ReadTimeout, httpx.ReadTimeout),
    (httpcore.WriteTimeout, httpx.WriteTimeout),
    (httpcore.PoolTimeout, httpx.PoolTimeout),
    (httpcore.TimeoutException, httpx.ReadTimeout),
    (httpcore.ConnectError, httpx.ConnectError),
    (httpcore.ReadError, httpx.ReadError),
    (httpcore.WriteError, httpx.WriteError),
    (httpcore.NetworkError, httpx.ReadError),
    (httpcore.UnsupportedProtocol, httpx.UnsupportedProtocol),
    (httpcore.LocalProtocolError, httpx.LocalProtocolError),
    (httpcore.RemoteProtocolError, httpx.RemoteProtocolError),
    (httpcore.ProtocolError, httpx.RemoteProtocolError),
    (httpcore.ProxyError, httpx.ProxyError),
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one request may cost: seconds in all and for a connect, bytes of body (sent and decoded), header fields.

    Connections without a request are kept for `keepalive` seconds, `max_idle` of them at most.
    """

    total_timeout: float = 30.0
    connect_timeout: float = 10.0
    max_bytes: int = 10_000_000
    max_headers: int = 200
    max_idle: int = 20
    keepalive: float = 5.0


@dataclass(frozen=True, slots=True)
class Outside:
    """What the transport meets outside, so that a test can stand in for it: names, time (monotonic), trust, network."""

    resolver: Resolver = system_resolver
    clock: Clock = time.monotonic
    ssl_context: ssl.SSLContext | None = None
    network: httpcore.AsyncNetworkBackend | None = None


def _for_pool(proxy: Proxy) -> httpcore.Proxy:
    """As httpcore wants it."""
    return httpcore.Proxy(httpcore.URL(scheme=proxy.scheme, host=proxy.host, port=proxy.port, target="/"), proxy.auth)


class GuardedTransport(httpx.AsyncBaseTransport):
    """Reaches checked addresses only; answers come decompressed, without Content-Encoding and Content-Length.

    A request's time is its extension `deadline` (a Deadline), or `bounds.total_timeout` from its start.
    Behind a `proxy` targets are checked by their spelling only. Raises httpx.TransportError and the classes of
    `watcher.net.errors`, all of which are such.
    """

    def __init__(
        self,
        *,
        allow_private: Sequence[Network] = (),
        bounds: Bounds | None = None,
        http2: bool = True,
        outside: Outside | None = None,
        proxy: Proxy | None = None,
    ) -> None:
        self._bounds = bounds or Bounds()
        outside = outside or Outside()
        self._clock = outside.clock
        self._proxied, self._allowed = proxy is not None, tuple(allow_private)
        backend = GuardedBackend(
            allowed=allow_private,
            resolver=outside.resolver,
            connect_timeout=self._bounds.connect_timeout,
            inner=outside.network,
            named=proxy.host if proxy else None,
        )
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=outside.ssl_context or shared_trust(http2=http2),
            # No bound here: a request whose time is up while it waits for a connection leaves one behind in httpcore's
            # pool that nobody uses or closes. How many requests run at once is for the caller to bound.
            max_connections=None,
            max_keepalive_connections=self._bounds.max_idle,
            keepalive_expiry=self._bounds.keepalive,
            http1=True,
            http2=http2,
            network_backend=backend,
            proxy=_for_pool(proxy) if proxy else None,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; no redirects, no repeats."""
        deadline = request.extensions.get("deadline")
        if not isinstance(deadline, Deadline):
            deadline = Deadline(self._bounds.total_timeout, self._clock)
        if self._proxied:
            check_target(request.url.host, self._allowed)
        with _as_httpx_errors():
            answer = await self._pool.handle_async_request(_to_httpcore(request, deadline))
        body = _BoundedBody(answer, self._bounds.max_bytes)
        try:
            headers = self._checked_headers(answer.headers)
            encoding = headers.get("content-encoding", "")
            body.decoder = decoder_for(encoding)
            body.check_length(headers.get("content-length", ""))
        except httpx.TransportError:
            await body.aclose()
            raise
        for name in ("content-encoding", "content-length", "transfer-encoding"):
            headers.pop(name, None)
        kept = {key: answer.extensions[key] for key in ("http_version", "reason_phrase") if key in answer.extensions}
        return httpx.Response(answer.status, headers=headers, stream=body, extensions=kept)

    async def aclose(self) -> None:
        """Close all connections."""
        with _as_httpx_errors():
            await self._pool.aclose()

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.aclose()

    def _checked_headers(self, fields: Sequence[tuple[bytes, bytes]]) -> httpx.Headers:
        if len(fields) > self._bounds.max_headers:
            raise TooManyHeadersError(f"{len(fields)} header fields, at most {self._bounds.max_headers} are read")
        return httpx.Headers(list(fields))


class _BoundedBody(httpx.AsyncByteStream):
    """The decoded body, which ends in BodyTooLargeError beyond the cap."""

    decoder: Decoder

    def __init__(self, answer: httpcore.Response, max_bytes: int) -> None:
        self._answer = answer
        self._max_bytes = max_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        received = decoded = 0
        with _as_httpx_errors():
            async for data in self._answer.aiter_stream():
                received += len(data)
                self._check(received)
                for piece in self.decoder.feed(data):
                    decoded += len(piece)
                    self._check(decoded)
                    yield piece
        self.decoder.finish()

    async def aclose(self) -> None:
        """Give the connection back, or close it if the body was not read to its end."""
        with _as_httpx_errors():
            await self._answer.aclose()

    def check_length(self, content_length: str) -> None:
        """Refuse at once what says that it is too large."""
        if content_length.isascii() and content_length.isdigit() and len(content_length) < 20:
            self._check(int(content_length))

    def _check(self, size: int) -> None:
        if size > self._max_bytes:
            raise BodyTooLargeError(f"the answer is larger than {self._max_bytes:,} bytes")


def _to_httpcore(request: httpx.Request, deadline: Deadline) -> httpcore.Request:
    stream = request.stream
    if not isinstance(stream, AsyncIterable):
        raise TypeError("the request's body must be asynchronous")
    url = request.url
    timeout = {"connect": deadline, "read": deadline, "write": deadline, "pool": deadline.remaining()}
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=stream,
        extensions={"timeout": timeout},
    )


@contextmanager
def _as_httpx_errors() -> Iterator[None]:
    try:
        yield
    except httpx.TransportError:
        raise
    except Exception as error:
        for ours, theirs in _ERRORS:
            if isinstance(error, ours):
                raise theirs(str(error) or theirs.__name__) from error
        raise
