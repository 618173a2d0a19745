"""What pydantic found wrong, said to an editor: where, what was expected, and the nearest known key."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from watcher.rulebook.codes import CODES
from watcher.rulebook.notebook import Location, Notebook
from watcher.rulebook.suggest import hint, nearest

UNKNOWN, MISSING, TYPE, VALUE = "01", "02", "03", "04"
_EXPECTED: Final = {
    "string_type": "text",
    "string_sub_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "dict_type": "a mapping (key: value)",
    "mapping_type": "a mapping (key: value)",
    "model_type": "a mapping (key: value)",
    "model_attributes_type": "a mapping (key: value)",
    "url_type": "a URL as text",
    "none_required": "nothing",
}
_CHOICE: Final = re.compile(r"'([^']*)'")


def complain(
    error: ValidationError,
    notebook: Notebook,
    area: str,
    model: type[BaseModel],
    base: Location = (),
    inherited: Location = (),
) -> None:
    """Note every error. `area` is the code's stem ("S2"), `base` where `model` was validated in the file; what is not
    written there came from `inherited`."""
    for details in error.errors(include_url=False):
        written = notebook.places.has((*base, *details["loc"][:1])) or details["type"] == "missing"
        location = (*(base if written or not inherited else inherited), *details["loc"])
        code = _code(details["type"], area)
        if details["type"] == "extra_forbidden":
            message = _unknown(model, details["loc"])
        elif details["type"] == "missing":
            message = f"`{details['loc'][-1]}` is missing"
            location = location[:-1]
        else:
            message = _message(details)
        where = _dotted(notebook, location[:-1] if details["type"] == "extra_forbidden" else location)
        notebook.error(code, location, f"{where}: {message}" if where else message)


def _code(kind: str, area: str) -> str:
    if kind in CODES:
        return kind
    if kind == "extra_forbidden":
        return area + UNKNOWN
    if kind == "missing":
        return area + MISSING
    return area + (TYPE if kind in _EXPECTED else VALUE)


def _dotted(notebook: Notebook, location: Location) -> str:
    """The way as far as the file has it (pydantic adds names of union branches); entries of lists count from 1."""
    kept: list[str | int] = []
    for part in location:
        if notebook.places.has((*kept, part)):
            kept.append(part)
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in kept).removeprefix(".")


def _unknown(model: type[BaseModel], location: tuple[str | int, ...]) -> str:
    key = str(location[-1])
    return f"unknown key `{key[:60]}`{hint(key, set(_keys_at(model, location[:-1])), 'keys')}"


def _message(details: ErrorDetails) -> str:
    """No value is repeated here: a channel's options may hold secrets."""
    kind = details["type"]
    if kind in _EXPECTED:
        return f"expected {_EXPECTED[kind]}, got {describe(details['input'])}{_remedy(kind, details['input'])}"
    if kind in ("enum", "literal_error"):
        return _choice(details)
    if kind in ("too_short", "string_too_short"):
        return "should not be empty" if not details["input"] else "too short"
    message = details["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return message.replace("Input should", "should", 1)


def _remedy(kind: str, given: object) -> str:
    if kind == "string_type" and isinstance(given, bool | int | float):
        return ": put it in quotes"
    if _EXPECTED[kind] == "a list" and isinstance(given, str):
        return ": write it in brackets, [like this]"
    return ""


def _choice(details: ErrorDetails) -> str:
    choices = _CHOICE.findall(str(details.get("ctx", {}).get("expected", "")))
    given = details["input"]
    near = nearest(given, choices) if isinstance(given, str) else None
    if len(choices) == 1:
        return f"expected {choices[0]}"
    return f"expected one of {', '.join(choices)}" + (f": did you mean `{near}`?" if near else "")


def describe(value: object) -> str:
    """The sort of a value, without the value."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number" if isinstance(value, int) else "a number with a fraction"
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, list | tuple) else "a mapping"


def _keys_at(annotation: Any, location: Location) -> Iterator[str]:
    """The keys that a mapping at `location` may have, by walking through the annotations."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _keys_at(arguments[0], location)
    elif origin in (Union, types.UnionType):
        for branch in arguments:
            yield from _keys_at(branch, location)
            yield from _keys_at(branch, location[1:]) if location else ()
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from _model_keys(annotation, location)
    elif arguments and location:
        yield from _keys_at(arguments[-1] if origin is dict else arguments[0], location[1:])


def _model_keys(model: type[BaseModel], location: Location) -> Iterator[str]:
    fields = {info.alias or name: info for name, info in model.model_fields.items()}
    if not location:
        yield from fields
    elif location[0] in fields:
        yield from _keys_at(fields[str(location[0])].annotation, location[1:])
