"""Hostile text made safe to show: cleaned, cut at whole characters, split at its highlights."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

LONGEST_INPUT = 6_000
"""Characters looked at; everything shown is far shorter, so that a 100 MB title costs nothing."""

LONGEST_URL = 1_000
ELLIPSIS = "…"

_SPACES = re.compile(r"\s+")
# Controls (C0, C1), lone surrogates, bidi marks and overrides, zero-width and invisible formatting, tag characters.
# Blanks are left to _SPACES; U+200C and U+200D stay: Persian and emoji need them.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e0fff]"
)
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAGS = range(0x1F1E6, 0x1F200)
_JAMO_TAILS = range(0x1160, 0x1200)
_JOINER = "\u200d"
_JOINERS = frozenset({_JOINER, "\u200c"})
_MARKS = frozenset({"Mn", "Me", "Mc"})
_MOST_MARKS = 8
_LONGEST_CLUSTER = 32


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of shown text; `marked` is evidence."""

    text: str
    marked: bool = False


def clean(text: str) -> str:
    """One line of printable text: no control, bidi or invisible characters, blanks collapsed, marks not piled up."""
    return _spaced(text).strip()


def cut(text: str, limit: int, size: Callable[[str], int] = len) -> str:
    """At most `limit` (as `size` counts) of cleaned text, never inside a character; an ellipsis tells of the rest."""
    return "".join(part.text for part in cut_parts((Part(clean(text)),), limit, size))


def cut_parts(parts: Sequence[Part], limit: int, size: Callable[[str], int] = len) -> tuple[Part, ...]:
    """`parts` shortened together to `limit`, the ellipsis included."""
    if sum(size(part.text) for part in parts) <= limit:
        return tuple(part for part in parts if part.text)
    left = limit - size(ELLIPSIS)
    kept: list[Part] = []
    for part in parts:
        text = _fitting(part.text, left, size)
        left -= size(text)
        kept.append(Part(text, part.marked))
        if text != part.text:
            break
    kept.append(Part(ELLIPSIS))
    return tuple(part for part in kept if part.text)


def highlighted(sentence: str, highlights: Sequence[tuple[int, int]]) -> tuple[Part, ...]:
    """The sentence as cleaned parts. Highlights outside it, empty or overlapping ones are put right."""
    sentence = sentence[:LONGEST_INPUT]
    parts: list[Part] = []
    at = 0
    for start, end in _merged(highlights, len(sentence)):
        parts += [Part(_spaced(sentence[at:start])), Part(_spaced(sentence[start:end]), marked=True)]
        at = end
    parts.append(Part(_spaced(sentence[at:])))
    return tuple(part for part in parts if part.text)


def _merged(highlights: Sequence[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    """Ascending, within the text, with a gap between any two."""
    inside = sorted((max(start, 0), min(end, length)) for start, end in highlights)
    open_at = open_to = -1
    for start, end in inside:
        if start >= end:
            continue
        if start > open_to:
            if open_at >= 0:
                yield open_at, open_to
            open_at = start
        open_to = max(open_to, end)
    if open_at >= 0:
        yield open_at, open_to


def safe_link(url: str) -> str:
    """The URL if it is a plain http(s) link that may be shown as one, else "".

    Nothing that could break out of a link is let through: blanks, quotes, angle brackets, pipes, controls, credentials.
    """
    if not url or len(url) > LONGEST_URL or not url.isascii() or re.search(r"[\s<>|\"'`\\\x00-\x1f\x7f]", url):
        return ""
    try:
        address = urlsplit(url)
        host = address.hostname
    except ValueError:
        return ""
    return url if address.scheme in {"http", "https"} and host and "@" not in address.netloc else ""


def _spaced(text: str) -> str:
    text = _INVISIBLE.sub("", text[:LONGEST_INPUT])
    return _SPACES.sub(" ", text if text.isascii() else "".join(_unpiled(text)))


def _unpiled(text: str) -> Iterator[str]:
    marks = 0
    for character in text:
        marks = marks + 1 if character in _JOINERS or unicodedata.category(character) in _MARKS else 0
        if marks <= _MOST_MARKS:
            yield character


def _fitting(text: str, limit: int, size: Callable[[str], int]) -> str:
    taken = 0
    end = 0
    for start, stop in _clusters(text):
        taken += size(text[start:stop])
        if taken > limit:
            break
        end = stop
    return text[:end]


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Where what a reader sees as one character starts and ends (close to UAX #29, without its tables)."""
    start = 0
    flags = 0
    for at in range(1, len(text) + 1):
        flags = flags + 1 if ord(text[at - 1]) in _FLAGS else 0
        if at == len(text) or at - start >= _LONGEST_CLUSTER or not _sticks(text[at - 1], text[at], flags):
            yield start, at
            start, flags = at, 0


def _sticks(before: str, after: str, flags: int) -> bool:
    code = ord(after)
    if flags == 1 and code in _FLAGS:
        return True
    return (
        before == _JOINER
        or after in _JOINERS
        or unicodedata.category(after) in _MARKS
        or code in _SKIN_TONES
        or code in _JAMO_TAILS
    )
