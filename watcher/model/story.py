"""A story: the documents about one development."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class StoryStatus(StrEnum):
    """What a document is to the stories known so far."""

    NEW = "new"
    UPDATE = "update"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Signature:
    """What is compared of a document. `sketch` is the bottom-k of its shingle hashes (ascending, unsigned 64 bit kept
    under 2**63), `title_tokens` and `numbers` are normalised; `keys` are what candidates are looked up by; `names` are
    the words of the lead that are written with a capital inside a sentence."""

    document_id: str
    publisher: str
    canonical_url: str
    content_hash: str
    sketch: tuple[int, ...]
    title_tokens: frozenset[str]
    lead_tokens: frozenset[str]
    numbers: frozenset[str]
    keys: tuple[int, ...]
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StoryMember:
    """A document already placed in a story, as far as it matters for the next one."""

    story_id: str
    signature: Signature
    status: StoryStatus
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a document belongs, and why. `publishers` counts those who tell it in their own words, itself included."""

    story_id: str
    status: StoryStatus
    reasons: tuple[str, ...]
    publishers: int = 1
