"""Why a fetch failed, and what that says about the source."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

import httpx

from watcher.model.document import Health
from watcher.net.errors import (
    AddressBlockedError,
    BodyBrokenError,
    BodyTooLargeError,
    EncodingRefusedError,
    NameUnresolvedError,
    TlsError,
)


class Reason(StrEnum):
    """One word for what went wrong."""

    URL = "url"
    DNS = "dns"
    BLOCKED_ADDRESS = "blocked-address"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    TOO_LARGE = "too-large"
    REDIRECTS = "redirects"
    HTTP_STATUS = "http-status"
    PROTOCOL = "protocol"
    ENCODING = "encoding"
    AUTH = "auth"


class FetchError(Exception):
    """A fetch that failed for good, after its repeats. The text names the reason first and never a password.

    `health` is this poll's verdict; `retry_after` is what the server asked for, already clamped; `challenged` says that
    it wants a person to prove himself.
    """

    def __init__(
        self,
        reason: Reason,
        message: str,
        *,
        status: int | None = None,
        retry_after: timedelta | None = None,
        challenged: bool = False,
    ) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason
        self.status = status
        self.retry_after = retry_after
        self.challenged = challenged

    @property
    def health(self) -> Health:
        """BLOCKED when the server or our own guard refuses, GONE when the page is, else FAILING."""
        refused = self.challenged or self.reason in (Reason.BLOCKED_ADDRESS, Reason.AUTH)
        if refused or self.status in (401, 403, 429, 451):
            return Health.BLOCKED
        return Health.GONE if self.status == 410 else Health.FAILING

    @property
    def transient(self) -> bool:
        """Whether a quick repeat may help: broken connections and a server's own faults, unless it named a time."""
        if self.status is None:
            return self.reason in (Reason.CONNECT, Reason.PROTOCOL)
        return self.status >= 500 and not self.challenged and self.status != 501 and self.retry_after is None


_REASONS: Sequence[tuple[type[Exception], Reason]] = (
    (NameUnresolvedError, Reason.DNS),
    (AddressBlockedError, Reason.BLOCKED_ADDRESS),
    (TlsError, Reason.TLS),
    (BodyTooLargeError, Reason.TOO_LARGE),
    (EncodingRefusedError, Reason.ENCODING),
    (BodyBrokenError, Reason.PROTOCOL),
    (httpx.ConnectTimeout, Reason.CONNECT),
    (httpx.TimeoutException, Reason.TIMEOUT),
    (httpx.UnsupportedProtocol, Reason.URL),
    (httpx.ProtocolError, Reason.PROTOCOL),
    (httpx.NetworkError, Reason.CONNECT),
)


def classify(error: Exception, *, time_is_up: bool, total: float) -> FetchError:
    """What an error of the client means. `total` is the policy's time for a request in seconds."""
    if time_is_up:
        return FetchError(Reason.TIMEOUT, f"no complete answer within {total:g} s")
    reason = next((reason for kind, reason in _REASONS if isinstance(error, kind)), Reason.PROTOCOL)
    if reason is Reason.TIMEOUT:
        # The time is not up: another request on the same HTTP/2 connection took it down. A repeat gets a new one.
        reason = Reason.CONNECT
    ours = isinstance(error, httpx.TransportError)
    text = (" ".join(str(error).split())[:300] if ours else "") or type(error).__name__
    return FetchError(reason, text)
