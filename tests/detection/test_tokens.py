"""Tokens, their normal forms, and where sentences end."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.detection.fields import Zone, lay_out, read
from watcher.detection.normal import forms, possessive_length
from watcher.detection.tokens import MAX_TEXT, spans, words


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Iran-linked militia", ["Iran", "linked", "militia"]),
        ("The U.S. said", ["The", "U.S.", "said"]),
        ("Iraq's army", ["Iraq's", "army"]),
        ("l'armée d'Irak", ["l", "armée", "d", "Irak"]),
        ("Asa'ib Ahl al-Haq", ["Asa'ib", "Ahl", "al", "Haq"]),
        ("2.5% of €40bn, 1,000 men", ["2.5", "%", "of", "€", "40bn", "1,000", "men"]),
        ("mili\u200btia me\u00admo", ["mili\u200btia", "me\u00admo"]),
        ("شبه‌نظامیان عراق", ["شبه‌نظامیان", "عراق"]),
        ("Iran&#8217;s memo&shy;randum &ldquo;x&rdquo;<br>y", ["Iran&#8217;s", "memo&shy;randum", "x", "y"]),
        ("snake_case _", ["snake", "case"]),
        ("", []),
    ],
)
def test_tokens_as_written(text: str, tokens: list[str]) -> None:
    assert words(text) == tokens


@pytest.mark.parametrize(
    ("token", "form"),
    [
        ("U.S.", "us"),
        ("Iraq's", "iraq"),
        ("IRAQ’S", "iraq"),
        ("Iran&#8217;s", "iran"),
        ("memo&shy;randum", "memorandum"),
        ("mili\u200btia", "militia"),
        ("Straße", "strasse"),
        ("Erdoğan", "erdogan"),
        ("Irak'ta", "irakta"),
        ("الحكومةُ", "الحكومه"),
        ("أحزاب", "احزاب"),
        ("ﻣﻠﻴﺸﻴﺎ", "مليشيا"),
        ("کتائب", "كتايب"),
        ("ﬁnance", "finance"),
    ],
)
def test_the_normal_form(token: str, form: str) -> None:
    assert forms(token)[0] == form


def test_what_stands_before_an_apostrophe_counts_too_but_no_contraction() -> None:
    assert "nato" in forms("NATO'nun")
    assert forms("can't") == ("cant",)


@given(st.text(max_size=300))
def test_every_span_is_its_token(text: str) -> None:
    found = spans(text)
    assert [text[start:end] for start, end in found] == words(text)
    assert all(one[1] <= two[0] for one, two in pairwise(found))


@given(st.text(alphabet="ab'’.&;#8217<>\u00ad\u200b\u0301é ", max_size=80))
def test_odd_words_have_a_form_and_a_possessive_within_them(text: str) -> None:
    for token in words(text):
        assert forms(token)
        assert 0 <= possessive_length(token) < len(token)


def _sentences(text: str) -> list[str]:
    title, body, _ = read("", text)
    lay_out(title, body)
    return [text[slice(*body.slice(place.sentence.first, place.sentence.last))] for place in body.places]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One came. Two went.", 2),
        ("Gen. Ali met Mr. Hassan. They spoke.", 2),
        ("He lives in the U.S. The rest do not.", 2),
        ("The U.S. Army came.", 1),
        ("J. Smith came on Jan. 5 to Baghdad.", 1),
        ("“Go,” he said. “Now.” She left.", 3),
        ("“Really?” he asked.", 1),
        ("First line\nSecond line", 2),
        ("a line that is\nwrapped goes on", 1),
        ("One; two.", 2),
        ("Was it so? No! Yes.", 3),
        ("قال الوزير ذلك. ثم ذهب؟ نعم", 3),
        ("It rose 2.5 percent. Then it fell.", 2),
        ("<p>One man</p><p>Two men</p>", 2),
    ],
)
def test_where_sentences_end(text: str, count: int) -> None:
    assert len(_sentences(text)) == count


@given(st.text(alphabet="aB. \n?!;“”’U.S.1,|<p>&", max_size=200))
def test_every_token_is_in_exactly_one_sentence(text: str) -> None:
    title, body, _ = read("", text)
    lay_out(title, body)
    numbers = [n for place in body.places for n in range(place.sentence.first, place.sentence.last)]
    assert numbers == list(range(len(body.words)))


def test_a_title_counts_most_and_the_lead_before_the_body() -> None:
    title, body, _ = read("A title", " ".join(f"Sentence number {n} has some words in it." for n in range(40)))
    lay_out(title, body)
    zones = [place.zone for place in body.places]
    assert title.places[0].zone is Zone.TITLE
    assert zones[0] is Zone.LEAD
    assert zones[-1] is Zone.BODY


def test_without_a_title_the_first_sentence_stands_for_it() -> None:
    title, body, _ = read("", "First. Second.")
    lay_out(title, body)
    assert [place.zone for place in body.places] == [Zone.TITLE, Zone.LEAD]


def test_a_digest_is_many_items_each_with_its_lead() -> None:
    item = "This is a sentence of some more words. " * 6
    title, body, _ = read("Digest", "\n".join(f"{n}. {item}" for n in range(1, 5)))
    lay_out(title, body)
    assert {place.section for place in body.places} == {0, 1, 2, 3}
    last = [place for place in body.places if place.section == body.places[-1].section]
    assert last[0].zone is Zone.LEAD
    assert last[-1].zone is Zone.BODY


def test_long_texts_are_cut_and_say_so() -> None:
    _, body, cut = read("", "word " * MAX_TEXT)
    assert cut
    assert len(body.text) == MAX_TEXT
