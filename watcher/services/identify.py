"""Identifiers: short, prefixed, and derived from what they name wherever a repeat must get the same one."""

from __future__ import annotations

import hashlib
import secrets


def _derived(prefix: str, *parts: str) -> str:
    named = chr(31).join(parts).encode("utf-8", "surrogatepass")  # ids from outside may hold half a surrogate pair
    return f"{prefix}_{hashlib.sha256(named).hexdigest()[:16]}"


def story_id(document_id: str) -> str:
    """A story is named after its earliest document, for life."""
    return _derived("sty", document_id)


def occurrence_id(composite_id: str, signal_id: str, story_id: str) -> str:
    """An occurrence of a composite signal is named after its earliest story and the signal that fired on it."""
    return _derived("occ", composite_id, signal_id, story_id)


def alert_id(signal_id: str, story_id: str) -> str:
    """Alert identity is (signal, story)."""
    return _derived("alr", signal_id, story_id)


def fresh_document_id() -> str:
    """`doc_` and 16 random hex digits."""
    return f"doc_{secrets.token_hex(8)}"


def fresh_silence_id() -> str:
    """`sil_` and 8 random hex digits: a person types it."""
    return f"sil_{secrets.token_hex(4)}"
