"""As much of JSON Schema as docs/webhook.schema.json uses; a keyword that is not known here is a fault."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,), "null": (type(None),),
}  # fmt: skip
_KNOWN = {
    *("$schema", "$defs", "$ref", "title", "description", "type", "required", "properties"),
    *("additionalProperties", "items", "enum", "oneOf", "minimum", "maximum"),
}


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any] | None = None, at: str = "$") -> Iterator[str]:
    """What of the value is not as the schema has it, with its place."""
    root = schema if root is None else root
    assert set(schema) <= _KNOWN, f"{at}: {set(schema) - _KNOWN}"
    if "$ref" in schema:
        yield from faults(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, at)
    if "oneOf" in schema:
        fitting = [each for each in schema["oneOf"] if not list(faults(value, each, root, at))]
        if len(fitting) != 1:
            yield f"{at}: fits {len(fitting)} of oneOf"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of the values"
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(isinstance(value, _TYPES[kind]) for kind in kinds):
        yield f"{at}: {value!r} is no {kinds}"
    if isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{at}: {value} is out of bounds"
    yield from _inside(value, schema, root, at)


def _inside(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str) -> Iterator[str]:
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        yield from (f"{at}: {name} is missing" for name in schema.get("required", []) if name not in value)
        if schema.get("additionalProperties") is False:
            yield from (f"{at}: {name} is not known" for name in value if name not in properties)
        for name, inner in value.items():
            yield from faults(inner, properties.get(name, {}), root, f"{at}.{name}")
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from faults(inner, schema.get("items", {}), root, f"{at}[{index}]")
