"""How a signal stands on a page: what holds where, what it weighs, and the reading that comes of the best of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from watcher.detection.compiled import ReadySignal
from watcher.detection.holding import Chosen
from watcher.detection.page import Spot
from watcher.detection.score import Nearness, total
from watcher.detection.vocabulary import Span
from watcher.model.match import Assertion, Evidence, LedgerEntry, Quantity


@dataclass(frozen=True, slots=True)
class Reading:
    """How a signal stands on a page, with its ledger; `pattern` is "" when none holds."""

    ready: ReadySignal
    evidence: tuple[Evidence, ...]
    ledger: tuple[LedgerEntry, ...]
    assertion: Assertion
    cue: str
    pattern: str
    sentence: str
    missing: tuple[str, ...]
    complete: bool  # what some alternative needs is there, but for the action, or enough of the topic

    quantities: tuple[Quantity, ...] = ()

    @property
    def score(self) -> int:
        """0 to 100."""
        return total(self.ledger)


@dataclass(frozen=True, slots=True)
class Held:
    """A pattern holding in a sentence, or (pattern "") the sentence that shows most. `asked`: groups it wants near."""

    pattern: str
    spot: Spot
    chosen: Chosen
    assertion: tuple[Assertion, str]
    asked: frozenset[str] = frozenset()
    near: Nearness | None = None
    own: int = 0  # points of the signal's own topic, where no pattern holds


@dataclass(frozen=True, slots=True)
class Weighed:
    """What holds, where each group counts, and the points. Only the best of a page becomes a reading."""

    held: Held
    places: Mapping[str, tuple[Spot, Span]]
    ledger: tuple[LedgerEntry, ...]
