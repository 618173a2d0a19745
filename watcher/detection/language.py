"""Which language a text is in: by script, then by the small words that only one language uses. Eight languages."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from watcher.detection.normal import word_set
from watcher.model.language import language_code

UNKNOWN: Final = "und"
"""A language that nothing tells. Such a text is read with the terms of every language."""
SUPPORTED: Final = ("en", "ar", "fa", "fr", "de", "ru", "tr", "es")
_SAMPLE: Final = 500  # characters that are looked at
_SCRIPT: Final = {"ar": "arabic", "fa": "arabic", "ru": "cyrillic"}
_WORD: Final = re.compile(r"[^\W\d_]+")
_ASCII_GAPS: Final = {code: " " for code in range(128) if not chr(code).isalpha()}  # the same words, found faster
_ARABIC: Final = re.compile("[\u0600-\u06ff]")
_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")
_LATIN: Final = re.compile("[A-Za-z\u00c0-\u024f]")
_SMALL: Final = {
    "en": word_set("the of and to in is was for that on with by from has have will said after its are be as at it his"),
    "fr": word_set(
        "le la les des et du un une dans pour par sur est qui que avec au aux son ses ont l d a à été ete selon"
    ),
    "de": word_set(
        "der die das und den dem des ein eine im von mit für fur auf ist hat nach zu sich bei nicht wird über"
    ),
    "es": word_set(
        "el la los las de del y un una en que por con para se su al ha como fue este según segun más mas contra"
    ),
    "tr": word_set(
        "ve bir bu ile için icin da de olarak çok cok gibi daha sonra ise oldu olan göre gore kadar ancak içinde etti"
    ),
}
_SPEAKERS: Final = {
    word: tuple(code for code, small in _SMALL.items() if word in small) for word in frozenset().union(*_SMALL.values())
}
# Letters that few languages have, and how much one of them tells.
_LETTERS: Final = (("tr", re.compile("[ığşİ]"), 2), ("de", re.compile("[äöüß]"), 1), ("es", re.compile("[ñ¿¡]"), 2))
_PERSIAN: Final = re.compile("[پچژگیک]")
_PERSIAN_WORDS: Final = word_set("از به در که این است را با برای شد های می و")
_OF_ARABIC: Final = re.compile("[ةىيكأإ]")
_ARABIC_WORDS: Final = word_set("في من على أن إلى عن مع هذا التي الذي قال بعد")


@lru_cache(maxsize=500)
def primary(code: str) -> str:
    """The ISO 639-1 code of a language, without region: "en" for "en-GB", "eng" and "English"; "" for none."""
    return language_code(code) or code.replace("_", "-").split("-")[0].strip().lower()[:20]


def language_of(declared: str | None, title: str, text: str) -> str:
    """The language that a document declares, unless its letters tell otherwise; without one, what the text tells."""
    code = primary(declared) if declared else ""
    if not code or code == UNKNOWN:
        return detect_language(title, text)
    if code in SUPPORTED and (script := _script(_sample(title, text))) and script != _SCRIPT.get(code, "latin"):
        return detect_language(title, text)
    return code


def detect_language(title: str, text: str) -> str:
    """A code of `SUPPORTED`; UNKNOWN for another script; "en" when nothing tells otherwise, an empty text included."""
    sample = _sample(title, text)
    match _script(sample):
        case "arabic":
            return _arabic_or_persian(sample)
        case "cyrillic":
            return "ru"
        case "other":
            return UNKNOWN
        case _:
            return _latin(sample)


def _sample(title: str, text: str) -> str:
    return f"{title[:_SAMPLE]}\n{text[:_SAMPLE]}"[:_SAMPLE]


def _script(sample: str) -> str:
    """The script of most letters; "" if there are none."""
    if sample.isascii():
        return "latin" if any(map(str.isalpha, sample)) else ""
    counts = {
        "latin": len(_LATIN.findall(sample)),
        "arabic": len(_ARABIC.findall(sample)),
        "cyrillic": len(_CYRILLIC.findall(sample)),
    }
    counts["other"] = sum(map(str.isalpha, sample)) - sum(counts.values())
    best = max(counts, key=lambda script: counts[script])
    return best if counts[best] > 0 else ""


def _arabic_or_persian(sample: str) -> str:
    tokens = sample.split()
    persian = len(_PERSIAN.findall(sample)) + 2 * sum(token in _PERSIAN_WORDS for token in tokens)
    arabic = len(_OF_ARABIC.findall(sample)) + 2 * sum(token in _ARABIC_WORDS for token in tokens)
    return "fa" if persian > arabic else "ar"


def _latin(sample: str) -> str:
    counts = dict.fromkeys(_SMALL, 0)
    low = sample.lower()
    words = low.translate(_ASCII_GAPS).split() if low.isascii() else _WORD.findall(low)
    for word in filter(_SPEAKERS.__contains__, words):
        for code in _SPEAKERS[word]:
            counts[code] += 1
    if not sample.isascii():
        for code, letters, points in _LETTERS:
            counts[code] += points * len(letters.findall(sample))
    best = max(counts, key=lambda code: (counts[code], code == "en"))
    return best if counts[best] else "en"
