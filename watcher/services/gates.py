"""Drop counters: at which gate the readings of documents ended. Every reading ends at exactly one of them.

A reading is one signal looking at one text: a document with 9 signals is 9 readings, and 9 more when its article is
read. What ends a reading is counted under `gate:<name>`, so a tally of them adds up to `readings`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from watcher.detection.engine import Detection
from watcher.detection.gates import stop_of
from watcher.model.alert import Decision, Speak
from watcher.model.match import Match

READINGS: Final = "readings"
_KEY: Final = "gate:"
OTHER: Final = "other-reading"
ALERT: Final = "alert"

GATES: Final[Mapping[str, str]] = {
    "no-words-in-language": "the signal has no words in the language of the text",
    "required-words-missing": "words that it needs are not there",
    "no-pattern": "the words are there, but not who does what to whom",
    "exclusion": "excluding words are there",
    "genre": "the whole text is commentary, a forecast, a look back",
    "assertion": "the statement is a plan, a demand, a denial, a memory",
    "below-threshold": "too few points",
    OTHER: "decided in the other reading of the document: the item's, or its article's",
    "shadow": "the signal is not live",
    "too-old": "published before the signal's max_age",
    "already-told": "folded into a story of which as much was told",
    "silence": "muted by a person",
    "snoozed": "put off by a person",
    "quiet-hours": "muted by the clock",
    "no-route": "no route leads to a channel",
    ALERT: "told: an alert opened or spoke again; in `match` and `eval`, the threshold is reached",
}


def count_readings(tally: Counter[str], detections: Iterable[Detection], kept: int) -> None:
    """Count what ended in detection. Of the matches `kept` are judged; the others count for the other reading."""
    matches = 0
    for one in detections:
        tally[READINGS] += one.signals
        matches += len(one.matches)
        for gate, count in one.stopped.items():
            tally[_KEY + gate] += count
    tally[_KEY + OTHER] += matches - kept


def count_match(tally: Counter[str], match: Match, ended: str | None = None) -> None:
    """Count a match that is not judged: it ended below its threshold, at `ended`, or it alerts."""
    tally[_KEY + (stop_of(match) or ended or ALERT)] += 1


def count_decision(tally: Counter[str], match: Match, decision: Decision) -> None:
    """Count a match that was judged."""
    told = decision.speak in (Speak.OPEN, Speak.AGAIN)
    tally[_KEY + (ALERT if told else stop_of(match) or decision.suppressed_by)] += 1


def together(*tallies: Counter[str]) -> Counter[str]:
    """These counters of several tallies, added up, without what else they count."""
    every = sum(tallies, Counter[str]())
    return Counter({key: count for key, count in every.items() if key == READINGS or key.startswith(_KEY)})


def gates_in(tally: Mapping[str, int]) -> dict[str, int]:
    """The counters by gate, in the order in which the gates are passed, without those that counted nothing."""
    counted = {key.removeprefix(_KEY): count for key, count in tally.items() if key.startswith(_KEY) and count}
    known = [name for name in GATES if name in counted]
    return {name: counted[name] for name in (*known, *sorted(counted.keys() - GATES.keys()))}
