"""JSON Schemas of the rule files, for editors that check and complete YAML while it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel

from watcher.rulebook.composite_file import CompositeFile
from watcher.rulebook.lexicon_file import LexiconFile
from watcher.rulebook.routes_file import ChannelEntry, RoutesFile
from watcher.rulebook.signal_file import SignalFile
from watcher.rulebook.sources_file import SourceDefaults, SourceEntry, SourcesFile

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_FILES: Final[dict[str, type[BaseModel]]] = {
    "signal": SignalFile,
    "composite": CompositeFile,
    "lexicon": LexiconFile,
    "sources": SourcesFile,
    "routes": RoutesFile,
}


def schemas(source_kinds: Mapping[str, type[BaseModel]] | None = None) -> dict[str, dict[str, Any]]:
    """One JSON Schema for each of signal, composite, lexicon, sources and routes.

    Options of `source_kinds` are described beside the kind; those of channels are left open here: `watcher check`
    knows them.
    """
    found = {name: {"$schema": _DIALECT} | model.model_json_schema(by_alias=True) for name, model in _FILES.items()}
    sources, routes = found["sources"], found["routes"]
    sources["properties"]["sources"]["items"] = _opened(SourceEntry, sources)
    sources["properties"]["defaults"] = _opened(SourceDefaults, sources)
    sources["properties"]["sources"]["items"]["allOf"] = [
        _of_kind(kind, model, sources) for kind, model in (source_kinds or {}).items()
    ]
    routes["properties"]["channels"]["additionalProperties"] = _opened(ChannelEntry, routes)
    return found


def _of_kind(kind: str, model: type[BaseModel], root: dict[str, Any]) -> dict[str, Any]:
    """What the options are if the source is of this kind. None is required here: `defaults` may bring them."""
    schema = model.model_json_schema(by_alias=True)
    root.setdefault("$defs", {}).update(schema.pop("$defs", {}))
    chosen = {"properties": {"kind": {"const": kind}}, "required": ["kind"]}
    return {"if": chosen, "then": {"properties": schema.get("properties", {})}}


def _opened(model: type[BaseModel], root: dict[str, Any]) -> dict[str, Any]:
    """The schema of a mapping that may have more keys; what it refers to moves to the root."""
    schema = model.model_json_schema(by_alias=True)
    root.setdefault("$defs", {}).update(schema.pop("$defs", {}))
    return schema | {"additionalProperties": True}
