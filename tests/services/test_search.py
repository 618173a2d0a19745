"""What a person types is words: quotes join them, a star at the end lets one go on, all else is ignored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.model.errors import UserError
from watcher.services.search import MOST_CHARACTERS, MOST_TERMS, marked, terms
from watcher.storage.search import BEGIN, END, Term


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("militia", (Term("militia"),)),
        ('iran "memorandum of understanding"', (Term("iran"), Term("memorandum of understanding"))),
        ("milit*", (Term("milit", prefix=True),)),
        ("a AND (b OR NOT c)", (Term("a"), Term("AND"), Term("(b"), Term("OR"), Term("NOT"), Term("c)"))),
        ('"an open quote', (Term("an"), Term("open"), Term("quote"))),
        ("* - : ^ word", (Term("word"),)),
        ("title:secret\x00 x", (Term("title:secret"), Term("x"))),
    ],
)
def test_terms(typed: str, expected: tuple[Term, ...]) -> None:
    assert terms(typed) == expected


@pytest.mark.parametrize("typed", ["", "  ", '""', "***", "a" * (MOST_CHARACTERS + 1)], ids=range(5))
def test_nothing_to_search_for_is_said(typed: str) -> None:
    with pytest.raises(UserError):
        terms(typed)


@given(st.text(max_size=MOST_CHARACTERS))
def test_any_text_is_words_or_a_clear_error(typed: str) -> None:
    try:
        found = terms(typed)
    except UserError:
        return
    assert 0 < len(found) <= MOST_TERMS
    assert all(any(map(str.isalnum, term.words)) and '"' not in term.words for term in found)


def test_marks_become_places() -> None:
    text, hits = marked(f"the {BEGIN}dam{END} above\n {BEGIN}Velmar{END} gave way")
    assert text == "the dam above Velmar gave way"
    assert [text[begin:end] for begin, end in hits] == ["dam", "Velmar"]
    assert marked("nothing") == ("nothing", [])
