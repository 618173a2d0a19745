"""What can go wrong on the way out, as httpx errors, so that every user of the client can catch httpx.HTTPError.

No message contains more of a URL than its host.
"""

from __future__ import annotations

import httpx


class NameUnresolvedError(httpx.ConnectError):
    """The host name has no address."""


class AddressBlockedError(httpx.ConnectError):
    """Every address of the host lies in a network that must not be reached."""


class TlsError(httpx.ConnectError):
    """The certificate or the handshake is bad."""


class BodyTooLargeError(httpx.ReadError):
    """The answer exceeds the bound, decoded or as it was sent."""


class BodyBrokenError(httpx.ReadError):
    """The compressed body is damaged or ends early."""


class EncodingRefusedError(httpx.ReadError):
    """The answer is encoded in a way that was not asked for, or several times over."""


class TooManyHeadersError(httpx.RemoteProtocolError):
    """The answer carries more header fields than the bound."""
