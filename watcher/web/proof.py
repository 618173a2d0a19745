"""Who sends: a bearer token, or a signature over the body. Pure; `now` is passed in."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime

from watcher.delivery.webhook.signing import SecretError, key_of, sign
from watcher.sources.websub import signed_by

TOLERANCE_S = 300
"""Seconds that a signed timestamp may be off, as Standard Webhooks has it."""

_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_MAX_ID = 256


class ProofError(Exception):
    """The request does not prove who sends it; the text says what is missing or wrong, and nothing of the secret."""


def check_bearer(headers: Mapping[str, str], token: str) -> None:
    """Raises ProofError unless `Authorization: Bearer …` holds the token."""
    scheme, _, given = headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not given.strip():
        raise ProofError("a bearer token is needed")
    # Digests have one length, so the time tells nothing about the token's.
    if not hmac.compare_digest(_digest(given.strip()), _digest(token)):
        raise ProofError("the token is wrong")


def check_claims(headers: Mapping[str, str], now: datetime) -> None:
    """Before the body is read: raises ProofError if there is no signature, or a stale one."""
    if "X-Hub-Signature-256" in headers:
        return
    if not all(name in headers for name in ("webhook-id", "webhook-timestamp", "webhook-signature")):
        raise ProofError("a signature is needed")
    stamp = headers["webhook-timestamp"]
    if not _TIMESTAMP.fullmatch(stamp) or not 0 < len(headers["webhook-id"]) <= _MAX_ID:
        raise ProofError("the signature's headers cannot be read")
    if abs(now.timestamp() - int(stamp)) > TOLERANCE_S:
        raise ProofError("the signature is stale")


def check_signature(headers: Mapping[str, str], body: bytes, secret: str) -> str:
    """Raises ProofError unless the body is signed with the secret; returns what names this very request, "" if nothing.

    `X-Hub-Signature-256` signs the body alone, so that a request of this kind can be sent again by whoever overheard
    it; that changes nothing, because documents are recognised.
    """
    if "X-Hub-Signature-256" in headers:
        header = headers["X-Hub-Signature-256"]
        if not header.lower().startswith("sha256=") or not signed_by(secret, header, body):
            raise ProofError("the signature is wrong")
        return ""
    try:
        key = key_of(secret)
    except SecretError:
        raise ProofError("the source's secret cannot be used") from None
    message_id, stamp = headers["webhook-id"], int(headers["webhook-timestamp"])
    expected = sign([key], message_id, stamp, body).encode()
    given = headers["webhook-signature"][:2_000].split(" ")
    if not any(hmac.compare_digest(each.encode("utf-8", "replace"), expected) for each in given):
        raise ProofError("the signature is wrong")
    return f"{message_id}.{stamp}"


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
