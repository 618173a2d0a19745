"""Signatures of Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

PREFIX = "whsec_"
SHORTEST, LONGEST = 16, 64
"""Bytes. The standard asks for 24 to 64; receivers with 16 exist."""
SHORTEST_TEXT = 8


class SecretError(ValueError):
    """The secret cannot be one of Standard Webhooks; the message does not repeat it."""


def key_of(secret: str) -> bytes:
    """The bytes behind `whsec_<base64>`, or behind the same base64 alone, as receivers' libraries take it.

    Anything else without the prefix is a plain text: its UTF-8 bytes are the key, at least 8 of them, because a
    receiver that is not built on such a library would use just that. Raises SecretError.
    """
    key = _decoded(secret.removeprefix(PREFIX))
    if not secret.startswith(PREFIX):
        key = key if key and SHORTEST <= len(key) <= LONGEST else secret.encode()
        if len(key) < SHORTEST_TEXT:
            raise SecretError(
                f"a webhook secret is whsec_ and base64, or a text of at least {SHORTEST_TEXT} characters"
            )
        return key
    if key is None:
        raise SecretError("what follows whsec_ in a webhook secret is base64")
    if not SHORTEST <= len(key) <= LONGEST:
        raise SecretError(f"a webhook secret holds {SHORTEST} to {LONGEST} bytes, this one {len(key)}")
    return key


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def sign(keys: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,<base64>` for each key, separated by blanks: while secrets are rotated both are given."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}" for key in keys)
