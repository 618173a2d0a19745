"""How a language writes a word: further normal forms under which a token may be found, beside its main one.

Arabic joins conjunctions, prepositions and the article to the word; Persian joins plurals and pronouns to its end;
Turkish and French use the apostrophe; German writes umlauts in two ways.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import Final

from watcher.detection.language import UNKNOWN
from watcher.detection.normal import APOSTROPHES, forms, lower, plain, possessive_length, word_set
from watcher.detection.terms import cased_form

_MIN_ROOT: Final = 3  # letters that must be left of a word
_ARTICLE: Final = "ال"
# Conjunctions, then prepositions; "لل" is the preposition with the article.
_CONJUNCTIONS: Final = ("و", "ف")
_PREPOSITIONS: Final = ("ب", "ل", "ك")
_FUTURE: Final = "س"
_OF_A_VERB: Final = frozenset("يتنا")  # what an Arabic verb in the future begins with
_ENDINGS: Final = word_set("هایشان هایمان هایش هایی های ها یان ان شان مان اش ای ی ترین تر را")
_PERSIAN_ENDINGS: Final = tuple(sorted(map(plain, _ENDINGS), key=lambda ending: (-len(ending), ending)))
_PERSIAN_LAYERS: Final = 2  # endings that are taken off one after the other: "گروهها|ی", "نظامی|ان"
_ELIDED: Final = word_set("l d j m t s c n qu lorsqu puisqu jusqu quoiqu quelqu presqu")
_UMLAUTS: Final = (("ae", "a"), ("oe", "o"), ("ue", "u"))


class Writing:
    """The forms of words in documents of one language; UNKNOWN takes all of them."""

    def __init__(self, language: str) -> None:
        def speaks(*languages: str) -> bool:
            return language in (*languages, UNKNOWN)

        self._arabic = speaks("ar")
        self._persian = speaks("fa")
        self._elides = speaks("fr")
        self._umlauts = language == "de"
        self._suffixed = speaks("tr")

    @property
    def simple(self) -> bool:
        """Whether words have no further forms than those of every language."""
        return not (self._arabic or self._persian or self._elides or self._umlauts or self._suffixed)

    def canonical(self, form: str) -> str:
        """The form by which terms and tokens are compared: in German "praesident" is "prasident"."""
        if self._umlauts and "e" in form:
            for pair, single in _UMLAUTS:
                form = form.replace(pair, single)
        return form

    def forms(self, token: str) -> tuple[str, ...]:
        """Every normal form of a token, the main one first."""
        found = forms(token)
        if token.isascii() and token.isalnum():
            return (self.canonical(found[0]),) if self._umlauts else found
        more = dict.fromkeys(map(self.canonical, found))
        if "\u0600" <= found[0][:1] <= "\u06ff":
            more.update(dict.fromkeys(self._of_arabic_script(found[0])))
        else:
            more.update(dict.fromkeys(map(self.canonical, self._around_apostrophe(token))))
        return tuple(more)

    def cased(self, token: str) -> tuple[str, ...]:
        """The forms of a token that cased terms are compared with."""
        found = cased_form(token)
        if self._suffixed and not token.isalnum():
            stump = _split_at_apostrophe(token)[0]
            return (found, stump.replace(".", "")) if len(stump) > 1 else (found,)
        return (found,)

    def stemmable(self, token: str) -> tuple[str, ...]:
        """The words by whose stems a token may be found, in lower case with accents."""
        if "&" in token:
            token = unescape(token)
        word = lower(token[: len(token) - possessive_length(token)])
        if self._arabic and "\u0600" <= word[0] <= "\u06ff":
            return tuple(dict.fromkeys((word, *_without_clitics(word))))
        before, after = _split_at_apostrophe(word)
        if self._elides and after and plain(before) in _ELIDED:
            return (word, after)
        return (word, before) if len(before) > 1 else (word,)

    def _of_arabic_script(self, form: str) -> Iterator[str]:
        if self._arabic:
            yield from _without_clitics(form)
        if self._persian:
            yield from _without_endings(form)

    def _around_apostrophe(self, token: str) -> Iterator[str]:
        before, after = _split_at_apostrophe(token)
        if self._suffixed and len(before) > 1 and after:
            yield plain(before)
        if self._elides and after and plain(before) in _ELIDED:
            yield plain(after)


def _split_at_apostrophe(token: str) -> tuple[str, str]:
    if "&" in token:
        token = unescape(token)
    at = next((index for index, char in enumerate(token) if char in APOSTROPHES), -1)
    return (token[:at], token[at + 1 :]) if at > 0 else ("", "")


def _without_clitics(form: str) -> Iterator[str]:
    """What is left of an Arabic word without conjunction, preposition, article, or the mark of the future."""
    bases = [form, form[1:]] if form[0] in _CONJUNCTIONS and len(form) > _MIN_ROOT else [form]
    for base in bases:
        if base is not form:
            yield base
        yield from _without_article(base)
        if base[0] == _FUTURE and len(base) > _MIN_ROOT + 1 and base[1] in _OF_A_VERB:
            yield base[1:]


def _without_article(base: str) -> Iterator[str]:
    if base.startswith(_ARTICLE) and len(base) >= len(_ARTICLE) + _MIN_ROOT - 1:
        yield base[2:]
    elif base.startswith("لل") and len(base) > _MIN_ROOT + 1:
        yield _ARTICLE + base[2:]
        yield base[2:]
        yield base[1:]
    elif base[0] in _PREPOSITIONS and len(base) > _MIN_ROOT:
        yield base[1:]
        if base[1:].startswith(_ARTICLE) and len(base) > _MIN_ROOT + 2:
            yield base[3:]


def _without_endings(form: str) -> Iterator[str]:
    """What is left of a Persian word without plural, pronoun, -i and the like."""
    heads = [form]
    for _ in range(_PERSIAN_LAYERS):
        heads = [head[: -len(end)] for head in heads for end in _PERSIAN_ENDINGS if _ends(head, end)]
        yield from heads
    if form.endswith("ء"):
        yield form[:-1]
    if form.startswith(_ARTICLE) and len(form) > _MIN_ROOT + 1:
        yield form[2:]


def _ends(form: str, ending: str) -> bool:
    return form.endswith(ending) and len(form) >= len(ending) + _MIN_ROOT
