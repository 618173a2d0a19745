"""A story signature as JSON, and back. Sets are written sorted, so that equal signatures are equal text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, get_origin, get_type_hints

from watcher.model.story import Signature
from watcher.storage.columns import JsonValue

_KINDS = {name: get_origin(hint) or hint for name, hint in get_type_hints(Signature).items()}


def encode_signature(signature: Signature) -> dict[str, JsonValue]:
    """Only dicts, lists, strings and whole numbers."""
    return {field.name: _plain(getattr(signature, field.name)) for field in fields(signature)}


def decode_signature(data: Mapping[str, Any]) -> Signature:
    """The signature again. Fields that an older version did not write get their defaults."""
    return Signature(**{name: _KINDS[name](value) for name, value in data.items() if name in _KINDS})


def _plain(value: Any) -> JsonValue:
    if isinstance(value, frozenset):
        return sorted(value)
    return list(value) if isinstance(value, tuple) else str(value)
