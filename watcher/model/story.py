"""A story: the documents about one development."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property


class StoryStatus(StrEnum):
    """What a document is to the stories known so far."""

    NEW = "new"
    UPDATE = "update"
    DUPLICATE = "duplicate"


@dataclass(frozen=True)
class Signature:
    """What is compared of a document.

    `sketch` is the bottom-k of its shingle hashes (ascending, unsigned 64 bit kept under 2**63), `title_tokens` and
    `numbers` are normalised; `keys` are what candidates are looked up by; `names` are the words of the lead that are
    written with a capital inside a sentence.

    The rest lets reports in other words or another language meet. `fired` are the signals that alert, `near` those that
    nearly do. Features are written `kind:value`, see watcher.stories.features: `focus` of the headline, `kernel` with
    the lead and the fired sentences, `reach` of the first page; `topic` are those that any report of the signal may
    have.
    `genre` is "roundup" for a text on several things.
    """

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
    fired: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()
    focus: frozenset[str] = frozenset()
    kernel: frozenset[str] = frozenset()
    reach: frozenset[str] = frozenset()
    topic: frozenset[str] = frozenset()
    genre: str = ""
    language: str = ""

    @cached_property
    def hashes(self) -> frozenset[int]:
        """The sketch, to be compared with others."""
        return frozenset(self.sketch)

    @cached_property
    def bits(self) -> int:
        """One of 1,024 bits for each hash of the sketch: what two sketches share at most is told from these alone."""
        return sum(1 << place for place in {value & 1023 for value in self.sketch})

    @cached_property
    def known(self) -> frozenset[str]:
        """The words and numbers that the report is known to say."""
        return self.title_tokens | self.lead_tokens | self.names | self.numbers


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
