"""Terms that another term of the same group or list finds already: `arrest` beside `arrest*`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from watcher.detection.language import primary
from watcher.detection.normal import plain
from watcher.detection.stems import STEMMED, Stemmer
from watcher.detection.terms import Part, parts
from watcher.model.signal import Term, TermKind

_plain = lru_cache(maxsize=100_000)(plain)  # each word is compared with many
_EXACT: Final = frozenset({TermKind.WORDS, TermKind.CASED})


@dataclass(frozen=True, slots=True)
class Indexed:
    """Terms with their parts, and where those stand whose first word is looked for under a key (see `_keys`)."""

    terms: tuple[Term, ...]
    made: tuple[tuple[Part, ...], ...]
    by_first: Mapping[str, Sequence[int]]
    stars: frozenset[int]
    """How long the beginnings are that prefix terms look for."""
    stemming: frozenset[str]
    """The languages whose stems some first word is looked for by."""


class Shelf:
    """Lists of terms, each indexed once however many groups name it."""

    def __init__(self) -> None:
        self._made: dict[Term, tuple[Part, ...]] = {}
        self._indexed: dict[tuple[Term, ...], Indexed] = {}

    def of(self, terms: tuple[Term, ...]) -> Indexed:
        """The terms with their index."""
        if terms not in self._indexed:
            self._indexed[terms] = self._index(terms)
        return self._indexed[terms]

    def _index(self, terms: tuple[Term, ...]) -> Indexed:
        for term in terms:
            if term not in self._made:
                self._made[term] = _parts_of(term)
        made = tuple(self._made[term] for term in terms)
        by_first: dict[str, list[int]] = {}
        for number, parts_made in enumerate(made):
            for key in _keys(parts_made[0]):
                by_first.setdefault(key, []).append(number)
        stars = frozenset(len(one[0].form) for one in made if one[0].kind is TermKind.PREFIX)
        return Indexed(terms, made, by_first, stars, frozenset(one[0].stem for one in made if one[0].stem))


def redundant(own: Indexed, others: Sequence[Indexed] = ()) -> Iterator[tuple[int, Term]]:
    """Positions in `own` of terms that another one of `own`, or one of `others`, finds wherever they stand.

    Of two that find the same the later one is superfluous.
    """
    stemming = own.stemming.union(*(one.stemming for one in others))
    stars = own.stars.union(*(one.stars for one in others))
    for number, (term, made) in enumerate(zip(own.terms, own.made, strict=True)):
        keys = set(_reached(made[0], stemming, stars))
        for place, index in enumerate((own, *others)):
            wide = _wide(index, keys, term, made, None if place else number)
            if wide is not None:
                yield number, wide
                break


def _wide(index: Indexed, keys: Iterable[str], term: Term, made: Sequence[Part], own: int | None) -> Term | None:
    """The first of the indexed terms that finds whatever this one does; `own` is its position, if it is one of them."""
    for other in sorted({at for key in keys for at in index.by_first.get(key, ())}):
        wide, theirs = index.terms[other], index.made[other]
        if other == own or not _counts_for(wide, term) or not _cover(theirs, made):
            continue
        if own is None or other < own or not _cover(made, theirs):
            return wide
    return None


def _parts_of(term: Term) -> tuple[Part, ...]:
    language = primary(term.language or "en")
    return parts(term, language if language in STEMMED else "")


def _counts_for(wide: Term, narrow: Term) -> bool:
    return wide.shield == narrow.shield and wide.language in (None, narrow.language)


def _cover(wide: Sequence[Part], narrow: Sequence[Part]) -> bool:
    return len(wide) == len(narrow) and all(map(_covers, wide, narrow))


def _covers(wide: Part, narrow: Part) -> bool:
    """Whether every word that `narrow` finds is found by `wide`."""
    form = _plain(narrow.form)
    if wide.kind is TermKind.PREFIX:
        return not narrow.stem and narrow.kind is not TermKind.FUZZY and form.startswith(wide.form)
    if wide.stem:
        same = narrow.stem in ("", wide.stem) and narrow.kind in _EXACT
        return same and not _stems(wide.stem, wide.form).isdisjoint(_own_stems(wide.stem, narrow))
    if wide.kind is TermKind.CASED:
        return narrow.kind is TermKind.CASED and wide.form == narrow.form
    found = narrow.kind in _EXACT and not narrow.stem
    return wide.form == form and (found or (wide.kind is narrow.kind and not narrow.stem))


def _own_stems(language: str, part: Part) -> frozenset[str]:
    """Of a word that is itself looked for by stem all its stems count, of another one those of the word."""
    return _stems(language, part.form) if part.stem else _stems(language, part.form.casefold())


@lru_cache(maxsize=50_000)
def _stems(language: str, word: str) -> frozenset[str]:
    """The stem itself: what two inflections of one word have in common."""
    return frozenset({min(_stemmer(language).stems(word), key=lambda one: (len(one), one))})


@lru_cache(maxsize=len(STEMMED))
def _stemmer(language: str) -> Stemmer:
    return Stemmer(language)


def _keys(part: Part) -> Iterator[str]:
    """What a first word is looked up by."""
    if part.stem:
        yield from (f"+{stem}" for stem in _stems(part.stem, part.form))
    else:
        yield _plain(part.form)


def _reached(part: Part, stemming: frozenset[str], stars: frozenset[int]) -> Iterator[str]:
    """The keys of first words that may cover this one; `stars` are the lengths of beginnings that are looked for."""
    form = _plain(part.form)
    yield form
    yield from (form[:length] for length in stars if length < len(form))
    for language in stemming:
        yield from (f"+{stem}" for stem in _own_stems(language, part))
