"""A proxy that the operator named: all fetching goes through it, and names are then looked up over there.

The check of addresses at the socket says nothing about targets any more: their names are the proxy's to resolve. What
can still be told from a target's spelling is refused here; the rest is for the proxy's own rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

import httpcore

from watcher.net.errors import AddressBlockedError
from watcher.net.guard import Network, blocked_reason, is_local_name, literal_address

_INTERNAL = (".local", ".internal", ".intranet", ".lan", ".home.arpa", ".localdomain")


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where it is; user and password are kept out of the repr."""

    scheme: str
    host: str
    port: int
    auth: tuple[str, str] | None = field(default=None, repr=False)

    def for_pool(self) -> httpcore.Proxy:
        """As httpcore wants it."""
        return httpcore.Proxy(httpcore.URL(scheme=self.scheme, host=self.host, port=self.port, target="/"), self.auth)


def read_proxy(url: str) -> Proxy:
    """Read `http://user:password@host:port`. Raises ValueError, in words that do not repeat the password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError("write the proxy's address: http://proxy.example:3128")
    user = parts.username
    auth = None if user is None else (unquote(user), unquote(parts.password or ""))
    return Proxy(parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80), auth)


def check_target(host: str, allowed: Sequence[Network]) -> None:
    """Raise AddressBlockedError for a target that is private by its spelling: an address, or an internal name."""
    address = literal_address(host)
    if address is not None:
        if reason := blocked_reason(address, allowed):
            raise AddressBlockedError(f"{host} is not reached ({reason})")
        return
    name = host.rstrip(".").lower()
    if allowed and not is_local_name(name):
        return  # the operator has opened networks, and only the proxy knows which names lead there
    if is_local_name(name) or "." not in name or name.endswith(_INTERNAL):
        raise AddressBlockedError(f"{host} is not reached (an internal name)")
