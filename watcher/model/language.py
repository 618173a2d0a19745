"""Names of languages as sources, documents and people write them, to ISO 639-1 codes."""

from __future__ import annotations

import re

_CODE = re.compile(r"[A-Za-z]{2,3}(?=[-_]|$)")
_THREE = {"eng": "en", "ara": "ar", "fas": "fa", "per": "fa", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr",
          "tur": "tr", "rus": "ru", "heb": "he", "spa": "es", "kur": "ku", "ckb": "ckb"}  # fmt: skip
_NAMES = {
    "albanian": "sq", "arabic": "ar", "armenian": "hy", "azerbaijani": "az", "bengali": "bn", "bosnian": "bs",
    "bulgarian": "bg", "catalan": "ca", "chinese": "zh", "croatian": "hr", "czech": "cs", "danish": "da", "dutch": "nl",
    "english": "en", "estonian": "et", "finnish": "fi", "french": "fr", "georgian": "ka", "german": "de", "greek": "el",
    "hebrew": "he", "hindi": "hi", "hungarian": "hu", "icelandic": "is", "indonesian": "id", "italian": "it",
    "japanese": "ja", "kazakh": "kk", "korean": "ko", "kurdish": "ku", "latvian": "lv", "lithuanian": "lt",
    "macedonian": "mk", "malay": "ms", "norwegian": "no", "pashto": "ps", "persian": "fa", "polish": "pl",
    "portuguese": "pt", "romanian": "ro", "russian": "ru", "serbian": "sr", "slovak": "sk", "slovenian": "sl",
    "somali": "so", "spanish": "es", "swahili": "sw", "swedish": "sv", "thai": "th", "turkish": "tr", "ukrainian": "uk",
    "urdu": "ur", "vietnamese": "vi",
}  # fmt: skip


def language_code(raw: str) -> str | None:
    """ "en-GB", "en_US", "eng" and "English" are "en"; None for what is none of these."""
    text = raw.strip().lower()[:40]
    if text in _NAMES:
        return _NAMES[text]
    found = _CODE.match(text)
    if found is None:
        return None
    code = found.group()
    return code if len(code) == 2 else _THREE.get(code)
