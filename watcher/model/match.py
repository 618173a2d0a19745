"""A match: a signal holding on a document, with the words that prove it and the points that add up to its score."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Assertion(StrEnum):
    """How the text states the development, strongest first."""

    ASSERTED = "asserted"
    ATTRIBUTED = "attributed"
    DECIDED = "decided"
    DEMANDED = "demanded"
    HYPOTHETICAL = "hypothetical"
    DENIED = "denied"
    HISTORICAL = "historical"
    OPINION = "opinion"

    @property
    def strength(self) -> int:
        """Higher speaks louder: opinion 0 … asserted 7."""
        return len(Assertion) - 1 - tuple(Assertion).index(self)


class ScoredOn(StrEnum):
    """Which text a match was read in: title and text of the item, or title of the item and text of its article."""

    ITEM = "item"
    ARTICLE = "article"


@dataclass(frozen=True, slots=True)
class Evidence:
    """`text` is exactly `field_text[start:end]` of the document as it was given; `group` names what it stands for.

    In a match that was scored on the article, offsets of the field `text` point into the article's text.
    """

    field: str
    start: int
    end: int
    text: str
    group: str


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A reason and its points; a document's entries add up to its score exactly."""

    reason: str
    points: int


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure beside what a signal found: `value` in `unit` (percent, people, or a currency such as USD), normalised.

    `name` is the quantity that the signal asks for, `subject` the group that the figure is about ("" if none is near).
    """

    name: str
    value: float
    unit: str
    subject: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Match:
    """`score` is 0 to 100, `severity` its band's name, `alert` whether it reaches the signal's threshold.

    `sentence` is the sentence that made it fire, shortened for people; `pattern` the pattern that held, as written.
    `genre`: the text as a whole has the class of `assertion`, not this statement in it; it is not stored.
    """

    signal_id: str
    score: int
    severity: str
    assertion: Assertion
    alert: bool
    evidence: tuple[Evidence, ...]
    ledger: tuple[LedgerEntry, ...]
    alert_at: int
    sentence: str = ""
    pattern: str = ""
    cue: str = ""
    missing: tuple[str, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    scored_on: ScoredOn = ScoredOn.ITEM
    genre: bool = field(default=False, compare=False)
