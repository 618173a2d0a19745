"""Hostile text against the whole pack, in every script: bounded in work, never a crash, and the cut is recorded.

Work is counted, not timed: the calls of Python functions while one document is read.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from types import FrameType

import pytest

from watcher.detection.engine import Detection, Detector
from watcher.services.rules import pack_dir, read

MAX_CALLS = 2_000_000
"""Of Python functions, to read title and text of a million characters each; far more than ordinary documents need."""

SIZE = 1_000_000
# For each script and way of joining words: a word of a lexicon, one of none, a sentence in which a pattern may hold.
TEXTS = {
    "en": ("militia", "umbrella", "Iraqi police raid Kataib Hezbollah militia"),
    "ar": ("الحشد", "مظلة", "القوات العراقية تعتقل قادة في الحشد الشعبي"),
    "fa": ("شبه‌نظامی", "چتر", "دولت عراق شبه‌نظامیان را بازداشت کرد"),
    "ru": ("ополченцев", "зонтик", "Иракская полиция арестовала ополченцев Катаиб Хезболла"),
    "tr": ("Irak'ta", "şemsiye", "Irak polisi milis komutanını tutukladı"),
    "und": ("民兵", "雨伞", "伊拉克警方逮捕民兵"),
}
SHAPES: dict[str, Callable[[str, str, str], str]] = {
    "one word of a lexicon": lambda known, other, sentence: f"{known} " * (SIZE // (len(known) + 1)),
    "one word of none": lambda known, other, sentence: f"{other} " * (SIZE // (len(other) + 1)),
    "one sentence without an end": lambda known, other, sentence: f"{sentence} " * (SIZE // (len(sentence) + 1)),
    "one sentence again and again": lambda known, other, sentence: f"{sentence}.\n" * (SIZE // (len(sentence) + 2)),
    "no spaces": lambda known, other, sentence: (known + other) * (SIZE // len(known + other)),
    "hyphens for spaces": lambda known, other, sentence: f"{known}-" * (SIZE // (len(known) + 1)),
    "distinct words": lambda known, other, sentence: " ".join(_distinct(known)),
    "brackets": lambda known, other, sentence: "(" * 100_000 + sentence + "[<{" * 100_000,
    "invisible marks": lambda known, other, sentence: ("\u200b\u202e".join(known) + "\u2066 ") * 50_000,
    "tags": lambda known, other, sentence: f"<{sentence}" * 25_000,
}


def _distinct(known: str) -> Iterator[str]:
    """A million characters of words of which no two are the same."""
    size = 0
    for number in count():
        word = f"{known}{number}"
        size += len(word) + 1
        if size > SIZE:
            return
        yield word


@cache
def _detector() -> Detector:
    book, _ = read(pack_dir())
    assert book is not None
    return Detector(book.signals, book.lexicons)


def _counted(title: str, text: str, language: str) -> tuple[Detection, int]:
    calls = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        return _detector().detect(title, text, language), calls
    finally:
        sys.setprofile(before)


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_pack_reads_hostile_text_in_bounds(language: str, shape: str) -> None:
    _detector().detect("", TEXTS[language][2], language)  # the edition is made before anything is counted
    text = SHAPES[shape](*TEXTS[language])
    detection, calls = _counted(text, text, language)
    assert detection.truncated
    assert calls < MAX_CALLS
    for match in detection.matches:
        assert 0 <= match.score <= 100
        assert sum(entry.points for entry in match.ledger) == match.score
        for evidence in match.evidence:
            assert evidence.text == text[evidence.start : evidence.end] != ""


def test_a_text_about_everything_is_read_in_bounds() -> None:
    """Every text with which the pack is tested, as items of one digest: all signals, thousands of sections."""
    book, _ = read(pack_dir())
    assert book is not None
    texts = [test.text for signal in book.signals for test in signal.tests]
    text = "\n".join(f"{number % 60}. {one}" for number, one in enumerate(texts * 2))
    detection, calls = _counted("Everything", text, "en")
    assert detection.matches
    assert calls < MAX_CALLS


def test_what_is_remembered_of_distinct_words_is_bounded() -> None:
    detector = _detector()
    edition = detector._editions.of("en")
    for seed in range(4):
        detector.detect("", " ".join(f"w{seed}x{number:05d}" for number in range(12_000)), "en")
    assert edition.prefilter.remembered <= 200_000
    assert len(edition.index.vocabulary.cache) <= 200_000
