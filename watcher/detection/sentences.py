"""Where a sentence ends, told from what stands between two neighbouring tokens; linear, whatever the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from watcher.detection.normal import plain, word_set

MAX_TOKENS: Final = 120  # of one sentence; a longer one is cut
_BLOCK: Final = re.compile(r"<(?:/?p|br|/?li|/?h[1-6]|/?div|/?td|/?tr)\b", re.IGNORECASE)
_ENDS: Final = frozenset(".!?…؟۔")
_QUESTION: Final = frozenset("?؟")
_BREAKS: Final = frozenset("|•▪■●·")
_ABBREVIATIONS: Final = word_set(
    """mr mrs ms dr prof gen lt col maj sgt capt cmdr adm brig sen rep gov pres st no vs jan feb mar apr jun jul aug sep
    sept oct nov dec approx dept est inc ltd co corp mt ft hon rev jr sr fig al bn
    m mme mm mlle bzw ca hr fr nr str usw z z.b d.h mio mrd ee uu sra dra ul g sn vb org tümg
    г им св ул ст млн млрд тыс"""
)
_ORDINAL: Final = re.compile(r"\d{1,3}")  # German and Turkish write "45." for the 45th
_STARTERS: Final = word_set(
    """the a an he she it they we in on at but and his her its their this that these those there after as if when while
    iraq iran nato president officials"""
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens `first` to `last` (exclusive) of a field; `paragraph` counts from 0; `question` if it ends with "?"."""

    first: int
    last: int
    paragraph: int
    question: bool


def sentences(text: str, tokens: list[str], spans: list[tuple[int, int]], *, ordinals: bool = False) -> list[Sentence]:
    """Cut a field into sentences; every token is in exactly one, in order.

    `ordinals`: a full stop after a small number makes it an ordinal, as in German.
    """
    found: list[Sentence] = []
    first = paragraph = 0
    for number in range(len(tokens)):
        last = number + 1 == len(tokens)
        gap = text[spans[number][1] :][:40] if last else text[spans[number][1] : spans[number + 1][0]]
        if not last and gap == " " and tokens[number][-1] != "." and number + 1 - first < MAX_TOKENS:
            continue
        ends = last or number + 1 - first >= MAX_TOKENS or _ends(gap, tokens[number], tokens[number + 1], ordinals)
        if ends:
            found.append(Sentence(first, number + 1, paragraph, not _QUESTION.isdisjoint(gap)))
            first = number + 1
            paragraph += "\n" in gap
    return found


def _ends(gap: str, before: str, after: str, ordinals: bool) -> bool:
    if "\n" in gap:
        return _ends_at_line(gap, before, after)
    if "<" in gap and _BLOCK.search(gap):
        return True
    if not _BREAKS.isdisjoint(gap) or (";" in gap and "&" not in gap and gap[-1].isspace()):
        return True
    if before[-1] == ".":
        return plain(after) in _STARTERS and after[0].isupper()
    if _ENDS.isdisjoint(gap) or not any(char.isspace() for char in gap) or after[0].islower():
        return False
    ordinal = ordinals and gap == ". " and _ORDINAL.fullmatch(before) is not None
    return not (ordinal or (gap[0] == "." and _abbreviated(before, after)))


def _ends_at_line(gap: str, before: str, after: str) -> bool:
    """A line's end ends a sentence, unless the text is merely wrapped: no full stop, and it goes on in lower case."""
    wrapped = gap.count("\n") == 1 and _ENDS.isdisjoint(gap) and before[-1] != "." and after[0].islower()
    return not wrapped


def _abbreviated(before: str, after: str) -> bool:
    form = plain(before)
    if form in {"no", "mar", "co", "fig", "est", "al", "m", "g"}:  # also words: only before a number or a name
        return after[0].isdigit() or (form != "no" and len(form) < 3)
    return form in _ABBREVIATIONS or (len(before) == 1 and before.isupper())
