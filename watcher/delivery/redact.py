"""Reasons that are safe to log: bounded, printable, without the secrets."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from urllib.parse import quote

from watcher.delivery.inert import cut

LONGEST_REASON = 300
HIDDEN = "***"


def safe_reason(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` in at most 300 printable characters, each secret (as it is, URL-quoted, in base64) replaced by `***`.

    Secrets are cut out before the text is shortened, so that none is left in half.
    """
    for secret in sorted(_forms(secrets), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return cut(text, LONGEST_REASON)


def _forms(secrets: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for secret in secrets:
        if secret.strip():
            found |= {secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode()}
    return found
