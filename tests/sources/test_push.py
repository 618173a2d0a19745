"""What senders may send, read by itself; the endpoint's own tests are in tests/web."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.conftest import NOW
from watcher.model.document import Item
from watcher.sources.entries import UnreadableError
from watcher.sources.push import FieldError, read_json
from watcher.sources.text import MAX_TEXT, MAX_TITLE

URL = "https://partner.example"


def read(sent: object) -> tuple[Item, ...]:
    return read_json(json.dumps(sent).encode(), "application/json", URL, NOW)


def test_a_document_is_reduced_to_text() -> None:
    (item,) = read(
        {
            "title": "<b>Talks</b> &amp; tea",
            "text": "<p>In Muscat.</p><script>x()</script>",
            "url": "/1",
            "language": "en-GB",
        }
    )
    assert (item.title, item.text, item.url, item.language) == ("Talks & tea", "In Muscat.", f"{URL}/1", "en")


@pytest.mark.parametrize(
    ("published", "moment"),
    [
        ("2026-03-01T10:00:00+02:00", datetime(2026, 3, 1, 8, tzinfo=UTC)),
        (1_772_359_200, datetime(2026, 3, 1, 10, tzinfo=UTC)),
        (1_772_359_200_000, datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("", None),
        (None, None),
    ],
)
def test_dates(published: object, moment: datetime | None) -> None:
    assert read({"title": "a", "published": published})[0].published_at == moment


@pytest.mark.parametrize("published", ["2099-01-01", "1970-01-01", -1, 1e300, "yesterday"])
def test_a_date_that_cannot_be_is_refused(published: object) -> None:
    with pytest.raises(FieldError) as caught:
        read({"title": "a", "published": published})
    assert caught.value.field == "published"


def test_documents_without_an_id_have_a_mark_of_their_own() -> None:
    linked, words, same = read([{"title": "a", "url": "/1?utm_source=x"}, {"title": "b"}, {"title": "b"}])
    assert linked.guid == f"{URL}/1"
    assert words.guid == same.guid != ""


def test_huge_texts_are_cut() -> None:
    (item,) = read({"title": "t" * 50_000, "text": "x" * 1_500_000})
    assert (len(item.title), len(item.text), item.truncated) == (MAX_TITLE, MAX_TEXT, True)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "title", "text", "url", "published", "language", "items", "x"]), inner)
    ),
    max_leaves=12,
)


@given(_JSON)
def test_any_json_is_read_or_refused_with_a_field(sent: object) -> None:
    try:
        items = read(sent)
    except FieldError as error:
        assert error.field
    else:
        assert all(item.title or item.text for item in items)
        assert all(item.guid for item in items)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        read_json(body, "application/json", URL, NOW)
    except UnreadableError as error:
        assert str(error)


def test_a_misspelt_field_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(FieldError, match="no such field; there are id, title, text, url, published, language"):
        read_json(b'[{"titel": "Talks begin"}]', "application/json", URL, NOW)
