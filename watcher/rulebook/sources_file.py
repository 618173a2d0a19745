"""The schema of sources.yaml: what every kind of source has. All other keys belong to the kind's own options."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationInfo

from watcher.rulebook.fields import Duration, Language, Name, Strict, Text, refuse

WEB: Final = ("http", "https")


def _address(value: str, info: ValidationInfo) -> str:
    """The context names the `schemes` of the source's kind, and an `example`; without one, addresses are of the web."""
    told = info.context or {}
    try:
        parts = urlsplit(value)
        good = parts.scheme in told.get("schemes", WEB) and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good or any(char.isspace() or not char.isprintable() for char in value):
        raise refuse(f"write a whole address, such as {told.get('example', 'https://example.org/rss.xml')}")
    return value


def _pace(value: timedelta) -> timedelta:
    if value < timedelta(seconds=1):
        raise refuse("at least 1s between two polls")
    return value


Address = Annotated[str, Field(max_length=2_000), AfterValidator(_address)]
Pace = Annotated[Duration, AfterValidator(_pace)]


class SourceDefaults(Strict):
    """What sources have unless they say otherwise."""

    kind: Name | None = None
    publisher: Text | None = None
    language: Language | None = None
    every: Pace = Field("5m", validate_default=True)
    every_max: Pace | None = Field(None, description="How far apart polls of a source without news may get.")
    trust: float = Field(0.5, ge=0, le=1, description="Shown beside the score; it adds no points.")
    tags: list[Name] = Field([], max_length=50)
    enabled: bool = True


class SourceEntry(SourceDefaults):
    """One source."""

    id: Name
    kind: Name
    url: Address


class SourcesFile(Strict):
    """sources.yaml as a whole; each source is read by itself."""

    defaults: dict[str, Any] = Field({})
    sources: list[dict[str, Any]] = Field(max_length=50_000)


COMMON: Final = frozenset(SourceEntry.model_fields)
DEFAULTS: Final = frozenset(SourceDefaults.model_fields)
