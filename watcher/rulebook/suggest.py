"""The nearest known word for one that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rapidfuzz import fuzz, process

_NEAR: Final = 70.0
_SHOWN: Final = 8


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like `word`, if any is alike enough (70 of 100 by edit ratio)."""
    found = process.extractOne(word[:200], list(known), scorer=fuzz.ratio, score_cutoff=_NEAR)
    return found[0] if found else None


def hint(word: str, known: Iterable[str], plural: str) -> str:
    """The end of a message: the nearest known word, or else what is known (`plural` names it)."""
    names = sorted(known)
    near = nearest(word, names)
    if near is not None:
        return f": did you mean `{near}`?"
    if not names:
        return f": there are no {plural}"
    more = ", …" if len(names) > _SHOWN else ""
    return f": {plural} are {', '.join(names[:_SHOWN])}{more}"
