"""Where a reading of a document by a signal ended: the gates of detection, in the order in which they are passed."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from watcher.detection.assertion import FACTOR
from watcher.model.match import Assertion, LedgerEntry, Match


class Gate(StrEnum):
    """The first thing that kept a signal from alerting on a document."""

    LANGUAGE = "no-words-in-language"
    WORDS = "required-words-missing"
    PATTERN = "no-pattern"
    EXCLUSION = "exclusion"
    GENRE = "genre"
    ASSERTION = "assertion"
    SCORE = "below-threshold"


_EXCLUDED: Final = "excluded by "
_HELD: Final = "pattern held "


def stop_of(match: Match) -> Gate | None:
    """What keeps a match below its threshold; None if nothing does."""
    return (
        None if match.alert else stop(match.ledger, match.assertion, match.alert_at, match.pattern, genre=match.genre)
    )


def stop(ledger: Sequence[LedgerEntry], assertion: Assertion, alert_at: int, pattern: str, *, genre: bool) -> Gate:
    """The same, from the parts of a reading that stays below `alert_at`.

    The class of a statement is the reason only where the points before it would have been enough.
    """
    reasons = [entry.reason for entry in ledger]
    if any(reason.startswith(_EXCLUDED) for reason in reasons):
        return Gate.EXCLUSION
    if not pattern and not any(reason.startswith(_HELD) for reason in reasons):
        return Gate.PATTERN
    if FACTOR[assertion] < 100 and _before(ledger, assertion) >= alert_at:
        return Gate.GENRE if genre else Gate.ASSERTION
    return Gate.SCORE


def _before(ledger: Sequence[LedgerEntry], assertion: Assertion) -> int:
    """The points before the way of stating took its share."""
    points = 0
    for entry in ledger:
        if entry.reason.partition(":")[0] == assertion:
            return points
        points += entry.points
    return points
