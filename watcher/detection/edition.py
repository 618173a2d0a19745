"""Signals as they are read in documents of one language: its terms, its patterns, its cues. Made when first needed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from watcher.detection.compiled import Compiler, ReadySignal
from watcher.detection.cues import CueBook
from watcher.detection.gates import Gate
from watcher.detection.language import SUPPORTED, UNKNOWN, primary
from watcher.detection.page import Page
from watcher.detection.prefilter import Prefilter
from watcher.detection.topic import ENOUGH, points, shared_terms
from watcher.detection.vocabulary import TermIndex
from watcher.model.signal import Lexicon, Signal


@dataclass(frozen=True)
class Edition:
    """All signals for documents of one language, in the order of the rulebook."""

    signals: tuple[ReadySignal, ...]
    index: TermIndex
    prefilter: Prefilter
    book: CueBook
    shared: dict[int, int]  # term → percent that it counts, if several live signals look for it

    @cached_property
    def unread(self) -> Mapping[Gate, int]:
        """Where signals end on a document with none of their words."""
        return {Gate.LANGUAGE: len(self.mute), Gate.WORDS: len(self.signals) - len(self.mute)}

    @cached_property
    def mute(self) -> frozenset[str]:
        """The ids of the signals that have no words for what they need in this language."""
        return frozenset(
            ready.signal.id
            for ready in self.signals
            if not any(all(ready.groups[name].terms for name in need) for need in ready.needs)
        )

    def page(self, title: str, text: str, language: str, year: int) -> Page:
        """A document opened, its terms found; `language` is the document's, which may have no edition of its own."""
        return Page.open(title, text, language, self.index, self.book, self.shared, year)

    def candidates(self, found: frozenset[int]) -> list[ReadySignal]:
        """The signals that can match a document with these terms; the others cannot."""
        ready = (self.signals[position] for position in self.prefilter.candidates(found))
        return [one for one in ready if self._worth_reading(one, found)]

    def _worth_reading(self, ready: ReadySignal, found: frozenset[int]) -> bool:
        there = {name for name, group in ready.groups.items() if not group.terms.isdisjoint(found)}
        return any(need <= there for need in (*ready.needs, *ready.topics)) or (
            points(ready, found, self.shared) >= ENOUGH
        )


class Editions:
    """Editions by language. A language of which no rule speaks has only what holds for all languages.

    Raises ValueError at construction for a list that no lexicon has, TermError for a term that cannot be used.
    """

    def __init__(self, signals: Sequence[Signal], lexicons: Sequence[Lexicon]) -> None:
        self._signals = signals
        self._lexicons = lexicons
        self._spoken = _languages(signals, lexicons)
        self._made: dict[str, Edition] = {}
        self.of("en")

    def of(self, language: str) -> Edition:
        """The edition for documents of a language. Two threads may both make one; either is good."""
        code = language if language in self._spoken else ""
        if code not in self._made:
            self._made[code] = self._make(code)
        return self._made[code]

    def _make(self, language: str) -> Edition:
        compiler = Compiler(self._lexicons, language)
        signals = tuple(compiler.signal(signal) for signal in self._signals)
        cues = (cue for lexicon in self._lexicons for cue in lexicon.cues if primary(cue.language) == language)
        shared = shared_terms(signals)
        prefilter = Prefilter(signals, compiler.index, shared)
        return Edition(signals, compiler.index, prefilter, CueBook(cues, language), shared)


def _languages(signals: Sequence[Signal], lexicons: Sequence[Lexicon]) -> Collection[str]:
    lists = chain.from_iterable(terms for lexicon in lexicons for terms in lexicon.lists.values())
    terms = chain(lists, *(group.terms + group.again for signal in signals for group in signal.groups))
    named = chain(
        (term.language for term in terms),
        (lexicon.language for lexicon in lexicons),
        (cue.language for lexicon in lexicons for cue in lexicon.cues),
        (code for signal in signals for pattern in signal.patterns for code in pattern.languages),
    )
    return frozenset({UNKNOWN, *SUPPORTED, *(primary(code) for code in named if code)})
