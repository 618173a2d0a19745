"""How terms are written, and which are refused."""

from __future__ import annotations

import pytest

from watcher.detection.terms import Part, TermError, parse_term, parts, written
from watcher.model.signal import Term, TermKind


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("arrest", Term("arrest")),
        (" stopped   paying ", Term("stopped paying")),
        ("arrest*", Term("arrest*", TermKind.PREFIX)),
        ("crack* down", Term("crack* down")),
        ("=US", Term("US", TermKind.CASED)),
        ("~kataib hezbollah", Term("kataib hezbollah", TermKind.FUZZY)),
        ("!us army", Term("us army", shield=True)),
        ("!=US", Term("US", TermKind.CASED, shield=True)),
    ],
)
def test_a_term_is_read_as_written(text: str, term: Term) -> None:
    assert parse_term(text) == term
    assert parse_term(written(term)) == term


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("U.S. Army's", ["us", "army"]),
        ("al-Zaïdi", ["al", "zaidi"]),
        ("crack* down", ["crack", "down"]),
        ("=U.S.", ["US"]),
        ("~Kata'ib Hezbollah", ["kataib", "hezbollah"]),
        ("الحكومة العراقية", ["الحكومه", "العراقيه"]),
    ],
)
def test_the_parts_are_normal_forms(text: str, forms: list[str]) -> None:
    assert [part.form for part in parts(parse_term(text))] == forms


def test_the_shortest_words_of_a_fuzzy_name_stay_exact() -> None:
    assert parts(parse_term("~asaib of ahl")) == (
        Part(TermKind.FUZZY, "asaib"),
        Part(TermKind.WORDS, "of"),
        Part(TermKind.FUZZY, "ahl"),
    )


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("=", "no letters"),
        ("--", "no letters"),
        ("$iraqi-state", "use it in `any:`"),
        ("ar*st", "only at the end"),
        ("*", "at least 3 letters"),
        ("ab*", "at least 3 letters"),
        ("arrest**", "one star"),
        ("=US*", "do not go together"),
        ("~ab cd", "write it exactly"),
        ("one two three four five six seven eight nine ten eleven twelve thirteen", "at most 12"),
        ("x" * 65, "more than 64"),
    ],
)
def test_a_term_that_cannot_be_used_says_what_to_write(text: str, advice: str) -> None:
    with pytest.raises(TermError) as caught:
        parse_term(text)
    assert advice in str(caught.value)
