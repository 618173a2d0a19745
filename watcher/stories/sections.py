"""The sections of a text on several developments: entries by the clock, parts with headings, else paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from watcher.stories.roundup import CLOCK, HEADED

REACH = 30_000
"""Characters of a text that are cut up."""

MOST = 40
"""Sections of a text that are looked at, the first."""

_FEWEST_WORDS = 6
_MOST_WORDS = 120
_AIM = 60  # words of a piece of a paragraph without end
_PARAGRAPH = re.compile(r"\n\s*\n|\n(?=\S)")
_TIME = re.compile(CLOCK.pattern + r"(?:\s?(?:[ap]\.?m\b\.?|GMT|UTC|BST|CET|ET))?[\s.:|–—-]*", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[.!?؟。])\s+")


@dataclass(frozen=True, slots=True)
class Section:
    """`text` is exactly `whole[start:start + len(text)]`."""

    start: int
    text: str

    @property
    def told(self) -> str:
        """What it says, without the times of its entries: they are no figures of the development."""
        return _TIME.sub("", self.text).strip()

    @property
    def head(self) -> str:
        """Its first line or sentence that has a few words."""
        told = self.told
        lines = (line for paragraph in told.splitlines() for line in _SENTENCE.split(paragraph))
        return next((line.strip() for line in lines if len(line.split()) >= _FEWEST_WORDS), told)


def sections(text: str) -> tuple[Section, ...]:
    """At most MOST of them, in their order; what has only a few words (a heading, a time) goes with what follows."""
    text = text[:REACH]
    cuts = {0, len(text)} | {found.end() for found in _PARAGRAPH.finditer(text)}
    marks = {found.start() for form in (CLOCK, HEADED) for found in form.finditer(text)}
    found: list[Section] = []
    begin = 0
    for end in sorted((cuts | marks) - {0}):
        if end == len(text) or len(text[begin:end].split()) >= _FEWEST_WORDS:
            found += _pieces(text, begin, end)
            begin = end
    return tuple(one for one in found if one.text.strip())[:MOST]


def _pieces(text: str, begin: int, end: int) -> list[Section]:
    """The stretch itself, or pieces of whole sentences if it is long."""
    if len(text[begin:end].split()) <= _MOST_WORDS:
        return [Section(begin, text[begin:end])]
    ends = [begin + found.end() for found in _SENTENCE.finditer(text[begin:end])] + [end]
    found: list[Section] = []
    for at in ends:
        if at == end or len(text[begin:at].split()) >= _AIM:
            found.append(Section(begin, text[begin:at]))
            begin = at
    return found
