"""Evidence and ledger as JSON, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from typing import Any

from watcher.model.match import Evidence, LedgerEntry, Quantity
from watcher.storage.columns import JsonValue

_SPAN = tuple(field.name for field in fields(Evidence))  # `asdict` costs ten times as much


def encode_evidence(evidence: Iterable[Evidence]) -> list[JsonValue]:
    """A list of objects with the fields' names."""
    return [{name: getattr(span, name) for name in _SPAN} for span in evidence]


def decode_evidence(data: Iterable[Mapping[str, Any]]) -> tuple[Evidence, ...]:
    """The spans again."""
    return tuple(Evidence(**span) for span in data)


def encode_quantities(quantities: Iterable[Quantity]) -> list[JsonValue]:
    """A list of objects with the fields' names."""
    return [asdict(quantity) for quantity in quantities]


def decode_quantities(data: Iterable[Mapping[str, Any]]) -> tuple[Quantity, ...]:
    """The figures again."""
    return tuple(Quantity(**{**quantity, "evidence": Evidence(**quantity["evidence"])}) for quantity in data)


def encode_ledger(ledger: Iterable[LedgerEntry]) -> list[JsonValue]:
    """A list of objects with reason and points."""
    return [{"reason": entry.reason, "points": entry.points} for entry in ledger]


def decode_ledger(data: Iterable[Mapping[str, Any]]) -> tuple[LedgerEntry, ...]:
    """The entries again."""
    return tuple(LedgerEntry(**entry) for entry in data)
