"""Reads the wire from its YAML files, strictly: a slip in them is an error, not a silent change of the demo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TypeVar, cast

import yaml

from watcher.demo.wire import Edit, Form, Outlet, Variety, Wire, WireItem

WORLD = Path(__file__).parent / "world"
OUTLETS = "outlets.yaml"

_OUTLET_KEYS = frozenset({"id", "name", "publisher", "language", "form", "trust", "tags", "down_until"})
_ITEM_KEYS = frozenset(
    {"id", "outlet", "language", "title", "summary", "at", "label", "variety", "story", "age_hours", "edit"}
)
_PLAIN_LABELS = frozenset({"duplicate", "watch", "none", "too-old"})
_Choice = TypeVar("_Choice", bound=StrEnum)


class WireError(ValueError):
    """The wire's files are not what they should be; the text names file and item."""


def load_wire(root: Path = WORLD) -> Wire:
    """Read `outlets.yaml` and the item files beside it.

    Raises WireError for an unknown key, label, outlet or variety, for a repeated id and for an edit that comes before
    its item.
    """
    outlets = tuple(_outlet(raw, OUTLETS) for raw in _records(root / OUTLETS))
    known = {outlet.id: outlet for outlet in outlets}
    items = [
        _item(raw, known, path.name)
        for path in sorted(root.glob("*.yaml"))
        if path.name != OUTLETS
        for raw in _records(path)
    ]
    ids = [item.id for item in items]
    for repeated in sorted({item_id for item_id in ids if ids.count(item_id) > 1}):
        raise WireError(f"the id {repeated} is used more than once")
    return Wire(outlets, tuple(sorted(items, key=lambda item: item.at)))


def _records(path: Path) -> Iterator[Mapping[str, object]]:
    records: object = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(records, list):
        raise WireError(f"{path.name}: a list is expected")
    for record in records:
        if not isinstance(record, dict) or "id" not in record:
            raise WireError(f"{path.name}: every record is a mapping with an id")
        yield cast("Mapping[str, object]", record)


def _outlet(raw: Mapping[str, object], file: str) -> Outlet:
    where = f"{file}: {raw['id']}"
    _refuse_unknown(raw, _OUTLET_KEYS, where)
    tags = raw.get("tags", [])
    if not isinstance(tags, list):
        raise WireError(f"{where}: tags must be a list")
    return Outlet(
        id=_text(raw, "id", where),
        name=_text(raw, "name", where),
        publisher=_text(raw, "publisher", where),
        language=_text(raw, "language", where),
        form=_choice(Form, raw, "form", where),
        trust=_number(raw, "trust", where),
        tags=tuple(str(tag) for tag in tags),
        down_until=_number(raw, "down_until", where, 0.0),
    )


def _item(raw: Mapping[str, object], outlets: Mapping[str, Outlet], file: str) -> WireItem:
    where = f"{file}: {raw['id']}"
    _refuse_unknown(raw, _ITEM_KEYS, where)
    outlet = outlets.get(_text(raw, "outlet", where))
    if outlet is None:
        raise WireError(f"{where}: unknown outlet {raw['outlet']}")
    label = _text(raw, "label", where)
    if label not in _PLAIN_LABELS and not label.startswith("alert:"):
        raise WireError(f"{where}: unknown label {label}")
    at = _number(raw, "at", where)
    return WireItem(
        id=_text(raw, "id", where),
        outlet=outlet.id,
        language=_text(raw, "language", where) if "language" in raw else outlet.language,
        title=_text(raw, "title", where),
        summary=_text(raw, "summary", where),
        at=at,
        label=label,
        variety=_choice(Variety, raw, "variety", where),
        story=_text(raw, "story", where) if "story" in raw else "",
        age=timedelta(hours=_number(raw, "age_hours", where, 0.0)),
        edit=_edit(raw.get("edit"), at, where),
    )


def _edit(raw: object, item_at: float, where: str) -> Edit | None:
    if raw is None:
        return None
    if not isinstance(raw, dict) or set(raw) != {"at", "title"}:
        raise WireError(f"{where}: an edit has at and title")
    edit = Edit(_number(raw, "at", where), _text(raw, "title", where))
    if edit.at <= item_at:
        raise WireError(f"{where}: the edit comes before the item")
    return edit


def _refuse_unknown(raw: Mapping[str, object], keys: frozenset[str], where: str) -> None:
    for key in raw.keys() - keys:
        raise WireError(f"{where}: unknown key {key}")


def _text(raw: Mapping[str, object], key: str, where: str) -> str:
    value = raw.get(key)
    if not isinstance(value, str) or not value.strip():
        raise WireError(f"{where}: {key} must be text")
    return value.strip()


def _number(raw: Mapping[str, object], key: str, where: str, default: float | None = None) -> float:
    value = raw.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise WireError(f"{where}: {key} must be a number of 0 or more")
    return float(value)


def _choice(kind: type[_Choice], raw: Mapping[str, object], key: str, where: str) -> _Choice:
    value = _text(raw, key, where)
    if value not in {member.value for member in kind}:
        raise WireError(f"{where}: unknown {key} {value}")
    return kind(value)
