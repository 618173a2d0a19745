"""The detector: signals compiled once, documents read in one pass, only the signals looked at whose pivot is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from watcher.detection.edition import Editions
from watcher.detection.explain import Explanation, explanation
from watcher.detection.fields import is_cut
from watcher.detection.gates import Gate, stop
from watcher.detection.language import language_of
from watcher.detection.page import Page
from watcher.detection.reading import SignalReader
from watcher.detection.score import FLOOR, severity
from watcher.detection.stand import Reading
from watcher.detection.years import SURELY_PAST
from watcher.model.match import Assertion, Match
from watcher.model.signal import Lexicon, Signal


@dataclass(frozen=True, slots=True)
class Detection:
    """Matches are hits and near misses, strongest first, ties by signal id. `truncated`: the text was cut.

    `signals` is how many looked at the document, `stopped` how many of them ended at which gate without a match: those
    and the matches add up to it.
    """

    language: str
    matches: tuple[Match, ...]
    truncated: bool
    signals: int = field(default=0, compare=False)
    stopped: Mapping[Gate, int] = field(default_factory=dict, compare=False)


class Detector:
    """Reads documents for a set of signals. Safe to share between threads.

    Raises ValueError (TermError) at construction for a term or list that cannot be used. `prefilter=False` looks at
    every signal on every document; the result is the same.
    """

    def __init__(self, signals: Sequence[Signal], lexicons: Sequence[Lexicon] = (), prefilter: bool = True) -> None:
        self._editions = Editions(signals, lexicons)
        self._prefilter = prefilter

    def detect(self, title: str, text: str, language: str | None = None, year: int = SURELY_PAST) -> Detection:
        """Matches of all signals on one document. `language` is a code ("en", "en-GB"); None: told from the text.

        `year` is that in which the document came; the years before it are past.
        """
        code = language_of(language, title, text)
        edition = self._editions.of(code)
        if self._prefilter and not edition.prefilter.opens(title, text):
            return Detection(code, (), is_cut(title, text), len(edition.signals), edition.unread)
        page = edition.page(title, text, code, year)
        candidates = edition.candidates(page.found) if self._prefilter else edition.signals
        matches: list[Match] = []
        stopped = Counter(edition.unread)
        for ready in candidates:
            stopped[Gate.LANGUAGE if ready.signal.id in edition.mute else Gate.WORDS] -= 1
            reading = SignalReader(ready, page).best()
            if reading.complete and reading.score >= FLOOR:
                matches.append(_match(reading, page))
            else:
                stopped[_stopped_at(reading, page)] += 1
        matches.sort(key=lambda match: (-match.score, match.signal_id))
        return Detection(page.language, tuple(matches), page.truncated, len(edition.signals), stopped)

    def explain(
        self,
        title: str,
        text: str,
        language: str | None = None,
        signal_ids: Collection[str] | None = None,
        year: int = SURELY_PAST,
    ) -> tuple[Explanation, ...]:
        """Every signal (or the named ones) on one document, in the order of the rulebook, found or not."""
        code = language_of(language, title, text)
        edition = self._editions.of(code)
        page = edition.page(title, text, code, year)
        return tuple(
            explanation(SignalReader(ready, page).best())
            for ready in edition.signals
            if signal_ids is None or ready.signal.id in signal_ids
        )


def _of_genre(reading: Reading, page: Page) -> bool:
    return reading.assertion is not Assertion.ASSERTED and page.genre == (reading.assertion, reading.cue)


def _stopped_at(reading: Reading, page: Page) -> Gate:
    """Where a reading ended that is no match."""
    if not reading.complete:
        return Gate.WORDS
    genre = _of_genre(reading, page)
    return stop(reading.ledger, reading.assertion, reading.ready.signal.alert_at, reading.pattern, genre=genre)


def _match(reading: Reading, page: Page) -> Match:
    signal = reading.ready.signal
    score = reading.score
    return Match(
        signal_id=signal.id,
        score=score,
        severity=severity(signal, score).value,
        assertion=reading.assertion,
        alert=score >= signal.alert_at,
        evidence=reading.evidence,
        ledger=reading.ledger,
        alert_at=signal.alert_at,
        sentence=reading.sentence,
        pattern=reading.pattern,
        cue=reading.cue,
        missing=reading.missing,
        quantities=reading.quantities,
        genre=_of_genre(reading, page),
    )
