"""How a term is written: `arrest`, `arrest*`, `+arrest`, `=US`, `~kataib hezbollah`, `stopped paying`, `!us army`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from watcher.detection.names import ARTICLES, MIN_NAME
from watcher.detection.normal import lower, plain, possessive_length
from watcher.detection.tokens import MAX_TOKEN, words
from watcher.model.signal import Term, TermKind

MAX_WORDS: Final = 12
MIN_STEM: Final = 3
MIN_FUZZY: Final = 5  # letters of at least one word of a name
ARTICLE: Final = "al"
_SIGILS: Final = {"=": TermKind.CASED, "~": TermKind.FUZZY}


class TermError(ValueError):
    """A term that cannot be used; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Part:
    """One token that a term asks for. `form` is a normal form, a stem for PREFIX, the letters as written for CASED.

    With `stem`, the code of a language, it is the word in lower case, to be found by its Snowball stem. `alone` is the
    only word of a fuzzy name.
    """

    kind: TermKind
    form: str
    stem: str = ""
    alone: bool = False


def parse_term(text: str) -> Term:
    """Read a term as written in YAML. `text` of the result is without the sigil, with its stars.

    Raises TermError: empty, a reference (`$list`), a star that is not at a word's end or has a short stem, too many
    words, a fuzzy term too short to be told from others.
    """
    given = " ".join(text.split())
    if given.startswith("!"):
        return replace(parse_term(given[1:].lstrip("! ")), shield=True)
    if not given:
        raise TermError("an empty term; write a word or a phrase")
    if given.startswith("$"):
        raise TermError(f"'{given}' is a list of a lexicon, not a term; use it in `any:` of a group")
    if given.startswith("+"):
        return _inflected(given[1:].strip())
    kind = _SIGILS.get(given[0], TermKind.WORDS)
    body = given[1:].strip() if kind is not TermKind.WORDS else given
    if kind is TermKind.WORDS and body.endswith("*") and " " not in body:
        kind = TermKind.PREFIX
    term = Term(body, kind)
    parts(term)
    return term


def _inflected(body: str) -> Term:
    if body[:1] in {"+", "!", *_SIGILS} or (body.endswith("*") and " " not in body):
        raise TermError(f"'+{body}': `+` finds the inflections of plain words; leave out the other mark")
    return replace(parse_term(body), stem=True)


def written(term: Term) -> str:
    """The term as a person writes it, with its sigil."""
    sigil = next((sign for sign, kind in _SIGILS.items() if kind is term.kind), "")
    return "!" * term.shield + "+" * term.stem + sigil + term.text


def parts(term: Term, language: str = "") -> tuple[Part, ...]:
    """The tokens that a term asks for, in order. Raises TermError as `parse_term` does.

    `language` is that of the stems of a term that is looked for by stem; without one its words are taken as they are.
    """
    found: list[Part] = []
    for word in term.text.split():
        if word.isascii() and word.isalpha() and len(word) <= MAX_TOKEN:  # most are such: one token, nothing to check
            found.append(_part(term, word, language))
            continue
        stem = word.rstrip("*")
        tokens = words(stem)
        _check_word(term, word, stem, tokens)
        found += [_part(term, token, language) for token in tokens]
        if stem != word:
            found[-1] = Part(TermKind.PREFIX, plain(found[-1].form))
    if not found:
        raise TermError(f"'{term.text}' has no letters or digits to look for")
    if term.kind is TermKind.FUZZY and all(len(part.form) < MIN_FUZZY for part in found):
        raise TermError(f"'~{term.text}': a fuzzy name needs a word of at least {MIN_FUZZY} letters; write it exactly")
    if term.kind is TermKind.FUZZY and sum(part.form != ARTICLE for part in found) == 1:
        found = [part if part.form == ARTICLE else replace(part, alone=True) for part in found]
    if len(found) > MAX_WORDS:
        raise TermError(f"'{term.text[:60]}' has {len(found)} words; at most {MAX_WORDS}")
    return tuple(found)


def _part(term: Term, token: str, language: str) -> Part:
    if term.kind is TermKind.CASED:
        return Part(TermKind.CASED, cased_form(token))
    bare = token[: len(token) - possessive_length(token)]
    form = plain(bare)
    if term.stem and language:
        return Part(TermKind.WORDS, lower(bare), language)
    if term.kind is TermKind.FUZZY and form in ARTICLES:
        return Part(TermKind.FUZZY, ARTICLE)
    fuzzy = term.kind is TermKind.FUZZY and len(form) >= MIN_NAME
    return Part(TermKind.FUZZY if fuzzy else TermKind.WORDS, form)


def cased_form(token: str) -> str:
    """What a cased term compares: the letters as written, without dots and possessive ("U.S.'s" and "US" are one)."""
    return token[: len(token) - possessive_length(token)].replace(".", "")


def _check_word(term: Term, word: str, stem: str, tokens: list[str]) -> None:
    if "*" in stem:
        raise TermError(
            f"'{term.text}': a star may stand only at the end of a word, as in `arrest*`; write other words out"
        )
    if word.count("*") > 1:
        raise TermError(f"'{term.text}': one star is enough")
    if any(len(token) > MAX_TOKEN for token in tokens):
        raise TermError(f"'{term.text[:60]}…': a word of more than {MAX_TOKEN} characters")
    if stem != word:
        _check_star(term, word, tokens)


def _check_star(term: Term, word: str, tokens: list[str]) -> None:
    if term.kind in (TermKind.CASED, TermKind.FUZZY):
        raise TermError(f"'{term.text}': `=` and `~` do not go together with a star")
    if not tokens or len(plain(tokens[-1])) < MIN_STEM:
        raise TermError(f"'{word}': at least {MIN_STEM} letters before the star, or it finds half the language")
