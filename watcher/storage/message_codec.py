"""A message as the JSON snapshot that a delivery carries, and back: nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from watcher.model.delivery import Activity, Citation, Item, Message, Roundup
from watcher.storage.columns import JsonValue
from watcher.storage.match_codec import decode_evidence, decode_ledger


def encode_message(message: Message) -> dict[str, JsonValue]:
    """Only dicts, lists, strings, numbers and None."""
    return asdict(message)


def decode_message(data: Mapping[str, Any]) -> Message:
    """The message again. Fields that an older version did not write get their defaults."""
    fields = dict(data)
    fields["document"] = Citation(**fields["document"])
    fields["others"] = tuple(Citation(**other) for other in fields.get("others", ()))
    fields["highlights"] = tuple((start, end) for start, end in fields.get("highlights", ()))
    fields["evidence"] = decode_evidence(fields.get("evidence", ()))
    fields["ledger"] = decode_ledger(fields.get("ledger", ()))
    fields["reasons"] = tuple(fields.get("reasons", ()))
    fields["items"] = tuple(_item(item) for item in fields.get("items", ()))
    fields["roundup"] = _roundup(fields["roundup"]) if fields.get("roundup") else None
    return Message(**fields)


def _item(data: Mapping[str, Any]) -> Item:
    highlights = tuple((start, end) for start, end in data["highlights"])
    return Item(**{**data, "document": Citation(**data["document"]), "highlights": highlights})


def _roundup(data: Mapping[str, Any]) -> Roundup:
    suppressed = tuple((reason, count) for reason, count in data["suppressed"])
    activity = tuple(Activity(**{**each, "counts": tuple(each["counts"])}) for each in data["activity"])
    return Roundup(**{**data, "suppressed": suppressed, "activity": activity})
