"""Cues of assertion, after medspaCy's ConText: records with class, phrase, direction, window, terminators, pseudo-cues.

All phrases of one language stand in one index, which is read only over sentences in which a pattern holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from watcher.detection.language import UNKNOWN
from watcher.detection.normal import plain
from watcher.detection.spellings import spellings
from watcher.detection.stems import STEMMED
from watcher.detection.terms import parse_term
from watcher.detection.vocabulary import Hits, Span, TermIndex
from watcher.detection.years import ANY_YEAR, PAST_YEAR, year_of
from watcher.model.match import Assertion
from watcher.model.signal import Cue, Direction

# A past time among the first words holds for the whole sentence: "In March 2008 …", "Ten years ago …".
_OPENING: Final = 1


@dataclass(frozen=True, slots=True)
class PlacedCue:
    """A cue with the tokens of the sentence that it takes up."""

    cue: Cue
    span: Span


class CueBook:
    """The cues of one language."""

    def __init__(self, cues: Iterable[Cue], language: str = UNKNOWN) -> None:
        self._language = language
        self._index = TermIndex(language)
        self._cues: dict[int, list[Cue]] = {}
        self._stops: dict[str, int] = {}
        self._dated: set[int] = set()  # the terms of cues that name a past year
        for cue in cues:
            term = self._add(cue.phrase)
            self._cues.setdefault(term, []).append(cue)
            if PAST_YEAR in cue.phrase:
                self._dated.add(term)
            for stop in cue.until:
                self._stops[stop] = self._add(stop)

    def _add(self, phrase: str) -> int:
        stems = self._language if self._language in STEMMED else ""
        return self._index.add(*spellings(parse_term(phrase.replace(PAST_YEAR, ANY_YEAR)), stems, self._language))

    def read(self, tokens: Sequence[str], year: int) -> CueReading:
        """What the cues say about these tokens (one sentence, or the beginning of a document) that came in a year."""
        hits = self._index.scan(tokens)
        for term in hits.keys() & self._dated:
            hits[term] = [span for span in hits[term] if _is_past(tokens[slice(*span)], year)]
        return CueReading(hits, self._cues, self._stops)


def _is_past(tokens: Sequence[str], year: int) -> bool:
    years = [found for token in tokens if (found := year_of(plain(token))) is not None]
    return bool(years) and all(one < year for one in years)


class CueReading:
    """The cues of one sentence: longest first, each token taken once, pseudo-cues shielding what they cover."""

    def __init__(self, hits: Hits, cues: dict[int, list[Cue]], stops: dict[str, int]) -> None:
        spans = sorted(
            ((span, term) for term, found in hits.items() if term in cues for span in found),
            key=lambda pair: (pair[0][0] - pair[0][1], pair[0][0]),
        )
        taken: dict[int, Span] = {}
        self.placed: list[PlacedCue] = []
        for span, term in spans:
            if all(taken.get(number, span) == span for number in range(*span)):
                taken.update(dict.fromkeys(range(*span), span))
                self.placed += [PlacedCue(cue, span) for cue in cues[term] if cue.assertion is not None]
        self._stops, self._hits = stops, hits

    def governing(
        self, action: Span, own: Sequence[Span] = (), groups: Sequence[Span] = ()
    ) -> list[tuple[Assertion, str]]:
        """Class and phrase of every cue within whose reach the action stands.

        Without those that overlap `own`, or lie wholly within one of `groups`.
        """
        return [
            (placed.cue.assertion, placed.cue.phrase)
            for placed in self.placed
            if placed.cue.assertion is not None
            and self._reaches(placed, action)
            and not any(placed.span[0] < end and start < placed.span[1] for start, end in own)
            and not any(start <= placed.span[0] and placed.span[1] <= end for start, end in groups)
        ]

    def _reaches(self, placed: PlacedCue, action: Span) -> bool:
        first, last = placed.span
        direction, window = placed.cue.direction, placed.cue.window
        if last <= action[0] and direction in (Direction.FORWARD, Direction.BOTH):
            near = action[0] - last < window or (first <= _OPENING and placed.cue.assertion is Assertion.HISTORICAL)
            return near and not self._stopped(placed.cue, last, action[0])
        if action[1] <= first and direction in (Direction.BACKWARD, Direction.BOTH):
            return first - action[1] < window and not self._stopped(placed.cue, action[1], first)
        return False

    def _stopped(self, cue: Cue, first: int, last: int) -> bool:
        return any(
            first <= start and end <= last
            for phrase in cue.until
            for start, end in self._hits.get(self._stops[phrase], ())
        )
