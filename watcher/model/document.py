"""A document: one normalised item from a source, and what a poll brings home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

HELD = "watcher:held"
"""Tag of documents that a quarantined source brought in excess: they are stored and matched, and raise no alert by
themselves. No tag of a rulebook can be written like this."""


@dataclass(frozen=True, slots=True)
class Source:
    """A configured origin that is polled. `options` is the kind's own, validated configuration object."""

    id: str
    kind: str
    url: str
    publisher: str
    language: str | None = None
    every: timedelta = timedelta(minutes=5)
    every_max: timedelta | None = None
    trust: float = 0.5
    tags: tuple[str, ...] = ()
    enabled: bool = True
    options: object = None


@dataclass(frozen=True, slots=True)
class Item:
    """One entry as a parser read it: plain text, absolute http(s) URL or "", and nothing trusted.

    `published_at` is what the source claims (UTC), or None; ordering and dedup never use it. `guid_only` says that the
    guid alone tells this item from others (a page watched for changes: one URL, each change a document of its own).
    `publisher` is a registrable domain when one source carries many publishers, else None for the source's own.
    """

    guid: str
    url: str
    title: str
    text: str
    published_at: datetime | None = None
    updated_at: datetime | None = None
    language: str | None = None
    truncated: bool = False
    guid_only: bool = False
    publisher: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A stored item. `version` rises when title, text or date were edited; the id stays.

    `content_hash` is hex over the normalised title and text; `canonical_url` has no tracking parameters
    ("" when the item has no link). Times are UTC. `tags` and `publisher` come from the source.
    """

    id: str
    source_id: str
    publisher: str
    guid: str
    url: str
    canonical_url: str
    title: str
    text: str
    language: str | None
    published_at: datetime | None
    first_seen_at: datetime
    content_hash: str
    version: int = 1
    tags: tuple[str, ...] = ()
    trust: float = 0.5


class Health(StrEnum):
    """How a source does; `watcher.sources.health` says when it changes from one to another."""

    NEW = "new"
    HEALTHY = "healthy"
    SLOW = "slow"
    STALE = "stale"
    EMPTY = "empty"
    FAILING = "failing"
    BLOCKED = "blocked"
    GONE = "gone"
    QUARANTINED = "quarantined"


class Outcome(StrEnum):
    """What one poll came to."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SourceState:
    """The row that makes 10,000 sources one job: validators, due time, failures, health with its reason.

    `cursor` is what the source's kind remembers from poll to poll, in a form of its own.
    `health` moves when `leaning`, the verdict of the last `leaning_polls` polls, has lasted; `told_health` is what the
    operator knows. `rhythm_s` is the usual time between two new documents, `latency_s` that of an answer, `pause_s`
    what was planned until the next poll, all in seconds. `hurry` is how often that pause was halved because windows
    were missed (`windows_missed` so far; the last one between `missed_from` and `missed_until`). `held` counts
    documents whose alerts a quarantine held back. `url` is the configured address of the last success: `moved_to` holds
    for it only.
    """

    source_id: str
    next_due_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    last_polled_at: datetime | None = None
    last_success_at: datetime | None = None
    last_new_at: datetime | None = None
    failures: int = 0
    health: Health = Health.NEW
    reason: str = ""
    moved_to: str | None = None
    polls: int = 0
    documents: int = 0
    cursor: str | None = None
    url: str = ""
    failure: str = ""
    health_since: datetime | None = None
    leaning: Health = Health.NEW
    leaning_polls: int = 0
    told_health: Health = Health.NEW
    rhythm_s: float | None = None
    latency_s: float | None = None
    pause_s: float | None = None
    hurry: int = 0
    windows_missed: int = 0
    missed_from: datetime | None = None
    missed_until: datetime | None = None
    held: int = 0


@dataclass(frozen=True, slots=True)
class Poll:
    """One poll's result. A failed poll has an `error` ("timeout: no answer within 20 s"), and no items.

    `validators` replace the stored ones; they are left empty when the body was cut short or could not be parsed, so
    that the next poll asks again. `dropped` counts items beyond the bound (newest are kept). `cursor` is the kind's own
    memory of how far it has read; None keeps the stored one. `hub` is the WebSub hub that a feed
    names, and its topic; `pushed`: the items were sent to us, and nobody polled.
    `failure` is the class of a failure in one word, `wish` how long the publisher wants to be left alone (not a demand,
    which is `retry_after`), `seconds` how long the answer took. `ours`: it failed because our own network is down.
    """

    outcome: Outcome
    items: tuple[Item, ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    error: str = ""
    health: Health = Health.HEALTHY
    retry_after: timedelta | None = None
    moved_to: str | None = None
    dropped: int = 0
    notes: tuple[str, ...] = ()
    facts: Mapping[str, str | int | float] = field(default_factory=dict)
    cursor: str | None = None
    hub: tuple[str, str] | None = None
    pushed: bool = False
    failure: str = ""
    wish: timedelta | None = None
    seconds: float | None = None
    ours: bool = False
