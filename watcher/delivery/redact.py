"""Reasons that are safe to log: bounded, printable, without the secrets."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from urllib.parse import quote

from watcher.delivery.inert import clean, cut

LONGEST_REASON = 300
HIDDEN = "***"


def safe_reason(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` in at most 300 printable characters, each secret (as it is, URL-quoted, in base64) replaced by `***`.

    Secrets are cut out before the text is shortened, so that none is left in half.
    """
    forms = sorted(_forms(secrets), key=len, reverse=True)
    # Before and after cleaning: neither blanks within a secret nor invisible characters strewn over it may hide it.
    return cut(_hidden(clean(_hidden(text, forms)), forms), LONGEST_REASON)


def _hidden(text: str, forms: Iterable[str]) -> str:
    for form in forms:
        text = text.replace(form, HIDDEN)
    return text


def _forms(secrets: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for secret in secrets:
        if secret.strip():
            found |= {secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode()}
    return found
