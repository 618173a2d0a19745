"""Links by which a recipient leaves a channel: who, and of what, signed so that nobody can be made to leave. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json

PATH = "/unsubscribe/"
LONGEST = 2_000
_TAG = 16
"""Bytes of the signature that are kept: 128 bits."""


def leave_link(public_url: str, key: str, channel: str, target: str) -> str:
    """The address, below `public_url`; the same for one recipient for ever, so that old mails keep working."""
    payload = _encoded(json.dumps([channel, target]).encode())
    return f"{public_url.rstrip('/')}{PATH}{payload}.{_signature(key, payload)}"


def read_token(token: str, key: str) -> tuple[str, str] | None:
    """(channel, target) of the last part of such an address; None if it was not signed with `key`."""
    payload, _, signature = token.partition(".")
    if len(token) > LONGEST or not token.isascii():
        return None
    # Signed first, read afterwards: what is not ours is never parsed.
    if not hmac.compare_digest(signature, _signature(key, payload)):
        return None
    try:
        channel, target = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, binascii.Error):
        return None
    return str(channel), str(target)


def _signature(key: str, payload: str) -> str:
    return _encoded(hmac.new(key.encode(), f"leave.{payload}".encode(), hashlib.sha256).digest()[:_TAG])


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
