"""Whether a request comes from Slack: HMAC-SHA256 over `v0:timestamp:body`. Pure; `now` is passed in.

Source: "Verifying requests from Slack" of Slack's documentation.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime

TOLERANCE_S = 300
"""Seconds that a signed timestamp may be off: what is older may be a replay."""

TIMESTAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"
_STAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


class ForgedError(Exception):
    """The request does not prove that Slack sent it; the text says what is missing or wrong, nothing of the secret."""


def check_claims(headers: Mapping[str, str], now: datetime) -> None:
    """Before the body is read: raises ForgedError if there is no signature that could hold, or a stale one."""
    if TIMESTAMP not in headers or SIGNATURE not in headers:
        raise ForgedError("a signature is needed")
    if not _STAMP.fullmatch(headers[TIMESTAMP]) or not _SIGNATURE.fullmatch(headers[SIGNATURE]):
        raise ForgedError("the signature cannot be read")
    if abs(now.timestamp() - int(headers[TIMESTAMP])) > TOLERANCE_S:
        raise ForgedError("the signature is stale")


def check_signature(headers: Mapping[str, str], body: bytes, secret: str) -> str:
    """Raises ForgedError unless `secret` signed these very bytes; returns the signature, which names the request.

    Call `check_claims` first. An empty secret proves nothing and is refused.
    """
    if not secret:
        raise ForgedError("there is no signing secret")
    signed = b"v0:" + headers[TIMESTAMP].encode() + b":" + body
    expected = f"v0={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
    if not hmac.compare_digest(headers[SIGNATURE].encode(), expected.encode()):
        raise ForgedError("the signature is wrong")
    return headers[SIGNATURE]
