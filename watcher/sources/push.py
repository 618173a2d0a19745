"""Kind `push`: documents arrive by themselves, over HTTP. Here is their form; the endpoint is in `watcher.web`."""

from __future__ import annotations

import re
from datetime import datetime
from hashlib import sha256
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, ValidationError, model_validator

from watcher.model.document import Health, Item, Outcome, Poll, Source, SourceState
from watcher.sources.bounded_json import parse_json
from watcher.sources.dates import parse_date, parse_epoch
from watcher.sources.encoding import decode
from watcher.sources.entries import MAX_GUID, MAX_ITEMS, UnreadableError
from watcher.sources.feed import parse_feed
from watcher.sources.fetch import Fetcher
from watcher.sources.kind import Options
from watcher.sources.language import language_code
from watcher.sources.links import absolute_url, canonical_url
from watcher.sources.sandbox import Json, Sandbox
from watcher.sources.text import capped, html_to_text, tidy, title_text

JSON = "application/json"
FEEDS = frozenset(
    {
        "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/xml",
        "application/feed+json",
    }
)  # fmt: skip
_MARKUP = re.compile(r"<[a-zA-Z/!]|&[a-zA-Z#][a-zA-Z0-9]{1,30};")


class FieldError(UnreadableError):
    """One field of what was sent is wrong; `field` says which ("items[3].url")."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field


class PushOptions(Options):
    """`token` (a bearer token) or `secret` (which signs) proves who sends, best as `env:NAME`."""

    token: SecretStr | None = None
    secret: SecretStr | None = None
    per_minute: int = Field(default=60, ge=1, le=6_000)
    max_bytes: int = Field(default=1_000_000, ge=1_000, le=10_000_000)

    @model_validator(mode="after")
    def _one(self) -> PushOptions:
        if (self.token is None) == (self.secret is None):
            raise ValueError("give either token or secret, so that nobody else can send documents")
        return self


class PushKind:
    """Nothing is fetched: a poll only says whether anything has ever arrived."""

    options = PushOptions

    async def poll(self, source: Source, state: SourceState, fetcher: Fetcher, now: datetime) -> Poll:
        """What is known; `fetcher` is not used."""
        waiting = state.documents == 0
        return Poll(
            Outcome.UNCHANGED,
            etag=state.etag,
            last_modified=state.last_modified,
            body_hash=state.body_hash,
            health=Health.EMPTY if waiting else Health.HEALTHY,
            notes=("nothing has been sent yet",) if waiting else (),
        )


class _Sent(BaseModel):
    """One document as senders write it. Unknown keys are refused: a misspelt one would lose its text silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: Annotated[str, Field(max_length=MAX_GUID)] | int | None = None
    title: str = Field(default="", max_length=100_000)
    text: str = Field(default="", max_length=2_000_000)
    url: str = Field(default="", max_length=4_000)
    published: str | int | float | None = None
    language: str = Field(default="", max_length=40)


_SENT = TypeAdapter(_Sent)


async def read_documents(
    body: bytes, content_type: str, source_url: str, now: datetime, sandbox: Sandbox
) -> tuple[Item, ...]:
    """Bytes to items: JSON with one or many documents, or a feed, as `content_type` says.

    Raises FieldError, and UnreadableError for what cannot be read as a whole.
    """
    if content_type.partition(";")[0].strip().lower() in FEEDS:
        reading = await parse_feed(body, content_type, source_url, now, sandbox)
        if not reading.complete:
            raise UnreadableError("the feed ends early")
        return reading.items
    return read_json(body, content_type, source_url, now)


def read_json(body: bytes, content_type: str, source_url: str, now: datetime) -> tuple[Item, ...]:
    """A document, a list of them, or `{"items": [...]}`. Raises FieldError and UnreadableError."""
    data = parse_json(decode(body, content_type).text)
    if isinstance(data, dict) and set(data) == {"items"}:
        data = data["items"]
    many = isinstance(data, list)
    sent = data if isinstance(data, list) else [data]
    if not sent:
        raise FieldError("items", "is empty")
    if len(sent) > MAX_ITEMS:
        raise FieldError("items", f"at most {MAX_ITEMS} documents at once")
    return tuple(_item(each, f"items[{index}]" if many else "", source_url, now) for index, each in enumerate(sent))


def _item(each: Json, where: str, source_url: str, now: datetime) -> Item:
    try:
        sent = _SENT.validate_python(each)
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False, include_context=False)[0]
        # A union names its branches after the field; what the sender wrote ends at the field.
        unknown = detail["type"] == "extra_forbidden"
        why = f"no such field; there are {', '.join(_Sent.model_fields)}" if unknown else detail["msg"]
        raise FieldError(_path(where, str(detail["loc"][0]) if detail["loc"] else ""), why) from None
    title = title_text(sent.title)
    text, truncated = capped(html_to_text(sent.text) if _MARKUP.search(sent.text) else tidy(sent.text))
    if not (title or text):
        raise FieldError(_path(where, "title"), "a document needs a title or a text")
    url = absolute_url(sent.url, source_url) if sent.url else ""
    if sent.url and not url:
        raise FieldError(_path(where, "url"), "no http or https address")
    guid = tidy(str(sent.id)).replace("\n", " ") if sent.id is not None else ""
    return Item(
        guid=guid or canonical_url(url) or _digest(title, text),
        url=url,
        title=title,
        text=text,
        published_at=_published(sent.published, _path(where, "published"), now),
        language=language_code(sent.language),
        truncated=truncated,
    )


def _published(value: str | int | float | None, field: str, now: datetime) -> datetime | None:
    if value is None or value == "":
        return None
    moment = parse_date(value, now) if isinstance(value, str) else parse_epoch(value, now)
    if moment is None:
        raise FieldError(field, "no date between 1990 and tomorrow: write 2026-03-01T12:00:00Z, or seconds since 1970")
    return moment


def _path(where: str, field: str) -> str:
    return ".".join(part for part in (where, field) if part) or "document"


def _digest(title: str, text: str) -> str:
    return f"sent:{sha256(f'{title}|{text}'.encode('utf-8', 'replace')).hexdigest()[:32]}"
