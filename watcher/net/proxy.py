"""A proxy that the operator named: all fetching goes through it, and names are then looked up over there.

The check of addresses at the socket says nothing about targets any more: their names are the proxy's to resolve. What
can still be told from a target's spelling is refused (`target.py`); the rest is for the proxy's own rules. The settings
read its address here, so nothing of a client is imported.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where it is; user and password are kept out of the repr."""

    scheme: str
    host: str
    port: int
    auth: tuple[str, str] | None = field(default=None, repr=False)


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
