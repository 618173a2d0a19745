"""Words by their Snowball stem: one entry of a list finds a word in its inflections."""

from __future__ import annotations

from typing import Final, Protocol

import snowballstemmer  # type: ignore[import-untyped]  # it brings no types

from watcher.detection.normal import plain

STEMMED: Final = {
    "ar": "arabic",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "ru": "russian",
    "tr": "turkish",
}
"""Languages that have a stemmer here, by code. Snowball has none for Persian."""
# Snowball's Arabic stemmer takes off other endings when the article is there. A light stemmer beside it (light10 of
# Larkey, Ballesteros and Connell, 2002) joins "ميليشيا" and "الميليشيات".
_ARABIC_ENDINGS: Final = tuple(map(plain, ["ها", "ان", "ات", "ون", "ين", "يه", "ية", "ه", "ة", "ي"]))
_MIN_ARABIC: Final = 3


class _Snowball(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802  # Snowball's own name


class Stemmer:
    """Stems of one language, in normal form."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._snowball: _Snowball = snowballstemmer.stemmer(STEMMED[language])

    def stems(self, word: str) -> frozenset[str]:
        """What a word in lower case may be found by: its stem, and itself; words that share one are the same word.

        Accents are wanted: the stemmers of French and German look at them.
        """
        form = plain(word)
        found = {form, plain(self._snowball.stemWord(word))}
        if self._language == "ar":
            found = {one for one in (*found, _light(form)) if len(one) >= _MIN_ARABIC} | {form}
        return frozenset(found)


def _light(form: str) -> str:
    for ending in _ARABIC_ENDINGS:
        if form.endswith(ending) and len(form) - len(ending) >= _MIN_ARABIC:
            form = form[: -len(ending)]
    return form
