"""Signatures of Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64


class SecretError(ValueError):
    """The secret is not one of Standard Webhooks; the message does not repeat it."""


def key_of(secret: str) -> bytes:
    """The bytes behind `whsec_<base64>`. Raises SecretError; a plain text is refused, receivers would not decode it."""
    if not secret.startswith(PREFIX):
        raise SecretError("a webhook secret begins with whsec_")
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise SecretError("a webhook secret is whsec_ and base64") from None
    if not SHORTEST <= len(key) <= LONGEST:
        raise SecretError(f"a webhook secret holds {SHORTEST} to {LONGEST} bytes, this one {len(key)}")
    return key


def sign(keys: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,<base64>` for each key, separated by blanks: while secrets are rotated both are given."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}" for key in keys)
