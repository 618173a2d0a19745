"""Which language a text is in: by script, then by the small words that only one language uses. Eight languages."""

from __future__ import annotations

from typing import Final

from watcher.detection.normal import plain, word_set
from watcher.detection.tokens import words

UNKNOWN: Final = "und"
"""A language that nothing tells. Such a text is read with the terms of every language."""
SUPPORTED: Final = ("en", "ar", "fa", "fr", "de", "ru", "tr", "es")
_SAMPLE: Final = 1_500  # characters that are looked at
_SMALL: Final = {
    "en": word_set("the of and to in is was for that on with by from has have will said after its are be as at it his"),
    "fr": word_set("le la les des et du un une dans pour par sur est qui que avec au aux son ses ont l d a ete selon"),
    "de": word_set("der die das und den dem des ein eine im von mit fur auf ist hat nach zu sich bei nicht wird uber"),
    "es": word_set("el la los las de y del un una en que por con para se su al ha como fue este segun mas contra"),
    "tr": word_set("ve bir bu ile icin da de olarak cok gibi daha sonra ise oldu olan gore kadar ancak icinde etti"),
}
_PERSIAN: Final = frozenset("پچژگیک")
_PERSIAN_WORDS: Final = word_set("از به در که این است را با برای شد های می و")
_ARABIC_WORDS: Final = word_set("في من على أن إلى عن مع هذا التي الذي قال بعد")


def primary(code: str) -> str:
    """The language without its region: "en" for "en-GB" and "en_US"."""
    return code.replace("_", "-").split("-")[0].lower()


def detect_language(title: str, text: str) -> str:
    """A code of `SUPPORTED`; "en" when nothing tells otherwise, an empty text included."""
    sample = f"{title}\n{text}"[:_SAMPLE]
    letters = [char for char in sample if char.isalpha()]
    arabic = sum("\u0600" <= char <= "\u06ff" for char in letters)
    cyrillic = sum("\u0400" <= char <= "\u04ff" for char in letters)
    if arabic * 2 > len(letters):
        return _arabic_or_persian(sample)
    if cyrillic * 2 > len(letters):
        return "ru"
    return _latin(sample)


def _arabic_or_persian(sample: str) -> str:
    tokens = sample.split()
    persian = sum(char in _PERSIAN for char in sample) + 2 * sum(token in _PERSIAN_WORDS for token in tokens)
    arabic = sum(char in "ةىيكأإ" for char in sample) + 2 * sum(token in _ARABIC_WORDS for token in tokens)
    return "fa" if persian > arabic else "ar"


def _latin(sample: str) -> str:
    forms = [plain(token) for token in words(sample)]
    counts = {code: sum(form in small for form in forms) for code, small in _SMALL.items()}
    counts["tr"] += 2 * sum(char in "ığşİ" for char in sample)
    counts["de"] += sum(char in "äöüß" for char in sample)
    counts["es"] += 2 * sum(char in "ñ¿¡" for char in sample)
    best = max(counts, key=lambda code: (counts[code], code == "en"))
    return best if counts[best] else "en"
