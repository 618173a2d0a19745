"""One document while it is being read: its fields, where terms stand, and what is worked out only when asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from watcher.detection.assertion import weaker
from watcher.detection.cues import CueBook, CueReading
from watcher.detection.fields import Field, Place, lay_out, read
from watcher.detection.genre import genre, headed
from watcher.detection.normal import forms, possessive_length
from watcher.detection.vocabulary import Hits, Span, TermIndex
from watcher.detection.voice import Voices
from watcher.model.match import Assertion, Evidence

MAX_SENTENCE_TEXT: Final = 280
_PAUSES: Final = frozenset(",:—–()،")

Spots = Mapping["Spot", Sequence[Span]]  # sentence → where in it something stands


class Spot(NamedTuple):
    """A place in a page: `page.fields[field].places[number]`. A tuple, because readings look so much up by it."""

    field: int
    number: int


@dataclass(slots=True)
class SpotReading:
    """What is known of one sentence, shared by all signals."""

    words: list[str]  # normal forms
    distinct: frozenset[str]
    voices: Voices


@dataclass
class Page:
    """A document with its hits. Layout, genre and sentence readings are computed once, when first needed."""

    fields: tuple[Field, Field]
    hits: tuple[Hits, Hits]
    found: frozenset[int]
    language: str
    book: CueBook
    truncated: bool
    shared: Mapping[int, int]  # term → percent that it counts, if several signals look for it
    year: int  # in which the document came
    _readings: dict[Spot, SpotReading] = field(default_factory=dict)
    _cues: dict[Spot, CueReading] = field(default_factory=dict)
    _standing: dict[int, list[tuple[Spot, Span, int]]] = field(default_factory=dict)
    _spots: dict[tuple[frozenset[int], frozenset[int]], Spots] = field(default_factory=dict)

    @classmethod
    def open(
        cls, title: str, text: str, language: str, index: TermIndex, book: CueBook, shared: Mapping[int, int], year: int
    ) -> Page:
        """One pass over the words of both fields."""
        one, two, truncated = read(title, text)
        hits = index.scan(one.words), index.scan(two.words)
        return cls(
            (one, two), hits, frozenset(hits[0].keys() | hits[1].keys()), language, book, truncated, shared, year
        )

    @cached_property
    def _laid_out(self) -> tuple[Field, Field]:
        lay_out(*self.fields, self.language)
        return self.fields

    @cached_property
    def places(self) -> tuple[list[Place], list[Place]]:
        """Sentences of title and text."""
        title, text = self._laid_out
        return title.places, text.places

    @cached_property
    def _firsts(self) -> tuple[list[int], list[int]]:
        one, two = self.places
        return [place.sentence.first for place in one], [place.sentence.first for place in two]

    @cached_property
    def genre(self) -> tuple[Assertion, str] | None:
        """The class of the whole document, if it is no plain news."""
        title, text = self._laid_out
        return genre(title, text, self.book, self.language, self.year)

    @cached_property
    def _headed(self) -> dict[int, tuple[Assertion, str]]:
        return headed(self._laid_out[1], self.book, self.year)

    def genre_at(self, spot: Spot) -> tuple[Assertion, str] | None:
        """The class that a place has for the heading over it, or for the whole document."""
        under = self._headed.get(spot.number) if spot.field else None
        return weaker(under, self.genre) if under is not None else self.genre

    def place(self, spot: Spot) -> Place:
        """The sentence at a spot."""
        return self.places[spot.field][spot.number]

    def reading(self, spot: Spot) -> SpotReading:
        """Normal forms and voices of a sentence."""
        found = self._readings.get(spot)
        if found is None:
            normal = [forms(token)[0] for token in self._tokens(spot)]
            voices = Voices(normal, self.language, self._pauses(spot))
            found = self._readings[spot] = SpotReading(normal, frozenset(normal), voices)
        return found

    def cues(self, spot: Spot) -> CueReading:
        """The cues of a sentence."""
        if spot not in self._cues:
            self._cues[spot] = self.book.read(self._tokens(spot), self.year)
        return self._cues[spot]

    def _tokens(self, spot: Spot) -> list[str]:
        sentence = self.place(spot).sentence
        return self.fields[spot.field].words[sentence.first : sentence.last]

    def _pauses(self, spot: Spot) -> frozenset[int]:
        """Tokens of a sentence after which a comma, a dash or the like stands."""
        one = self.fields[spot.field]
        sentence = self.place(spot).sentence
        return frozenset(
            number - sentence.first
            for number in range(sentence.first, sentence.last - 1)
            if not _PAUSES.isdisjoint(one.text[one.spans[number][1] : one.spans[number + 1][0]])
        )

    def spots(self, terms: frozenset[int], shields: frozenset[int] = frozenset()) -> Spots:
        """Where any of these terms stand: sentence → spans counted from its first token, in order, longest first.

        What a shield covers does not count. A phrase that would run over the end of a sentence does not stand anywhere.
        Groups of many signals are made of the same lists, so the answer is kept.
        """
        key = (terms, shields)
        if key not in self._spots:
            self._spots[key] = self._find_spots(terms & self.found, shields & self.found) if terms else {}
        return self._spots[key]

    def _find_spots(self, terms: frozenset[int], shields: frozenset[int]) -> Spots:
        covered = self._covered(shields) if shields else ()
        spots: dict[Spot, set[Span]] = {}
        for term in terms:
            for spot, span, first in self._stands(term):
                if not covered or covered[spot.field].isdisjoint(range(first + span[0], first + span[1])):
                    spots.setdefault(spot, set()).add(span)
        return {spot: sorted(spans, key=lambda span: (span[0], -span[1])) for spot, spans in spots.items()}

    def _covered(self, shields: frozenset[int]) -> tuple[set[int], ...]:
        """The tokens of title and text that shields cover."""
        return tuple(
            {number for term in hits.keys() & shields for span in hits[term] for number in range(*span)}
            for hits in self.hits
        )

    def _stands(self, term: int) -> list[tuple[Spot, Span, int]]:
        """Where a term stands: sentence, span counted from its first token, and the number of that token."""
        found = self._standing.get(term)
        if found is None:
            found = self._standing[term] = []
            for which, hits in enumerate(self.hits):
                for start, end in hits.get(term, ()):
                    number = bisect_right(self._firsts[which], start) - 1
                    sentence = self.places[which][number].sentence
                    if end <= sentence.last:
                        found.append(
                            (Spot(which, number), (start - sentence.first, end - sentence.first), sentence.first)
                        )
        return found

    def evidence(self, spot: Spot, span: Span, group: str) -> Evidence:
        """The words of a hit with their offsets in the field as it was given, without a possessive ending."""
        one = self.fields[spot.field]
        offset = self.place(spot).sentence.first
        start, end = one.slice(offset + span[0], offset + span[1])
        end -= possessive_length(one.words[offset + span[1] - 1])
        return Evidence(one.name, start, end, one.text[start:end], group)

    def sentence_text(self, spot: Spot) -> str:
        """The sentence for people: white space collapsed, shortened."""
        sentence = self.place(spot).sentence
        one = self.fields[spot.field]
        start, end = one.slice(sentence.first, sentence.last)
        text = " ".join(one.text[start : min(end, start + 4 * MAX_SENTENCE_TEXT)].split())
        return text if len(text) <= MAX_SENTENCE_TEXT else text[: MAX_SENTENCE_TEXT - 1].rstrip() + "…"
