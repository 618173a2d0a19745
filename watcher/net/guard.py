"""Which addresses may be reached. Pure: no name is looked up here.

The blocked networks are the IANA special-purpose registries for IPv4 and IPv6 (RFC 6890 and its updates), written out
so that the answer does not depend on the Python version, and the metadata services that clouds keep on public ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_BLOCKED: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(network), reason)
    for network, reason in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared by carriers"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "cloud metadata"),
        ("169.254.169.254/32", "cloud metadata"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "reserved"),
        ("192.88.99.0/24", "reserved"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "reserved"),
        ("198.51.100.0/24", "reserved"),
        ("203.0.113.0/24", "reserved"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "private"),
        ("ff00::/8", "multicast"),
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "reserved"),
        ("3fff::/20", "reserved"),
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
_LAST_32_BITS = (IPv6Network("::ffff:0:0/96"), IPv6Network("::/96"), IPv6Network("64:ff9b::/96"))
_6TO4 = IPv6Network("2002::/16")


def blocked_reason(address: Address, allowed: Sequence[Network] = ()) -> str | None:
    """Why `address` must not be reached ("loopback"), or None if it may.

    An IPv6 address that carries an IPv4 one (mapped, compatible, NAT64, 6to4) is judged by the address it carries, and
    so are the `allowed` networks.
    """
    inner = embedded(address)
    if any(each in network for network in allowed for each in (address, inner)):
        return None
    for network, reason in _BLOCKED:
        if inner in network:
            return reason
    if isinstance(inner, IPv6Address) and inner not in _GLOBAL_V6:
        return "reserved"
    return None


def embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 one carries, else the address itself, without its zone."""
    if isinstance(address, IPv4Address):
        return address
    number = int(address)
    plain = IPv6Address(number)
    if number <= 1:
        return plain
    if any(plain in network for network in _LAST_32_BITS):
        return IPv4Address(number & 0xFFFFFFFF)
    if plain in _6TO4:
        return IPv4Address((number >> 80) & 0xFFFFFFFF)
    return plain


def literal_address(host: str) -> Address | None:
    """The address that `host` spells, in any of the ways that a C library reads (2130706433, 0x7f.1, 017700000001)."""
    bare = host.strip().rstrip(".").strip("[]")
    try:
        return ip_address(bare)
    except ValueError:
        return _classic_ipv4(bare)


def is_local_name(host: str) -> bool:
    """Whether `host` is `localhost` or below it, which is loopback without asking anybody (RFC 6761)."""
    bare = host.strip().rstrip(".").lower()
    return bare == "localhost" or bare.endswith(".localhost")


def _classic_ipv4(text: str) -> IPv4Address | None:
    """Read `text` as inet_aton(3) does: one to four numbers, the last one filling what is left."""
    parts = text.split(".")
    if not 1 <= len(parts) <= 4:
        return None
    numbers = [_c_number(part) for part in parts]
    known = [number for number in numbers if number is not None]
    if len(known) != len(parts):
        return None
    *heads, last = known
    room = 4 - len(heads)
    if any(head > 255 for head in heads) or last >= 256**room:
        return None
    value = last
    for position, head in enumerate(heads):
        value += head << (8 * (3 - position))
    return IPv4Address(value)


def _c_number(text: str) -> int | None:
    if not text.isascii() or not text.isalnum() or len(text) > 16:
        return None
    lowered = text.lower()
    base = 16 if lowered.startswith("0x") else 8 if lowered.startswith("0") and len(lowered) > 1 else 10
    try:
        return int(lowered, base) if lowered != "0x" else 0
    except ValueError:
        # "010" is octal to a C library, and "0o10" is not a number to it; int() with base 8 takes both.
        return None
