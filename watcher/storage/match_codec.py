"""Evidence and ledger as JSON, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from watcher.model.match import Evidence, LedgerEntry, Quantity
from watcher.storage.columns import JsonValue


def encode_evidence(evidence: Iterable[Evidence]) -> list[JsonValue]:
    """A list of objects with the fields' names."""
    return [asdict(span) for span in evidence]


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
    return [asdict(entry) for entry in ledger]


def decode_ledger(data: Iterable[Mapping[str, Any]]) -> tuple[LedgerEntry, ...]:
    """The entries again."""
    return tuple(LedgerEntry(**entry) for entry in data)
