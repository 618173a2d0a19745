"""What kind of text this is, told from its title and beginning: commentary and forecasts state nothing as news."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from watcher.detection.cues import CueBook
from watcher.detection.fields import Field
from watcher.detection.normal import plain
from watcher.model.match import Assertion
from watcher.model.signal import Direction

_BEGINNING: Final = 120  # tokens of the text in which a genre may show
_HEADING: Final = 7  # tokens of a heading at most
_FIRST_PERSON: Final = frozenset(["i", "my", "me", "myself", "ive", "id", "im"])
_PERSONAL_SPAN: Final = 400  # tokens over which the first person is counted
_PERSONAL_COUNT: Final = 6
_PERSONAL_SHARE: Final = 70  # one in so many tokens
_DEMANDING: Final = frozenset(["should", "must", "ought", "cannot"])
_CITING: Final = frozenset(
    ["said", "says", "told", "according", "announced", "reported", "statement", "spokesman", "spokeswoman", "officials"]
)
# Of 484 labelled and sample texts only unlabelled opinion pieces are that full of demands.
_ARGUED_SPAN: Final = 800
_ARGUED_COUNT: Final = 4
_ARGUED_SHARE: Final = 100  # one in so many tokens
_FIRST_PAST_YEAR: Final = 1950
_PAST_YEARS: Final = 3  # so many different ones at the beginning make a retrospective
_OPENING: Final = frozenset("“„«")
_CLOSING: Final = frozenset("”»")


def genre(title: Field, text: Field, book: CueBook, language: str, year: int) -> tuple[Assertion, str] | None:
    """The class that a whole document of a year has, with the cue that shows it; None for plain news."""
    for tokens in (title.words, text.words[:_BEGINNING]):
        if (found := _genre_of(tokens, book, year)) is not None:
            return found
    if (years := _past_years(title, text, year)) is not None:
        return Assertion.HISTORICAL, years
    if language == "en" and (count := _first_person(text)) is not None:
        return Assertion.OPINION, f"first person {count} times"
    if language == "en" and (count := _demands(text)) is not None:
        return Assertion.OPINION, f"argues: says what should be {count} times and cites nobody"
    return None


def headed(text: Field, book: CueBook, year: int) -> dict[int, tuple[Assertion, str]]:
    """Sentence number → class, for what stands under a heading such as "What to watch" or "Key signals"."""
    under: dict[int, tuple[Assertion, str]] = {}
    current: tuple[Assertion, str] | None = None
    for number, place in enumerate(text.places):
        if _is_heading(text, number):
            sentence = place.sentence
            current = _genre_of(text.words[sentence.first : sentence.last], book, year)
        elif current is not None:
            under[number] = current
    return under


def _is_heading(text: Field, number: int) -> bool:
    """A short line of its own that ends like no sentence."""
    sentence = text.places[number].sentence
    if sentence.last - sentence.first > _HEADING or sentence.last >= len(text.words):
        return False
    after = text.text[text.spans[sentence.last - 1][1] : text.spans[sentence.last][0]]
    before = text.text[text.spans[sentence.first - 1][1] : text.spans[sentence.first][0]] if sentence.first else "\n"
    return "\n" in after and "\n" in before and after.lstrip(" ?:").startswith("\n")


def _genre_of(tokens: Sequence[str], book: CueBook, year: int) -> tuple[Assertion, str] | None:
    """The first genre cue that begins where its window allows."""
    for placed in book.read(tokens, year).placed:
        cue = placed.cue
        if cue.direction is Direction.DOCUMENT and cue.assertion is not None and placed.span[0] < cue.window:
            return cue.assertion, cue.phrase
    return None


def _past_years(title: Field, text: Field, year: int) -> str | None:
    """The past years that a retrospective goes through; None if there are few."""
    tokens = (*title.words, *text.words[:_BEGINNING])
    years = {word for word in tokens if len(word) == 4 and word.isdecimal() and _FIRST_PAST_YEAR <= int(word) < year}
    return ", ".join(sorted(years)[:_PAST_YEARS]) if len(years) >= _PAST_YEARS else None


def _first_person(text: Field) -> int | None:
    """How often the writer speaks of himself, outside quotations; None if that is seldom. Wants spans."""
    words = text.words[:_PERSONAL_SPAN]
    # Most texts hold too few such words, quoted or not; that is told without looking at quotation marks.
    if sum(not word.isascii() or word[0] in "iImM" for word in words) < _PERSONAL_COUNT:
        return None
    count = 0
    quoted = False
    for number, word in enumerate(words):
        before = text.text[text.spans[number - 1][1] if number else 0 : text.spans[number][0]]
        quoted = _quoted(quoted, before)
        count += not quoted and plain(word) in _FIRST_PERSON
    return count if count >= _PERSONAL_COUNT and count * _PERSONAL_SHARE >= len(words) else None


def _demands(text: Field) -> int | None:
    """How often the text says what should be, if it argues: often, and with hardly anybody cited. Else None."""
    words = [word.lower() for word in text.words[:_ARGUED_SPAN]]
    demands = sum(word in _DEMANDING for word in words)
    cited = sum(word in _CITING for word in words)
    argues = demands >= _ARGUED_COUNT and demands * _ARGUED_SHARE >= len(words) and cited * 3 <= demands
    return demands if argues else None


def _quoted(quoted: bool, gap: Sequence[str]) -> bool:
    for char in gap:
        if char in _OPENING:
            quoted = True
        elif char in _CLOSING or char == "\n":
            quoted = False
        elif char == '"':
            quoted = not quoted
    return quoted
