"""Options that belong to a kind of source or channel: read by the kind's own model, reported at the file's lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from watcher.rulebook.complaints import complain
from watcher.rulebook.notebook import Location, Notebook

_REFERENCE: Final = "env:"
_LONGEST_WORD: Final = 15
"""Characters of a path's part that is likely a word; tokens in hook addresses are longer."""


def read_options(
    model: type[BaseModel],
    values: Mapping[str, Any],
    note: Notebook,
    area: str,
    at: Location,
    inherited: Location = (),
) -> BaseModel | None:
    """The kind's options, or None and findings; what is not written at `at` came from `inherited`."""
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        complain(error, note, area, model, at, inherited)
        return None


def warn_of_secrets(model: type[BaseModel], values: Mapping[str, Any], note: Notebook, code: str, at: Location) -> None:
    """A secret belongs in the environment: whoever may read the rules, or their history, would read it too."""
    for key in secret_keys(model):
        for value in _texts(values.get(key)):
            if value and not value.startswith(_REFERENCE) and not _plain_address(value):
                advice = f"`{key}` is a secret: write env:NAME and set NAME in the environment"
                note.warn(code, (*at, key), advice)
                break


def references(model: type[BaseModel], values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The keys of secrets that are written `env:NAME`, each with the name."""
    for key in secret_keys(model):
        for value in _texts(values.get(key)):
            if value.startswith(_REFERENCE):
                yield key, value.removeprefix(_REFERENCE)


def _plain_address(value: str) -> bool:
    """Whether a value is an address that gives nothing away: no password, no query, no long part of the path."""
    parts = urlsplit(value) if value.startswith(("http://", "https://")) else None
    if parts is None or parts.query or "@" in parts.netloc:
        return False
    return all(len(part) <= _LONGEST_WORD for part in parts.path.split("/"))


def secret_keys(model: type[BaseModel]) -> Iterator[str]:
    """The keys of a kind's options that hold secrets: marked {"secret": True}, or of type SecretStr."""
    for name, info in model.model_fields.items():
        if _is_secret(info):
            yield info.alias or name


def _is_secret(info: FieldInfo) -> bool:
    extra = info.json_schema_extra
    return (isinstance(extra, dict) and extra.get("secret") is True) or "SecretStr" in str(info.annotation)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
