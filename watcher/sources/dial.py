"""Connections that are not HTTP: to checked addresses only, with verified TLS, each step within the poll's deadline."""

from __future__ import annotations

import httpcore

from watcher.net.backend import GuardedBackend
from watcher.net.deadline import Deadline
from watcher.net.trust import shared_trust
from watcher.sources.failure import FetchError, Reason, classify
from watcher.sources.fetch import Fetcher


async def dial(fetcher: Fetcher, host: str, port: int, deadline: Deadline) -> httpcore.AsyncNetworkStream:
    """Connect: the name is resolved once, and the address checked and connected to. Raises FetchError."""
    outside, policy = fetcher.outside, fetcher.policy
    backend = GuardedBackend(
        allowed=policy.allow_private,
        resolver=outside.resolver,
        connect_timeout=policy.connect_timeout,
        inner=outside.network,
    )
    try:
        return await backend.connect_tcp(host, port, timeout=deadline)
    except Exception as error:
        raise failed(error, deadline) from None


async def secured(
    fetcher: Fetcher, stream: httpcore.AsyncNetworkStream, host: str, deadline: Deadline
) -> httpcore.AsyncNetworkStream:
    """TLS on a connection; the certificate has to be good for `host`. Raises FetchError."""
    try:
        return await stream.start_tls(fetcher.outside.ssl_context or shared_trust(http2=False), host, timeout=deadline)
    except Exception as error:
        raise failed(error, deadline) from None


def failed(error: Exception, deadline: Deadline) -> FetchError:
    """What an error of such a connection means for the source."""
    if isinstance(error, FetchError):
        return error
    if deadline.remaining() > 0 and isinstance(error, httpcore.NetworkError | httpcore.TimeoutException):
        return FetchError(Reason.CONNECT, " ".join(str(error).split())[:300] or "the connection broke")
    return classify(error, time_is_up=deadline.remaining() <= 0, total=float(deadline))
