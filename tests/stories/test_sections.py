"""Cutting a text on several developments into what each of its parts says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from watcher.stories.sections import MOST, REACH, sections

BLOG = """Live: what happened today

09:10 Dockers walked out at Port Orsa, the union said on Tuesday.
10:20 The Tarsk dam in Velmar collapsed. Villages in the valley were swept away.

Grain. Velmar signed the grain treaty with Ostrana on Monday, officials said.
"""


def test_entries_by_the_clock_and_parts_with_headings() -> None:
    first, second, third = sections(BLOG)
    assert first.text.startswith("Live: what")  # a heading of a few words goes with what follows
    assert first.head == "Dockers walked out at Port Orsa, the union said on Tuesday."
    assert second.head == "The Tarsk dam in Velmar collapsed."
    assert third.head == "Velmar signed the grain treaty with Ostrana on Monday, officials said."


def test_times_of_entries_are_no_figures_of_what_they_tell() -> None:
    (entry,) = sections("14.05 GMT – The dam at 12:30 held back no more than 40 per cent.")
    assert entry.told == entry.head == "The dam at 12:30 held back no more than 40 per cent."


def test_paragraphs_of_one_line_each() -> None:
    text = "\n".join(f"Paragraph number {n} tells of something else." for n in range(5))
    assert [one.text.strip() for one in sections(text)] == text.splitlines()


def test_a_paragraph_without_end_is_cut_between_sentences() -> None:
    text = " ".join(f"Sentence {n} tells of what happened in town {n} today." for n in range(40))
    cut = sections(text)
    assert len(cut) > 3
    assert all(one.text.rstrip().endswith("today.") for one in cut)


def test_an_empty_text_has_no_sections() -> None:
    assert sections("") == sections(" \n\n ") == ()
    assert [one.text for one in sections("Two words")] == ["Two words"]


@given(st.text(alphabet="ab .!?\n0:1Z", max_size=600) | st.text(max_size=200))
def test_sections_are_stretches_of_the_text_in_their_order(text: str) -> None:
    end = 0
    for one in sections(text):
        assert text[one.start : one.start + len(one.text)] == one.text
        assert one.start >= end
        assert one.head == one.head.strip()
        end = one.start + len(one.text)


@given(st.integers(1, 3), st.integers(1, 400))
def test_there_are_never_more_than_so_many(length: int, count: int) -> None:
    text = "one two three four five six seven.\n\n" * (count * length)
    assert len(sections(text)) <= MOST
    assert all(one.start + len(one.text) <= REACH for one in sections(text))
