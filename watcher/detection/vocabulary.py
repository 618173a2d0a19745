"""All terms of all signals in one trie over interned words: one pass over the tokens finds every term.

A *symbol* stands for one way to recognise one word (exactly, by stem, by case, by spelling). A token is looked up once,
however many signals ask for it, and the answer is cached: news vocabulary is small and repeats.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from watcher.detection.language import UNKNOWN
from watcher.detection.names import ARTICLES, LONGEST_ARTICLE, MIN_NAME, NameBook, latin
from watcher.detection.normal import forms
from watcher.detection.stems import Stemmer
from watcher.detection.terms import Part, cased_form
from watcher.detection.tokens import MAX_TOKEN
from watcher.detection.writing import Writing
from watcher.detection.years import as_any_year
from watcher.model.signal import TermKind

CACHE_SIZE: Final = 200_000  # distinct tokens; about 40 MB
_HEAD: Final = 3  # letters of a stem by which it is told whether a word may begin with one
MAX_HITS: Final = 256  # of one term in one field: more of the same says nothing new

Span = tuple[int, int]  # token numbers, the end is exclusive
Hits = dict[int, list[Span]]  # term number → where it stands


class Vocabulary:
    """Token → symbols. Filled while signals are compiled; read-only afterwards but for its cache.

    `language` is that of the documents whose tokens are looked up.
    """

    def __init__(self, language: str = UNKNOWN) -> None:
        self._writing = Writing(language)
        self._forms = forms if self._writing.simple else self._writing.forms
        self._cased_forms = _one_cased if self._writing.simple else self._writing.cased
        self._numbers: dict[Part, int] = {}
        self._exact: dict[str, int] = {}
        self._cased: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._stem_lengths: dict[str, tuple[int, ...]] = {}  # first letters of stems → how long these are
        self._short_stems: tuple[int, ...] = ()  # lengths of those that have fewer letters
        self._names = NameBook()
        self._article: int | None = None
        self._inflected: dict[str, tuple[Stemmer, dict[str, set[int]]]] = {}  # by language
        self.cache: dict[str, tuple[int, ...]] = {}

    def symbol(self, part: Part) -> int:
        """The number of a way to recognise a word; the same for equal parts."""
        if part.kind is not TermKind.CASED and not part.stem:
            form = self._writing.canonical(part.form)
            part = part if form == part.form else replace(part, form=form)
        if part in self._numbers:
            return self._numbers[part]
        if part.stem:
            return self._stemmed(part)
        number = self._numbers[part] = len(self._numbers)
        match part.kind:
            case TermKind.WORDS:
                self._exact[part.form] = number
            case TermKind.CASED:
                self._cased[part.form] = number
            case TermKind.PREFIX:
                self._stems[part.form] = number
                self._stem(part.form)
            case TermKind.FUZZY:
                self._name(part, number)
        self.cache.clear()
        return number

    def _stem(self, form: str) -> None:
        if len(form) < _HEAD:
            self._short_stems = tuple({*self._short_stems, len(form)})
        else:
            head = form[:_HEAD]
            self._stem_lengths[head] = tuple({*self._stem_lengths.get(head, ()), len(form)})

    def _name(self, part: Part, number: int) -> None:
        if part.form in ARTICLES:
            self._article = number
        else:
            self._names.add(part.form, number, alone=part.alone)

    def _stemmed(self, part: Part) -> int:
        number = self._numbers[part] = len(self._numbers)
        if part.stem not in self._inflected:
            self._inflected[part.stem] = Stemmer(part.stem), {}
        stemmer, stems = self._inflected[part.stem]
        for stem in stemmer.stems(part.form):
            stems.setdefault(stem, set()).add(number)
        self.cache.clear()
        return number

    def lengths(self) -> tuple[int, ...]:
        """Symbol → letters of what it stands for."""
        return tuple(len(part.form) for part in self._numbers)

    def look_up(self, token: str) -> tuple[int, ...]:
        """Every symbol that this token stands for, ascending; cached."""
        if len(self.cache) >= CACHE_SIZE:
            self.cache.clear()
        found = self.cache[token] = self._find(token) if len(token) <= MAX_TOKEN else ()
        return found

    def _find(self, token: str) -> tuple[int, ...]:
        cased: tuple[str, ...] = (token,)
        forms_of: tuple[str, ...] = (token.lower(),)  # all that most words have
        stemmable = forms_of
        if not (self._writing.simple and token.isascii() and token.isalpha()):
            cased, forms_of = self._cased_forms(token), self._forms(token)
            stemmable = self._writing.stemmable(token) if self._inflected else ()
        found = {number for form in cased if (number := self._cased.get(form)) is not None}
        for form in forms_of:
            self._of_form(form, found)
        for stemmer, stems in self._inflected.values():
            for word in stemmable:
                found.update(number for stem in stemmer.stems(word) for number in stems.get(stem, ()))
        return tuple(sorted(found)) if found else ()

    def _of_form(self, form: str, found: set[int]) -> None:
        if (exact := self._exact.get(form)) is not None:
            found.add(exact)
        if form[:1].isdigit() and (some := as_any_year(form)) and (number := self._exact.get(some)) is not None:
            found.add(number)
        for length in (*self._stem_lengths.get(form[:_HEAD], ()), *self._short_stems):
            if (stem := self._stems.get(form[:length])) is not None:
                found.add(stem)
        if self._article is not None and len(form) <= LONGEST_ARTICLE and latin(form) in ARTICLES:
            found.add(self._article)
        if len(form) >= MIN_NAME:
            found.update(self._names.look_up(form))


def _one_cased(token: str) -> tuple[str, ...]:
    return (cased_form(token),)


class _Node:
    """A place in the trie: the terms that end here, and where further symbols lead."""

    __slots__ = ("following", "terms")

    def __init__(self) -> None:
        self.terms: list[int] = []
        self.following: dict[int, _Node] = {}


class TermIndex:
    """Terms as sequences of symbols, numbered from 0; equal sequences share a number."""

    def __init__(self, language: str = UNKNOWN) -> None:
        self.vocabulary = Vocabulary(language)
        self.spellings: list[tuple[tuple[int, ...], ...]] = []  # of each term, as symbols
        self._root: dict[int, _Node] = {}
        self._numbers: dict[tuple[Part, ...], int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, parts: tuple[Part, ...], *others: tuple[Part, ...]) -> int:
        """Number of the term made of these parts, or of the parts of another spelling of it."""
        if parts in self._numbers:
            return self._numbers[parts]
        number = self._numbers[parts] = len(self._numbers)
        spellings = tuple(tuple(map(self.vocabulary.symbol, spelling)) for spelling in (parts, *others))
        self.spellings.append(spellings)
        for spelling in spellings:
            following = self._root
            node = _Node()
            for symbol in spelling:
                node = following.setdefault(symbol, _Node())
                following = node.following
            node.terms.append(number)
        return number

    def scan(self, tokens: Sequence[str]) -> Hits:
        """Where each term stands among the tokens; only terms that are there, at most MAX_HITS places of each."""
        cached, look_up, root = self.vocabulary.cache.get, self.vocabulary.look_up, self._root
        symbols = [found if (found := cached(token)) is not None else look_up(token) for token in tokens]
        hits: Hits = {}
        for start, here in enumerate(symbols):
            for symbol in here:
                if (node := root.get(symbol)) is not None:
                    self._follow(node, symbols, start, start + 1, hits)
        return hits

    def _follow(self, node: _Node, symbols: Sequence[tuple[int, ...]], start: int, end: int, hits: Hits) -> None:
        for term in node.terms:
            places = hits.setdefault(term, [])
            if len(places) < MAX_HITS and (not places or places[-1] != (start, end)):
                places.append((start, end))
        if node.following and end < len(symbols):
            for symbol in symbols[end]:
                if (after := node.following.get(symbol)) is not None:
                    self._follow(after, symbols, start, end + 1, hits)
