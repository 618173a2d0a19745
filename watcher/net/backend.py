"""The network under httpcore: looks a name up once, checks what came, connects to exactly that, keeps the deadline."""

from __future__ import annotations

import asyncio
import select
import socket
import ssl
from collections.abc import Iterable, Sequence
from ipaddress import ip_address

import httpcore

from watcher.net.deadline import Deadline
from watcher.net.errors import AddressBlockedError, NameUnresolvedError, TlsError
from watcher.net.guard import Address, Network, blocked_reason, embedded, is_local_name, literal_address
from watcher.net.resolve import Resolver

MAX_ADDRESSES = 4
"""How many addresses of one name are tried; a name may have a hundred."""


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects to checked addresses only.

    Checking happens on the resolved address that is then connected to, so a name server that changes its mind between
    the two (DNS rebinding) gains nothing. Timeouts are httpcore's own errors, raised from within: a request that is
    cancelled from outside would leave httpcore's pool in disorder. `named` is a host that the operator chose himself (a
    proxy): it is reached wherever it is.
    """

    def __init__(
        self,
        *,
        allowed: Sequence[Network],
        resolver: Resolver,
        connect_timeout: float,
        inner: httpcore.AsyncNetworkBackend | None = None,
        named: str | None = None,
    ) -> None:
        self._allowed = tuple(allowed)
        self._named = named
        self._resolver = resolver
        self._connect_timeout = connect_timeout
        self._inner = inner or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Raises NameUnresolvedError, AddressBlockedError, httpcore.ConnectTimeout and httpcore.ConnectError."""
        candidates = self._checked(host, await self._addresses(host, port, timeout))
        failure: Exception = httpcore.ConnectError(f"no connection to {host}")
        for address in candidates[:MAX_ADDRESSES]:
            left = _left(timeout, httpcore.ConnectTimeout, self._connect_timeout)
            try:
                stream = await self._inner.connect_tcp(str(address), port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return GuardedStream(stream, self._connect_timeout)
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Never allowed."""
        raise AddressBlockedError("unix sockets are not reached")

    async def sleep(self, seconds: float) -> None:
        """Pause, for httpcore's own repeats (which are off)."""
        await self._inner.sleep(seconds)

    async def _addresses(self, host: str, port: int, limit: float | None) -> list[Address]:
        literal = literal_address(host)
        if literal is not None:
            return [literal]
        if is_local_name(host):
            return [ip_address("127.0.0.1"), ip_address("::1")]
        try:
            async with asyncio.timeout(_left(limit, httpcore.ConnectTimeout, self._connect_timeout)):
                found = await self._resolver(host, port)
        except TimeoutError:
            raise httpcore.ConnectTimeout(f"the name {host} was not looked up in time") from None
        except (OSError, UnicodeError) as error:
            raise NameUnresolvedError(f"the name {host} cannot be resolved: {_strerror(error)}") from None
        if not found:
            raise NameUnresolvedError(f"the name {host} has no address")
        return [ip_address(each) for each in found]

    def _checked(self, host: str, addresses: Sequence[Address]) -> list[Address]:
        if host == self._named:
            return list(addresses)
        reasons = [blocked_reason(address, self._allowed) for address in addresses]
        good = [address for address, reason in zip(addresses, reasons, strict=True) if reason is None]
        if good:
            return good
        first = embedded(addresses[0])
        raise AddressBlockedError(f"{host} leads to {first}, which is not reached ({reasons[0]})")


class GuardedStream(httpcore.AsyncNetworkStream):
    """A connection whose every step is held to the deadline of the request that takes it."""

    def __init__(self, inner: httpcore.AsyncNetworkStream, connect_timeout: float) -> None:
        self._inner = inner
        self._connect_timeout = connect_timeout
        self._socket = inner.get_extra_info("socket") if hasattr(select, "poll") else None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Raises httpcore.ReadTimeout when the deadline has passed."""
        return await self._inner.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Raises httpcore.WriteTimeout when the deadline has passed."""
        await self._inner.write(buffer, _left(timeout, httpcore.WriteTimeout))

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        """Raises TlsError when certificate or handshake are bad, httpcore.ConnectTimeout."""
        left = _left(timeout, httpcore.ConnectTimeout, self._connect_timeout)
        try:
            stream = await self._inner.start_tls(ssl_context, server_hostname, left)
        except httpcore.ConnectError as error:
            raise TlsError(f"TLS with {server_hostname} failed: {error}") from None
        return GuardedStream(stream, self._connect_timeout)

    def get_extra_info(self, info: str) -> object:
        """What the connection below knows.

        At each request the pool asks of each idle connection whether it can be read, because that means that the server
        has closed it. So the socket is asked at once, in a tenth of the time.
        """
        if info == "is_readable" and self._socket:
            return _readable(self._socket)
        return self._inner.get_extra_info(info)


def _readable(connected: socket.socket) -> bool:
    number = connected.fileno()
    if number < 0:
        return True
    waiting = select.poll()
    waiting.register(number, select.POLLIN)
    return bool(waiting.poll(0))


def _left(limit: float | None, error: type[Exception], at_most: float | None = None) -> float | None:
    """Seconds for the next step: what the request's deadline leaves, or the plain timeout, at most `at_most`."""
    if isinstance(limit, Deadline):
        limit = limit.remaining()
        if limit <= 0:
            raise error("the time for the request is up")
    if at_most is None:
        return limit
    return at_most if limit is None else min(limit, at_most)


def _strerror(error: OSError | UnicodeError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
