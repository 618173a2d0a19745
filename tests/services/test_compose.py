"""What a delivery carries: ids that name one telling, and highlights that lie in the sentence."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from watcher.model.match import Evidence
from watcher.services.compose import delivery_id, highlights, rfc3339

names = st.text(max_size=20)
plain = st.text(st.characters(exclude_characters="\x1f", exclude_categories=("Cs",)), max_size=12)


@given(sentence=st.text(max_size=60), words=st.lists(st.text(max_size=12), max_size=8))
def test_highlights_lie_in_the_sentence_ascend_and_do_not_overlap(sentence: str, words: list[str]) -> None:
    spans = highlights(sentence, [Evidence("text", 0, len(word), word, "group") for word in words])
    assert list(spans) == sorted(spans)
    for start, end in spans:
        assert 0 <= start < end <= len(sentence)
        assert sentence[start:end] in words
    for (_, end), (start, _) in pairwise(spans):
        assert end <= start


@given(before=st.text(max_size=20), word=st.text(min_size=1, max_size=10), after=st.text(max_size=20))
def test_evidence_that_is_in_the_sentence_is_marked(before: str, word: str, after: str) -> None:
    sentence = f"{before} {word} {after}"
    spans = highlights(sentence, [Evidence("text", 0, len(word), word, "group")])
    assert [sentence[start:end] for start, end in spans] == [word]


def test_a_word_of_the_title_is_not_marked_inside_another() -> None:
    found = [Evidence("title", 0, 8, "dissolve", "act")]
    assert highlights("It dissolved two brigades", found) == ()
    assert highlights("It dissolved two; it will dissolve more", found) == ((26, 34),)


@given(
    parts=st.tuples(plain, st.integers(1, 99), plain, plain), others=st.tuples(plain, st.integers(1, 99), plain, plain)
)
def test_an_id_names_one_telling_to_one_recipient(
    parts: tuple[str, int, str, str], others: tuple[str, int, str, str]
) -> None:
    assert re.fullmatch(r"dlv_[0-9a-f]{24}", delivery_id(*parts))
    assert (delivery_id(*parts) == delivery_id(*others)) is (parts == others)


@given(moment=st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)), hours=st.integers(-12, 14))
def test_times_are_utc_in_whole_seconds(moment: datetime, hours: int) -> None:
    written = rfc3339(moment.replace(tzinfo=timezone(timedelta(hours=hours))))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", written)
    read = datetime.fromisoformat(written)
    assert read == moment.replace(microsecond=0, tzinfo=timezone(timedelta(hours=hours)))
