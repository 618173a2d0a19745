"""The ways in which one term may be cut into words.

Persian joins with a mark, with a space, or at once; Arabic names are written with their article or without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice, product
from typing import Final

from watcher.detection.language import UNKNOWN
from watcher.detection.normal import plain
from watcher.detection.terms import ARTICLE, Part, parts
from watcher.model.signal import Term, TermKind

_JOINER: Final = "\u200c"
_PLURAL: Final = Part(TermKind.WORDS, plain("های"))
_MAX_ARTICLES: Final = 8  # ways to leave articles out
_MAX_WORDS: Final = 4  # of a phrase that is tried in all ways: at most 3 ** 3 of them


def spellings(term: Term, stems: str, language: str) -> tuple[tuple[Part, ...], ...]:
    """The parts of a term, first as it is written; `stems` is the language of its stems, `language` the documents'."""
    written = parts(term, stems)
    if term.kind is TermKind.FUZZY:
        return tuple(dict.fromkeys(_with_articles(written)))
    if language not in ("fa", UNKNOWN) or not _in_arabic_script(term):
        return (written,)
    words = parts(replace(term, text=term.text.replace(_JOINER, " ")), stems)
    if not 1 < len(words) <= _MAX_WORDS or any(part.kind is not TermKind.WORDS or part.stem for part in words[:-1]):
        return (written,)
    ways = product(("apart", "joined", "plural"), repeat=len(words) - 1)
    return tuple(dict.fromkeys((written, *(_linked(words, links) for links in ways))))


def _with_articles(words: tuple[Part, ...]) -> Iterator[tuple[Part, ...]]:
    """A name with every article of it there or left out."""
    yield words
    choices = [((word,), ()) if word.form == ARTICLE else ((word,),) for word in words]
    for way in islice(product(*choices), _MAX_ARTICLES):
        yield tuple(chain(*way))


def _in_arabic_script(term: Term) -> bool:
    return any("\u0600" <= char <= "\u06ff" for char in term.text)


def _linked(words: Sequence[Part], links: Sequence[str]) -> tuple[Part, ...]:
    """The words with what stands between them: nothing, the mark that joins them, or a plural written apart."""
    found = [words[0]]
    for link, word in zip(links, words[1:], strict=True):
        if link == "joined" and not word.stem:
            found[-1] = replace(word, form=found[-1].form + word.form)
        elif link == "plural":
            found += [_PLURAL, word]
        else:
            found.append(word)
    return tuple(found)
