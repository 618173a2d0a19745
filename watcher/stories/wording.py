"""Text from any source, brought to comparable tokens: one spelling of digits, quotes, marks and case in every script.

Linear in the text: regular expressions are fixed, bounded and free of nested repetition.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

from watcher.stories import vocabulary

MAX_TEXT = 40_000
"""Characters of a text that are compared; a copy that runs on for longer is known by its beginning."""

_TAG = re.compile(r"<[^<>]{1,300}>")
_POSSESSIVE = re.compile(r"['’ʼ`´]s\b")
_QUOTE = re.compile(r"['’ʼ`´]")
_ACRONYM = re.compile(r"\b(?:[^\W\d_]\.){2,8}")
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_THOUSANDS = re.compile(r"[.,](?=\d{3}(?!\d))")
_SPACELESS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]")
# What follows a word or a comma and one space stands inside a sentence.
_INSIDE = re.compile(r"(?<=[\w,;’'”\")]\s)[^\W\d_][\w'’-]*")

# Persian and Arabic keyboards write the same letters with different code points.
_LETTERS = {ord("ي"): "ی", ord("ى"): "ی", ord("ك"): "ک", ord("ة"): "ه", ord("٫"): ".", ord("٬"): ","}
_MARKS = frozenset({"Mn", "Mc", "Me", "Cf"})


class _WithoutMarks(dict[int, int | None]):
    """For str.translate: takes the marks out; asks once what a character is."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.category(chr(code)) in _MARKS else code
        return self[code]


_BARE = _WithoutMarks()
# "July 12" in one copy is "Sunday" in another.
_CALENDAR = vocabulary.DAYS | vocabulary.MONTHS


def plain(text: str) -> str:
    """`text` cut to MAX_TEXT characters, with entities read and tags taken out; case and punctuation stay."""
    return _TAG.sub(" ", html.unescape(text[:MAX_TEXT]))


def tokens(text: str) -> list[str]:
    """The words and numbers of a plain text in order: casefolded, without marks, possessives and punctuation.

    Numbers lose their thousands separators and use a decimal point; "three" is "3". A run of a script that is written
    without spaces becomes its overlapping pairs of characters.
    """
    return list(_tokens(text))


def telling(words: list[str]) -> list[str]:
    """`words` in order without stop words and without single Latin letters."""
    return [
        word for word in words if word not in _STOP_WORDS and (len(word) > 1 or not word.isascii() or is_number(word))
    ]


def names(text: str) -> list[str]:
    """The words of a plain text with a capital inside a sentence, as tokens; none in a script without case."""
    return [token for word in _INSIDE.findall(text) if word[0].isupper() for token in _named(word)]


@lru_cache(maxsize=20_000)
def _named(word: str) -> tuple[str, ...]:
    return tuple(
        token
        for token in _tokens(word)
        if len(token) > 1 and token not in _CALENDAR and token not in _STOP_WORDS and not is_number(token)
    )


def is_number(token: str) -> bool:
    """Whether a token of `tokens` stands for a number."""
    return token[:1].isdigit()


def _fold(text: str) -> str:
    if text.isascii():
        folded = text[: 2 * MAX_TEXT]
    else:
        # Marks go first: a vowel sign or a joiner inside a word would split it.
        # One character may decompose into eighteen, so the bound is drawn once more.
        bare = unicodedata.normalize("NFKD", text)[: 2 * MAX_TEXT].translate(_BARE)
        folded = unicodedata.normalize("NFKC", bare).translate(_LETTERS)
    folded = _ACRONYM.sub(lambda found: found.group().replace(".", "") + " ", folded)
    return _QUOTE.sub("", _POSSESSIVE.sub("", folded)).casefold().replace("ı", "i")


@lru_cache(maxsize=4)  # of one text more than one question is asked
def _tokens(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for word in _WORD.findall(_fold(text)):
        if word[0].isdigit():
            found.append(_number(word))
        elif not word.isascii() and _SPACELESS.match(word):
            found += [word[at : at + 2] for at in range(max(len(word) - 1, 1))]
        else:
            found.append(vocabulary.NUMBERS.get(word, word))
    return tuple(found)


def _number(word: str) -> str:
    digits = "".join(str(unicodedata.digit(char, 0)) if char.isdigit() else char for char in word)
    return _THOUSANDS.sub("", digits).replace(",", ".")


_STOP_WORDS = frozenset(tokens(vocabulary.STOP_WORDS))
