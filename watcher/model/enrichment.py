"""Enrichment: the article behind an item that only half matched, fetched so that it can be read instead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EnrichmentStatus(StrEnum):
    """`done` has the article's text, `failed` could not be fetched or read, `skipped` was not wanted or not allowed."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Wish:
    """Why an article is worth fetching, how many points its item is short of an alert, and until when it is news."""

    reason: str
    distance: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Article:
    """What a page says: plain text, and nothing trusted. `url` is where it was found in the end."""

    url: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Enrichment:
    """One article wanted for one version of a document. Times are UTC.

    `attempts` counts fetches begun, `fetched_at` is when the last of them was. While it is fetched, `due_at` is when it
    is taken for lost. `error` says why it failed or was skipped.
    """

    document_id: str
    version: int
    reason: str
    status: EnrichmentStatus
    url: str
    host: str
    distance: int
    attempts: int
    due_at: datetime
    until: datetime
    created_at: datetime
    fetched_at: datetime | None = None
    final_url: str = ""
    title: str = ""
    text: str = ""
    error: str = ""
