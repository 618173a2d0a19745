"""Kind `api`: a JSON interface, with JMESPath expressions that say where its items are."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import AfterValidator, model_validator

from watcher.model.document import Item, Poll, Source, SourceState
from watcher.sources.bounded_json import parse_json
from watcher.sources.dates import parse_date, parse_epoch
from watcher.sources.encoding import decode
from watcher.sources.entries import MAX_GUID, MAX_ITEMS, Reading, UnreadableError
from watcher.sources.fetch import Fetcher, FetchResponse
from watcher.sources.kind import Options
from watcher.sources.language import language_code
from watcher.sources.links import absolute_url, canonical_url
from watcher.sources.reading import read
from watcher.sources.sandbox import Json
from watcher.sources.text import capped, html_to_text, tidy, title_text

ACCEPT = "application/json, */*;q=0.1"
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,6}[a-z]{2,24}")
_MARKUP = re.compile(r"<[a-zA-Z/!]|&[a-zA-Z#][a-zA-Z0-9]{1,30};")


def _expression(value: str) -> str:
    try:
        jmespath.compile(value)
    except JMESPathError as error:
        raise ValueError(f"not a JMESPath expression: {' '.join(str(error).split())}") from None
    return value


Expression = Annotated[str, AfterValidator(_expression)]


class ApiFields(Options):
    """Where an item has what: JMESPath expressions, relative to the item."""

    title: Expression
    id: Expression | None = None
    url: Expression | None = None
    text: Expression | None = None
    published: Expression | None = None
    language: Expression | None = None
    publisher: Expression | None = None


_GDELT_FIELDS = ApiFields(
    title="title", id="url", url="url", published="seendate", language="language", publisher="domain"
)


class ApiOptions(Options):
    """`items`: where the list of items is; `fields`: what an item has where. Or `preset: gdelt`, which knows both."""

    items: Expression | None = None
    fields: ApiFields | None = None
    preset: Literal["gdelt"] | None = None

    @model_validator(mode="after")
    def _either(self) -> ApiOptions:
        if self.preset and (self.items or self.fields):
            raise ValueError("give either preset, or items and fields")
        if not self.preset and not (self.items and self.fields):
            raise ValueError("items and fields are needed (or preset)")
        return self

    def shape(self) -> tuple[str, ApiFields]:
        """The expressions in force."""
        if self.preset or not (self.items and self.fields):
            return "articles", _GDELT_FIELDS
        return self.items, self.fields


class ApiKind:
    """JSON in, items out."""

    options = ApiOptions

    async def poll(self, source: Source, state: SourceState, fetcher: Fetcher, now: datetime) -> Poll:
        """Ask the interface once."""
        options = source.options if isinstance(source.options, ApiOptions) else ApiOptions(preset="gdelt")

        async def parse(response: FetchResponse) -> Reading:
            return await asyncio.to_thread(parse_api, response, options, now)

        return await read(source, state, fetcher, ACCEPT, parse)


def parse_api(response: FetchResponse, options: ApiOptions, now: datetime) -> Reading:
    """Bytes to items. Raises UnreadableError for what is not JSON, or has no list where `items` points."""
    data = parse_json(decode(response.body, response.content_type).text)
    where, fields = options.shape()
    found = _search(where, data)
    if found is None and options.preset == "gdelt" and data == {}:
        found = []  # how GDELT says that nothing matches the query
    if not isinstance(found, list):
        raise UnreadableError(f"no list at `{where}`")
    items = [_item(each, fields, response.url, now) for each in found[:MAX_ITEMS] if isinstance(each, dict)]
    kept = tuple(item for item in items if item is not None)
    if found and not kept:
        raise UnreadableError("none of the items has a title, text or link where `fields` points")
    return Reading(kept, max(0, len(found) - MAX_ITEMS))


def _item(each: dict[str, Json], fields: ApiFields, base: str, now: datetime) -> Item | None:
    url = absolute_url(_string(each, fields.url), base)
    title = title_text(_string(each, fields.title))
    raw = _string(each, fields.text)
    text, truncated = capped(html_to_text(raw) if _MARKUP.search(raw) else tidy(raw))
    if not (title or text or url):
        return None
    publisher = _string(each, fields.publisher).lower().removeprefix("www.")
    return Item(
        guid=tidy(_string(each, fields.id))[:MAX_GUID] or canonical_url(url),
        url=url,
        title=title,
        text=text,
        published_at=_date(each, fields.published, now),
        language=language_code(_string(each, fields.language)),
        truncated=truncated,
        publisher=publisher if _DOMAIN.fullmatch(publisher) else None,
    )


def _date(each: dict[str, Json], expression: str | None, now: datetime) -> datetime | None:
    value = _search(expression, each) if expression else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return parse_epoch(value, now)
    return parse_date(value, now) if isinstance(value, str) else None


def _string(each: dict[str, Json], expression: str | None) -> str:
    value = _search(expression, each) if expression else None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)


def _search(expression: str, data: Json | Mapping[str, Json]) -> Json:
    try:
        found: Json = jmespath.search(expression, data)
    except JMESPathError:
        return None  # a function on a value of the wrong type: the field is not there, the other items may be fine
    return found
