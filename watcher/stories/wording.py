"""Text from any source, brought to comparable tokens: one spelling of digits, quotes, marks and case in every script.

Linear in the text: regular expressions are fixed, bounded and free of nested repetition.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
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
    return list(_tokens(_fold(text)))


def telling(words: list[str]) -> list[str]:
    """`words` in order without stop words and without single Latin letters."""
    told = (word for word in words if word not in _STOP_WORDS)
    return [word for word in told if len(word) > 1 or not word.isascii() or is_number(word)]


def names(text: str) -> list[str]:
    """The words of a plain text with a capital inside a sentence, as tokens; none in a script without case."""
    return [
        token
        for found in _INSIDE.finditer(text)
        if found.group()[0].isupper()
        for token in _of_word(found.group())
        if len(token) > 1 and token not in _CALENDAR and token not in _STOP_WORDS and not is_number(token)
    ]


@lru_cache(maxsize=20_000)
def _of_word(word: str) -> tuple[str, ...]:
    return tuple(tokens(word))


def is_number(token: str) -> bool:
    """Whether a token of `tokens` stands for a number."""
    return token[:1].isdigit()


def _fold(text: str) -> str:
    # Marks go first: a vowel sign or a joiner inside a word would split it.
    # One character may decompose into eighteen, so the bound is drawn once more.
    parts = unicodedata.normalize("NFKD", text)[: 2 * MAX_TEXT]
    bare = "".join(char for char in parts if unicodedata.category(char) not in _MARKS)
    folded = unicodedata.normalize("NFKC", bare).translate(_LETTERS)
    folded = _ACRONYM.sub(lambda found: found.group().replace(".", "") + " ", folded)
    return _QUOTE.sub("", _POSSESSIVE.sub("", folded)).casefold().replace("ı", "i")


def _tokens(folded: str) -> Iterator[str]:
    for found in _WORD.finditer(folded):
        word = found.group()
        if word[0].isdigit():
            yield _number(word)
        elif _SPACELESS.match(word):
            yield from (word[at : at + 2] for at in range(max(len(word) - 1, 1)))
        else:
            yield vocabulary.NUMBERS.get(word, word)


def _number(word: str) -> str:
    digits = "".join(str(unicodedata.digit(char, 0)) if char.isdigit() else char for char in word)
    return _THOUSANDS.sub("", digits).replace(",", ".")


_STOP_WORDS = frozenset(tokens(vocabulary.STOP_WORDS))
