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


class _Snowball(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802  # Snowball's own name


class Stemmer:
    """Stems of one language, in normal form."""

    def __init__(self, language: str) -> None:
        self._snowball: _Snowball = snowballstemmer.stemmer(STEMMED[language])

    def stem(self, word: str) -> str:
        """The stem of a word in lower case, accents included: the stemmers of French and German want them."""
        return plain(self._snowball.stemWord(word))
