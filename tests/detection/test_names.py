"""Names in other spellings are found; words that are near them are not."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from watcher.detection.names import NameBook
from watcher.detection.spellings import spellings
from watcher.detection.terms import parse_term, parts
from watcher.detection.tokens import words
from watcher.detection.vocabulary import TermIndex

LISTS = yaml.safe_load((Path(__file__).parent / "names.yaml").read_text(encoding="utf-8"))


def _index(*names: str) -> tuple[TermIndex, dict[int, str]]:
    index = TermIndex("en")
    return index, {index.add(*spellings(parse_term(name), "", "en")): name for name in names}


INDEX, NAMES = _index(*LISTS["names"])


def found(text: str) -> set[str]:
    return {NAMES[number] for number in INDEX.scan(words(f"the {text} said"))}


def test_ninety_five_of_a_hundred_spellings_are_found() -> None:
    pairs = [(name, text) for name, texts in LISTS["spellings"].items() for text in texts]
    missed = [(name, text) for name, text in pairs if name not in found(text)]
    assert len(pairs) >= 60
    assert len(missed) * 20 <= len(pairs), missed


def test_two_of_a_hundred_look_alikes_at_most_are_taken_for_a_name() -> None:
    texts = LISTS["look_alikes"]
    taken = [(text, names) for text in texts if (names := found(text))]
    assert len(texts) >= 60
    assert len(taken) * 50 <= len(texts), taken


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hashd Shaabi", "~hashd al-shaabi"),
        ("AlZaidi", "~al-zaidi"),
        ("Khameni", "~khamenei"),
        ("Stoltneberg", "~stoltenberg"),
        ("Хаменеи", "~khamenei"),
    ],
)
def test_articles_slips_and_other_letters(text: str, name: str) -> None:
    assert name in found(text)


@given(st.text(max_size=40))
def test_any_word_can_be_looked_up(word: str) -> None:
    book = NameBook()
    book.add("khamenei", 1)
    book.add("haq", 2)
    assert set(book.look_up(word)) <= {1, 2}
    assert 1 in book.look_up("khamenei")


def test_a_name_alone_must_agree_more_closely_than_a_word_of_a_name() -> None:
    index, names = _index("~maliki", "~maliki bloc")
    assert parts(parse_term("~al-maliki"))[1].alone
    assert not parts(parse_term("~maliki bloc"))[0].alone
    assert {names[number] for number in index.scan(["Malik", "bloc"])} == {"~maliki bloc"}
