"""A document as detection sees it: fields of tokens, cut into sentences, each in a zone and a section.

Zones say how much a place counts: title, lead, body. A digest (numbered, timed or labelled paragraphs) is many items
under one title: each item is a section of its own, and its first sentences are its lead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from watcher.detection.sentences import Sentence, sentences
from watcher.detection.tokens import MAX_TEXT, MAX_TITLE, spans, words

LEAD_SENTENCES: Final = 3
LEAD_CHARACTERS: Final = 600
ITEM_SENTENCES: Final = 3
_ITEM: Final = re.compile(
    r"[\s—–*•-]{0,4}(?:\d{1,2}[.):]\s|\d{1,2}[:.h]\d\d\b|[A-Z][^.:!?\n]{1,38}[.:]\s+[\"“'‘(]?[A-Z0-9]|(?:First|Second|Third)\b)"
)
_MIN_ITEMS: Final = 3
_ORDINAL_STOPS: Final = ("de", "tr")


class Zone(StrEnum):
    """Where a sentence stands."""

    TITLE = "title"
    LEAD = "lead"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence with its zone and section; title sentences are in section -1, which belongs to all."""

    sentence: Sentence
    zone: Zone
    section: int


@dataclass(slots=True)
class Field:
    """One field of a document: `words` found by one expression, offsets and sentences worked out when first needed."""

    name: str
    text: str
    words: list[str]
    spans: list[tuple[int, int]] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)

    def slice(self, first: int, last: int) -> tuple[int, int]:
        """Character offsets of tokens `first` to `last` (exclusive)."""
        return self.spans[first][0], self.spans[last - 1][1]


def read(title: str, text: str) -> tuple[Field, Field, bool]:
    """Title and text as fields with words only, cut to the bounds; the flag says that something was cut."""
    truncated = is_cut(title, text)
    title, text = title[:MAX_TITLE], text[:MAX_TEXT]
    return Field("title", title, words(title)), Field("text", text, words(text)), truncated


def is_cut(title: str, text: str) -> bool:
    """Whether one of the fields is longer than what is read of it."""
    return len(title) > MAX_TITLE or len(text) > MAX_TEXT


def lay_out(title: Field, text: Field, language: str = "en") -> None:
    """Work out spans, sentences, zones and sections of both fields."""
    ordinals = language in _ORDINAL_STOPS
    for one in (title, text):
        one.spans = spans(one.text)
    title.places = [
        Place(found, Zone.TITLE, -1) for found in sentences(title.text, title.words, title.spans, ordinals=ordinals)
    ]
    found = sentences(text.text, text.words, text.spans, ordinals=ordinals)
    items = _items(text, found)
    text.places = _in_items(found, items) if items else _in_article(text, found, untitled=not title.words)


def _in_article(text: Field, found: list[Sentence], *, untitled: bool) -> list[Place]:
    places = []
    for number, sentence in enumerate(found):
        start = text.spans[sentence.first][0]
        zone = Zone.LEAD if number < LEAD_SENTENCES or start < LEAD_CHARACTERS else Zone.BODY
        places.append(Place(sentence, Zone.TITLE if untitled and number == 0 else zone, 0))
    return places


def _in_items(found: list[Sentence], items: frozenset[int]) -> list[Place]:
    """What stands before the first item belongs to all of them, as the title does."""
    places = []
    section, since = -1, 0
    for number, sentence in enumerate(found):
        opens = number == 0 or found[number - 1].paragraph != sentence.paragraph
        if opens and sentence.paragraph in items:
            section, since = section + 1, 0
        places.append(Place(sentence, Zone.LEAD if since < ITEM_SENTENCES else Zone.BODY, section))
        since += sentence.last - sentence.first > 5  # a label ("Money.") is no sentence of the lead
    return places


def _items(text: Field, found: list[Sentence]) -> frozenset[int]:
    """The paragraphs that open an item, if there are enough of them to make the text a digest."""
    opening = [
        one
        for before, one in zip([None, *found], found, strict=False)
        if before is None or before.paragraph != one.paragraph
    ]
    starts = ((one.paragraph, text.text.rfind("\n", 0, text.spans[one.first][0]) + 1) for one in opening)
    items = frozenset(paragraph for paragraph, start in starts if _ITEM.match(text.text, start, start + 60))
    return items if len(items) >= _MIN_ITEMS and len(items) * 3 >= len(opening) else frozenset()
