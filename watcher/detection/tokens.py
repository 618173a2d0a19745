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
_APOSTROPHE: Final = "['’ʼ]"
# Some feeds carry HTML in their text. Its entities stand for letters, marks or apostrophes in a word, or are left out.
_LETTER_ENTITY: Final = (
    r"&(?:[A-Za-z](?:acute|grave|uml|circ|tilde|cedil|ring|slash|caron)|szlig|[ao]elig|shy|zwn?j"
    r"|\#(?:173|19[2-9]|[2-4]\d\d|5[0-8]\d|820[45])|\#[xX]0{0,4}(?:[aA][dD]|200[cCdD]));"
)
_APOSTROPHE_ENTITY: Final = r"&(?:[rl]squo|apos|\#0{0,3}39|\#821[67]|\#[xX](?:27|201[89]));"
_SKIPPED: Final = r"&(?:\#\d{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});|</?[A-Za-z!][^<>]{0,300}>"


def _expression(letters: str, apostrophe: str, skipped: str) -> re.Pattern[str]:
    """Possessive quantifiers throughout: nothing in it can backtrack."""
    return re.compile(
        rf"""
          ([^\W\d_](?:\.[^\W\d_](?![^\W_]))++\.?                  # U.S.  u.k
        | (?:[ldjmtscnLDJMTSCN]|(?:[Ll]ors|[Pp]uis|[Jj]us|[Qq]uoi)?+[Qq]u)(?=[\'’][^\W\d_]{{2}})  # French: l' qu'
        | \d++(?:[.,٫٬]\d++)*+[^\W_]*+                           # 1,000  2.5  40bn
        | {letters}(?:{apostrophe}{letters})*+                    # words, with inner apostrophes
        | [%٪€$£]){skipped}
        """,
        re.VERBOSE,
    )


_PLAIN: Final = _expression(_LETTERS, _APOSTROPHE, "")
_MARKUP: Final = _expression(
    rf"(?:[^\W_]|{_LETTER_ENTITY})(?:[^\W_]|[{_MARKS}]|{_LETTER_ENTITY})*+",
    rf"(?:{_APOSTROPHE}|{_APOSTROPHE_ENTITY})",
    rf"|{_SKIPPED}",
)


def words(text: str) -> list[str]:
    """The tokens of a text, as written."""
    if _has_markup(text):
        return [match[1] for match in _MARKUP.finditer(text) if match[1]]
    return _PLAIN.findall(text)


def spans(text: str) -> list[tuple[int, int]]:
    """Start and end of every token, in the same order as `words`; `text[start:end]` is the token."""
    expression = _MARKUP if _has_markup(text) else _PLAIN
    return [match.span(1) for match in expression.finditer(text) if match[1]]


def _has_markup(text: str) -> bool:
    return "&" in text or "<" in text
