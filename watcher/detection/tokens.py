"""Words of a text as it was given: one regular expression, offsets into the original string, linear time."""

from __future__ import annotations

import re
from typing import Final

MAX_TITLE: Final = 1_000
MAX_TEXT: Final = 100_000
MAX_TOKEN: Final = 64  # longer "words" are noise; they are kept as tokens but never looked at

# Marks that live inside a word: combining accents, Arabic vowels and tatweel, zero-width (non-)joiners, soft hyphen,
# bidi controls. They are part of the token, so that "mili\u200btia" is one word.
_MARKS: Final = "\u0300-\u036f\u064b-\u065f\u0670\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_LETTERS: Final = rf"[^\W_]++(?:[{_MARKS}]++[^\W_]*+)*+"
# Possessive quantifiers throughout: nothing here can backtrack.
TOKEN: Final = re.compile(
    rf"""
      [^\W\d_](?:\.[^\W\d_](?![^\W_]))++\.?            # U.S.  u.k
    | (?:[ldjmtscnLDJMTSCN]|[Qq]u)(?=['’][^\W\d_]{{2}}) # French elision: l' d' qu'
    | \d++(?:[.,]\d++)*+[^\W_]*+                        # 1,000  2.5  40bn
    | {_LETTERS}(?:['’ʼ]{_LETTERS})*+                   # words, with inner apostrophes
    | [%€$£]
    """,
    re.VERBOSE,
)


def words(text: str) -> list[str]:
    """The tokens of a text, as written."""
    return TOKEN.findall(text)


def spans(text: str) -> list[tuple[int, int]]:
    """Start and end of every token, in the same order as `words`; `text[start:end]` is the token."""
    return [match.span() for match in TOKEN.finditer(text)]
