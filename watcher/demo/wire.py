"""The wire: who publishes what, and how many seconds after the start it appears. Everything in it is invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Form(StrEnum):
    """How an outlet offers its items."""

    RSS = "rss"
    ATOM = "atom"
    RDF = "rdf"
    JSON_FEED = "json-feed"
    PAGE = "page"
    API = "api"


class Variety(StrEnum):
    """What a news item is to the development it speaks of."""

    DEVELOPMENT = "development"
    COPY = "copy"
    RETELLING = "retelling"
    FOLLOW_UP = "follow-up"
    DENIAL = "denial"
    COMMENT = "comment"
    SPECULATION = "speculation"
    DEMAND = "demand"
    QUESTION = "question"
    ANNIVERSARY = "anniversary"
    UNRELATED = "unrelated"


@dataclass(frozen=True, slots=True)
class Outlet:
    """One source of the wire. It answers 503 until `down_until` seconds after the start."""

    id: str
    name: str
    publisher: str
    language: str
    form: Form
    trust: float
    tags: tuple[str, ...] = ()
    down_until: float = 0.0


@dataclass(frozen=True, slots=True)
class Edit:
    """A corrected title, `at` seconds after the start; the item stays the same one."""

    at: float
    title: str


@dataclass(frozen=True, slots=True)
class WireItem:
    """One news item. It appears `at` seconds after the start and claims to have been published `age` before that.

    `label` is what ought to come of it: `alert:<signal>`, `duplicate` (a development that has been told already),
    `watch` (on a signal's topic, no alert), `none` (another topic), `too-old` (a development past its time).
    Items of one `story` report one development.
    """

    id: str
    outlet: str
    language: str
    title: str
    summary: str
    at: float
    label: str
    variety: Variety
    story: str = ""
    age: timedelta = timedelta(0)
    edit: Edit | None = None

    @property
    def alerts(self) -> str | None:
        """The signal that ought to alert, if one ought to."""
        return self.label.removeprefix("alert:") if self.label.startswith("alert:") else None


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as it reads at some moment, with the dates it claims (UTC)."""

    item: WireItem
    title: str
    published_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Wire:
    """All outlets, and all items in order of appearance."""

    outlets: tuple[Outlet, ...]
    items: tuple[WireItem, ...]

    def outlet(self, outlet_id: str) -> Outlet | None:
        """The outlet of that id, if there is one."""
        return next((outlet for outlet in self.outlets if outlet.id == outlet_id), None)

    def entries(self, outlet_id: str, started_at: datetime, elapsed: float) -> tuple[Entry, ...]:
        """What the outlet shows `elapsed` seconds after the start, newest first."""
        shown = [
            _entry(item, started_at, elapsed) for item in self.items if item.outlet == outlet_id and item.at <= elapsed
        ]
        return tuple(sorted(shown, key=lambda entry: (entry.item.at, entry.published_at), reverse=True))


def _entry(item: WireItem, started_at: datetime, elapsed: float) -> Entry:
    published = started_at + timedelta(seconds=item.at) - item.age
    if item.edit is None or item.edit.at > elapsed:
        return Entry(item, item.title, published, published)
    return Entry(item, item.edit.title, published, started_at + timedelta(seconds=item.edit.at))
