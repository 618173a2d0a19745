"""Why a signal holds on a document, or how far it is from it: for every signal, also those with nothing found."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.detection.stand import Reading
from watcher.model.match import Assertion, Evidence, LedgerEntry


@dataclass(frozen=True, slots=True)
class Explanation:
    """`found` and `missing` are names of groups (`required` ones among the missing in `needed`).

    `distance` is how many points are wanting to the alert threshold; 0 or less means that it alerts.
    """

    signal_id: str
    title: str
    score: int
    alert_at: int
    found: tuple[str, ...]
    missing: tuple[str, ...]
    needed: tuple[str, ...]
    pattern: str
    patterns: tuple[str, ...]
    assertion: Assertion
    cue: str
    sentence: str
    evidence: tuple[Evidence, ...]
    ledger: tuple[LedgerEntry, ...]

    @property
    def distance(self) -> int:
        """Points wanting to the threshold."""
        return self.alert_at - self.score

    @property
    def alert(self) -> bool:
        """Whether the score reaches the threshold."""
        return self.distance <= 0


def explanation(reading: Reading) -> Explanation:
    """Tell a reading in full."""
    signal = reading.ready.signal
    found = {one.group for one in reading.evidence}
    names = [group.name for group in signal.groups]
    return Explanation(
        signal_id=signal.id,
        title=signal.title,
        score=reading.score,
        alert_at=signal.alert_at,
        found=tuple(name for name in names if name in found),
        missing=tuple(name for name in names if name not in found),
        needed=reading.missing,
        pattern=reading.pattern,
        patterns=tuple(pattern.text for pattern in signal.patterns),
        assertion=reading.assertion,
        cue=reading.cue,
        sentence=reading.sentence,
        evidence=reading.evidence,
        ledger=reading.ledger,
    )
