"""Names in any script as the consonants that survive transliteration: Khasib and الخصيب, Muscat and Маскат meet.

Sounds that scripts keep apart differently fall into one class (s, z, sh; k, q, kh; p, b). What is left of a name of
four consonants or more is rarely left of another; three are weak evidence.
"""

from __future__ import annotations

from functools import lru_cache

_DIGRAPHS = (
    ("tsch", "s"), ("dsch", "g"), ("sch", "s"), ("tch", "s"), ("dj", "g"), ("kh", "k"), ("gh", "g"), ("sh", "s"),
    ("ch", "s"), ("zh", "s"), ("th", "t"), ("dh", "d"), ("ph", "f"), ("ck", "k"), ("qu", "k"), ("ce", "s"), ("ci", "s"),
    ("ou", ""), ("x", "ks"),
)  # fmt: skip
_LATIN = {"b": "b", "p": "b", "c": "k", "q": "k", "k": "k", "d": "d", "t": "t", "f": "f", "v": "f", "g": "g", "j": "g",
          "l": "l", "m": "m", "n": "n", "r": "r", "s": "s", "z": "s", "ß": "s"}  # fmt: skip
_CYRILLIC = {"б": "b", "п": "b", "к": "k", "х": "k", "д": "d", "т": "t", "ф": "f", "в": "f", "г": "g", "ж": "s",
             "л": "l", "м": "m", "н": "n", "р": "r", "с": "s", "з": "s", "ц": "s", "ч": "s", "ш": "s",
             "щ": "s"}  # fmt: skip
_ARABIC = {"ب": "b", "پ": "b", "ک": "k", "ق": "k", "خ": "k", "د": "d", "ض": "d", "ذ": "d", "ت": "t", "ط": "t",
           "ث": "t", "ف": "f", "ڤ": "f", "گ": "g", "غ": "g", "ج": "g", "ژ": "s", "چ": "s", "ش": "s", "س": "s",
           "ص": "s", "ز": "s", "ظ": "s", "ل": "l", "م": "m", "ن": "n", "ر": "r"}  # fmt: skip
_CLASSES = _LATIN | _CYRILLIC | _ARABIC
_ARTICLES = ("وال", "بال", "فال", "کال", "لل", "ال")


@lru_cache(maxsize=20_000)
def skeleton(token: str) -> str:
    """The consonant classes of a folded token (see wording.tokens), doubled ones once; "" if nothing is left."""
    bare = without_article(token)
    if bare.isascii():
        for spelt, sound in _DIGRAPHS:
            if spelt in bare:
                bare = bare.replace(spelt, sound)
    kept: list[str] = []
    for char in bare:
        sound = _CLASSES.get(char, "")
        if sound and kept[-1:] != [sound]:
            kept.append(sound)
    return "".join(kept)


def without_article(token: str) -> str:
    """An Arabic token without the article and what is written together with it."""
    for article in _ARTICLES:
        if token.startswith(article) and len(token) - len(article) >= 3:
            return token[len(article) :]
    return token


def is_arabic(token: str) -> bool:
    """Whether a token is written in a script without capitals, where any word may be a name."""
    return "\u0600" <= token[:1] <= "\u06ff"
