"""How a held pattern is stated: resolved at its own sentence near its action, then weighed against the genre."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from watcher.detection.cues import CueReading
from watcher.detection.english import FUTURE, FUTURE_IN_PAST
from watcher.detection.vocabulary import Span
from watcher.model.match import Assertion

# Percent of the score that is left. Facts first; see docs/detection.md for how these were chosen.
FACTOR: Final[dict[Assertion, int]] = {
    Assertion.ASSERTED: 100,
    Assertion.ATTRIBUTED: 95,
    Assertion.DECIDED: 90,
    Assertion.DEMANDED: 45,
    Assertion.HYPOTHETICAL: 45,
    Assertion.DENIED: 35,
    Assertion.HISTORICAL: 30,
    Assertion.OPINION: 30,
}
FACTS: Final = frozenset({Assertion.ASSERTED, Assertion.ATTRIBUTED, Assertion.DECIDED})

# Which of several cues over one action wins: a denied plan is denied, a plan under a signed decree is decided.
_PRECEDENCE: Final = (
    Assertion.DENIED,
    Assertion.OPINION,
    Assertion.HISTORICAL,
    Assertion.DEMANDED,
    Assertion.HYPOTHETICAL,
    Assertion.DECIDED,
    Assertion.ATTRIBUTED,
    Assertion.ASSERTED,
)
_CONTENT_OF_A_DECISION: Final = FUTURE | FUTURE_IN_PAST


def resolve(
    reading: CueReading, action: Span, own: Sequence[Span] = (), groups: Sequence[Span] = (), *, question: bool
) -> tuple[Assertion, str]:
    """The assertion of an action in a sentence, and the words that show it ("" for a plain statement).

    `own` are words that the pattern itself asks for, `groups` the terms of its groups: they are part of what is said,
    not cues about it ("48% want the deal kept" demands nothing).
    """
    cues = reading.governing(action, own, groups)
    if any(kind is Assertion.DECIDED for kind, _ in cues):
        cues = [(kind, phrase) for kind, phrase in cues if phrase.removeprefix("=") not in _CONTENT_OF_A_DECISION]
    if question:
        cues.append((Assertion.HYPOTHETICAL, "?"))
    if not cues:
        return Assertion.ASSERTED, ""
    return min(cues, key=lambda pair: _PRECEDENCE.index(pair[0]))


def weaker(one: tuple[Assertion, str], other: tuple[Assertion, str] | None) -> tuple[Assertion, str]:
    """The reading that leaves less of the score: a fact told in an opinion piece is opinion."""
    return one if other is None or FACTOR[one[0]] <= FACTOR[other[0]] else other
