"""What may be asked of a proxy: names are looked up over there, so only a target's spelling can be judged here."""

from __future__ import annotations

from collections.abc import Sequence

from watcher.net.errors import AddressBlockedError
from watcher.net.guard import Network, blocked_reason, is_local_name, literal_address

_INTERNAL = (".local", ".internal", ".intranet", ".lan", ".home.arpa", ".localdomain")


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
