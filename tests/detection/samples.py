"""Signals and lexicons small enough to be seen at a glance."""

from __future__ import annotations

from collections.abc import Iterable

from watcher.detection.engine import Detector
from watcher.detection.patterns import parse_pattern
from watcher.detection.terms import parse_term
from watcher.model.match import Assertion, Match
from watcher.model.signal import Cue, Direction, Group, Lexicon, Signal, Term

PATTERNS = ("state act target within 12", "target act-passive (by state)?", "act-noun (of|against|on) target")


def terms(*texts: str) -> tuple[Term, ...]:
    return tuple(parse_term(text) for text in texts)


def groups() -> tuple[Group, ...]:
    return (
        Group("state", 15, terms("iraqi police", "iraqi army", "baghdad", "iraq", "officers")),
        Group("act", 30, terms("arrest*", "raid*", "disarm*", "crackdown*", "seize*", "closure*", "shut")),
        Group("target", 25, terms("militia*", "pmf commander*", "~kataib hezbollah")),
        Group("place", 10, lists=("places",)),
    )


def crackdown(
    patterns: Iterable[str] = PATTERNS,
    exclude: tuple[str, ...] = ("video game",),
    signal_id: str = "crackdown",
    alert_at: int = 60,
) -> Signal:
    names = [group.name for group in groups()]
    return Signal(
        id=signal_id,
        title="Militia crackdown",
        groups=groups(),
        patterns=tuple(parse_pattern(text, names) for text in patterns),
        exclude=terms(*exclude),
        alert_at=alert_at,
    )


def lexicon() -> Lexicon:
    cues = [
        *(Cue(phrase, Assertion.HYPOTHETICAL, window=6) for phrase in ("could", "=may", "might", "would", "=will")),
        *(Cue(phrase, Assertion.HYPOTHETICAL, window=3) for phrase in ("to", "plans to")),
        *(Cue(phrase, Assertion.DEMANDED, window=10, until=("but",)) for phrase in ("urges", "calls on", "must")),
        *(Cue(phrase, Assertion.DENIED, window=10, until=("but",)) for phrase in ("denies", "denied", "not", "no")),
        *(Cue(phrase, Assertion.ATTRIBUTED, Direction.BOTH, 30) for phrase in ("said", "says")),
        *(Cue(phrase, Assertion.DECIDED, Direction.BOTH, 20) for phrase in ("under a decree", "approved")),
        Cue("never happened", Assertion.DENIED, Direction.BACKWARD, 12),
        Cue("years ago", Assertion.HISTORICAL, Direction.BOTH, 12),
        *(Cue(phrase, None) for phrase in ("managed to", "began to", "not only", "according to")),
        Cue("opinion", Assertion.OPINION, Direction.DOCUMENT, 1),
        Cue("what to watch", Assertion.HYPOTHETICAL, Direction.DOCUMENT, 12),
    ]
    return Lexicon("shared", {"places": terms("basra", "iraq*", "baghdad")}, tuple(cues))


def detector(*signals: Signal, prefilter: bool = True) -> Detector:
    return Detector(signals or (crackdown(),), [lexicon()], prefilter=prefilter)


def only(title: str, text: str = "", reader: Detector | None = None) -> Match | None:
    """The match of the one signal, or None."""
    matches = (reader or detector()).detect(title, text, "en").matches
    return matches[0] if matches else None


def held(title: str, text: str = "", reader: Detector | None = None) -> Match | None:
    """The match of the one signal if a pattern of it holds, or None."""
    match = only(title, text, reader)
    return match if match is not None and match.pattern else None
