"""The normal form of a token: what makes "Baghdad's", "BAGHDAD" and "Baghdad" one word in every script."""

from __future__ import annotations

import unicodedata
from html import unescape
from typing import Final

APOSTROPHES: Final = "'’ʼ‘`´"
_DROPPED: Final = frozenset(["Mn", "Me", "Cf"])
_FOLDED: Final = str.maketrans(
    {
        **dict.fromkeys(APOSTROPHES),
        ".": None,
        "_": None,
        "ـ": None,  # tatweel
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ک": "ك",
        "ة": "ه",
        "ۀ": "ه",
        "ە": "ه",
        "ہ": "ه",
        "ھ": "ه",
        "ے": "ي",
        "ڪ": "ك",
        "ٱ": "ا",
        "٫": None,
        "٬": ",",
        "٪": "%",
        **{chr(first + digit): str(digit) for first in (0x0660, 0x06F0) for digit in range(10)},
        "ı": "i",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "æ": "ae",
        "œ": "oe",
    }
)
_CONTRACTIONS: Final = ("n't", "n’t")


def plain(text: str) -> str:
    """NFKC, casefold; no diacritics, invisible marks, apostrophes or dots; Arabic and Persian letter forms folded."""
    if text.isascii():
        return text.lower().translate(_FOLDED)
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(char for char in decomposed if unicodedata.category(char) not in _DROPPED)
    return kept.translate(_FOLDED)


def lower(text: str) -> str:
    """Case folded and composed, accents kept: what stemmers read."""
    return unicodedata.normalize("NFC", text.casefold()).replace("i\u0307", "i")


def possessive_length(token: str) -> int:
    """How many characters at the end of a token are its possessive ending: 2 in "Iraq's", else 0."""
    if len(token) < 3 or token[-1] not in "sS":
        return 0
    if token[-2] in APOSTROPHES:
        return 2
    start = token.rfind("&", -10, -1) if token[-2] == ";" else -1
    return len(token) - start if start > 0 and unescape(token[start:-1]) in APOSTROPHES else 0


def forms(token: str) -> tuple[str, ...]:
    """Every normal form under which a token may be found, the main one first.

    A possessive is dropped. What stands before an apostrophe counts too ("Irak'ta" is also "irak"), unless it is an
    English contraction, whose stump would be another word ("can't" is not "can").
    """
    if "&" in token:
        token = unescape(token)
    ending = possessive_length(token)
    main = plain(token[:-ending] if ending else token)
    if ending or token.isalnum() or token.lower().endswith(_CONTRACTIONS):
        return (main,)
    at = next((index for index, char in enumerate(token) if char in APOSTROPHES), -1)
    stump = plain(token[:at]) if at > 2 else ""
    return (main, stump) if stump and stump != main else (main,)


def word_set(text: str) -> frozenset[str]:
    """A table of words, written as text."""
    return frozenset(text.split())
