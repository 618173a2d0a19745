"""Terms as files list them: parsed, with the faults that both signals and lexicons share."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from watcher.detection.terms import TermError, parse_term
from watcher.model.signal import Term, TermKind
from watcher.rulebook.notebook import Location, Notebook

# Function words only: "die" and "son" are stop words of other languages and good terms in English.
_FUNCTION_WORDS: Final = """
a an the and or but of in on at by to for from with as is are was were be been has have had it its this that these
those he she they we you i his her their our your not no than then so if which who what when where will would
"""
_COMMON: Final = frozenset(_FUNCTION_WORDS.split())

AGAIN: Final = "-again"
"""How the name of a list ends whose words mean a group that was named before: there pronouns are good terms."""

parse = lru_cache(maxsize=65_536)(parse_term)


def read_term(text: str, note: Notebook, at: Location, unreadable: str, common: str = "") -> Term | None:
    """One term, or None and a finding under the code `unreadable`. With `common` a term found in any text is noted."""
    try:
        term = parse(text)
    except TermError as error:
        note.error(unreadable, at, str(error))
        return None
    if common and is_common(term):
        note.error(common, at, f"`{text}` is found in any text: add a word that tells something, or leave it out")
    return term


def is_common(term: Term) -> bool:
    """Whether the term is made of English function words alone. Cased terms are exempt: `=WHO` is an organisation."""
    if term.kind is TermKind.CASED or "*" in term.text:
        return False
    return all(word in _COMMON for word in term.text.casefold().split())
