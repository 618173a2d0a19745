"""A story signature as JSON, and back. Sets are written sorted, so that equal signatures are equal text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from watcher.model.story import Signature
from watcher.storage.columns import JsonValue

_SETS = ("title_tokens", "lead_tokens", "numbers")
_TUPLES = ("sketch", "keys")


def encode_signature(signature: Signature) -> dict[str, JsonValue]:
    """Only dicts, lists, strings and whole numbers."""
    return {name: sorted(value) if name in _SETS else value for name, value in asdict(signature).items()}


def decode_signature(data: Mapping[str, Any]) -> Signature:
    """The signature again."""
    fields = dict(data)
    for name in _SETS:
        fields[name] = frozenset(fields[name])
    for name in _TUPLES:
        fields[name] = tuple(fields[name])
    return Signature(**fields)
