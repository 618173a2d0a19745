"""Terms that another term of the same group or list finds already: `arrest` beside `arrest*`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from watcher.detection.language import primary
from watcher.detection.normal import plain
from watcher.detection.stems import STEMMED, Stemmer
from watcher.detection.terms import MIN_STEM, Part, parts
from watcher.model.signal import Term, TermKind

_EXACT: Final = frozenset({TermKind.WORDS, TermKind.CASED})


def redundant(own: Sequence[Term], others: Sequence[Term] = ()) -> Iterator[tuple[int, Term]]:
    """Positions in `own` of terms that another one of `own`, or one of `others`, finds wherever they stand.

    Of two that find the same the later one is superfluous.
    """
    every = [(term, _parts_of(term)) for term in (*own, *others)]
    by_first: dict[str, list[int]] = {}
    for number, (_, made) in enumerate(every):
        for key in _keys(made[0]):
            by_first.setdefault(key, []).append(number)
    stemming = frozenset(made[0].stem for _, made in every if made[0].stem)
    for number, (term, made) in enumerate(every[: len(own)]):
        candidates = {other for key in _reached(made[0], stemming) for other in by_first.get(key, ())}
        for other in sorted(candidates - {number}):
            wide, theirs = every[other]
            if (
                _counts_for(wide, term)
                and _cover(theirs, made)
                and not (number < other < len(own) and _cover(made, theirs))
            ):
                yield number, wide
                break


def _parts_of(term: Term) -> tuple[Part, ...]:
    language = primary(term.language or "en")
    return parts(term, language if language in STEMMED else "")


def _counts_for(wide: Term, narrow: Term) -> bool:
    return wide.shield == narrow.shield and wide.language in (None, narrow.language)


def _cover(wide: Sequence[Part], narrow: Sequence[Part]) -> bool:
    return len(wide) == len(narrow) and all(map(_covers, wide, narrow))


def _covers(wide: Part, narrow: Part) -> bool:
    """Whether every word that `narrow` finds is found by `wide`."""
    form = plain(narrow.form)
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
        yield plain(part.form)


def _reached(part: Part, stemming: frozenset[str]) -> Iterator[str]:
    """The keys of first words that may cover this one."""
    form = plain(part.form)
    yield form
    yield from (form[:length] for length in range(MIN_STEM, len(form)))
    for language in stemming:
        yield from (f"+{stem}" for stem in _own_stems(language, part))
