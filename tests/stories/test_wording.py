from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.stories.wording import is_number, names, plain, telling, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Iraq’s U.S.-backed Kata'ib", ["iraq", "us", "backed", "kataib"]),
        ("400,000 b/d, 2.5 % and 2,5 %", ["400000", "b", "d", "2.5", "and", "2.5"]),
        ("٢٫٥ و ٤٠٠ و ۱۸۰", ["2.5", "و", "400", "و", "180"]),
        ("three men, sixty days", ["3", "men", "60", "days"]),
        ("ＦＵＬＬ width ﬁne Morón STRASSE Straße", ["full", "width", "fine", "moron", "strasse", "strasse"]),
        ("نُجَباء العراقيّة", ["نجباء", "العراقیه"]),
        ("كتائب حزب الله", tokens("کتائب حزب الله")),
        ("می‌خواهد", ["میخواهد"]),
        ("Нью-Йорк, ещё", ["нью", "иорк", "еще"]),
        ("东京都 raid", ["东京", "京都", "raid"]),
        ("", []),
        ("— … !!! 🚀", []),
    ],
)
def test_words_of_any_script(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_plain_reads_entities_and_drops_tags() -> None:
    assert plain("<b>22:38</b> Mor&oacute;n &amp; <i>Rota</i>").split() == ["22:38", "Morón", "&", "Rota"]


def test_plain_is_bounded() -> None:
    assert len(plain("x" * 1_000_000)) <= 40_000


def test_telling_drops_what_says_nothing_and_keeps_numbers_and_negations() -> None:
    assert telling(tokens("Iraq has no plan for a 5 to US")) == ["iraq", "no", "plan", "5", "us"]


def test_names_stand_inside_sentences() -> None:
    text = "Police raided homes in Basra on Sunday. Officers of the Federal Police, said Ali, left on July 12."
    assert names(text) == ["basra", "federal", "police", "ali"]


@given(st.text(max_size=300))
def test_tokens_are_stable_and_clean(text: str) -> None:
    found = tokens(text)
    assert all(token and not any(char.isspace() for char in token) for token in found)
    assert tokens(" ".join(found)) == [again for token in found for again in tokens(token)]


@given(st.from_regex(r"[0-9]{1,3}(,[0-9]{3}){0,3}(\.[0-9]{1,2})?", fullmatch=True))
def test_a_number_is_one_token_whatever_its_separators(text: str) -> None:
    assert tokens(text) == [text.replace(",", "")]
    assert is_number(tokens(text)[0])
