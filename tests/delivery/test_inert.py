"""Hostile text made safe to show."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.delivery.contract import NEVER_SHOWN
from watcher.delivery.inert import Part, clean, cut, cut_parts, highlighted, safe_link
from watcher.delivery.slack.render import units

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
FLAG = "\U0001f1e9\U0001f1ea"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\r\nb\tc\u2028d\u00a0e", "a b c d e"),
        ("\x1b[31mred\x9b0m", "[31mred0m"),
        ("a\u202egpj.exe\u202c\u2066b\u200ec", "agpj.exebc"),
        ("soft\u00adhyphen zero\u200bwidth \ufeffbom tag\U000e0041", "softhyphen zerowidth bom tag"),
        ("half \ud83d pair", "half pair"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        (FAMILY, FAMILY),
        ("e" + "\u0301" * 100, "e" + "\u0301" * 8),
        ("x" + "\u0301\u200d" * 50, "x" + "\u0301\u200d" * 4),
    ],
)
def test_clean(text: str, shown: str) -> None:
    assert clean(text) == shown


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("short", 5, "short"),
        ("longer", 5, "long…"),
        ("abe\u0301f", 4, "ab…"),
        (FAMILY * 2, 6, FAMILY + "…"),
        (FAMILY * 2, 5, "…"),
        (FLAG * 3, 4, FLAG + "…"),
        ("👍🏽👍🏽", 3, "👍🏽…"),
    ],
)
def test_cut_never_inside_a_character(text: str, limit: int, shown: str) -> None:
    assert cut(text, limit) == shown


def test_a_character_without_end_is_cut_all_the_same() -> None:
    endless = "a\u200d" * 5_000
    assert len(cut(endless, 100)) > 60


@given(st.text(max_size=200), st.integers(1, 80), st.sampled_from([len, units]))
def test_a_cut_fits_and_begins_the_same(text: str, limit: int, size: object) -> None:
    assert callable(size)
    shown = cut(text, limit, size)
    assert size(shown) <= limit
    assert clean(text).startswith(shown.removesuffix("…"))
    assert not NEVER_SHOWN.search(shown)
    rest = clean(text)[len(shown.removesuffix("…")) :]
    if shown.endswith("…") and rest and shown != "…":
        assert unicodedata.combining(rest[0]) == 0 or len(rest) > 30


def test_highlights_are_put_right() -> None:
    assert highlighted("abcdef", ((2, 4), (-3, 1), (3, 5), (5, 99), (4, 4))) == (
        Part("a", True), Part("b"), Part("cdef", True),
    )  # fmt: skip
    assert highlighted("", ((0, 5),)) == ()


@given(st.text(max_size=100), st.lists(st.tuples(st.integers(-9, 120), st.integers(-9, 120)), max_size=9))
def test_highlighting_loses_no_words(text: str, highlights: list[tuple[int, int]]) -> None:
    parts = highlighted(text, highlights)
    assert "".join(part.text for part in parts).replace(" ", "").startswith(clean(text).replace(" ", "")[:4])
    assert all(not NEVER_SHOWN.search(part.text) for part in parts)


def test_parts_are_cut_together() -> None:
    parts = (Part("one "), Part("two", True), Part(" three"))
    assert cut_parts(parts, 100) == parts
    assert cut_parts(parts, 7) == (Part("one "), Part("tw", True), Part("…"))
    assert cut_parts(parts, 1) == (Part("…"),)


@pytest.mark.parametrize(
    "url", ["https://example.org/a?b=1&c=%20#d", "http://[2001:db8::1]:8080/", "https://xn--e1afmkfd.example/"]
)
def test_links(url: str) -> None:
    assert safe_link(url) == url


@pytest.mark.parametrize(
    "url",
    ["", "javascript:alert(1)", "data:text/html,x", "ftp://example.org/", "//example.org/", "https://", 
     "https://u:p@example.org/",
     "https://example.org/\r\nX: y", "https://example.org/<b>", "https://example.org/|x", 'https://example.org/"x',
     "https://exämple.org/", "https://example.org/" + "x" * 1_000, "http://[::1",
     "https://example.org/a b", "HTTPS:/x"],
)  # fmt: skip
def test_no_links(url: str) -> None:
    assert safe_link(url) == ""
