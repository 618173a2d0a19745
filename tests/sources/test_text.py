"""Markup to text: what a reader would see, whatever the bytes."""

from __future__ import annotations

import html
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.sources.text import MAX_TEXT, MAX_TITLE, capped, html_to_text, tidy, title_text, unescape


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain", "plain"),
        ("<p>One</p><p>two<br>three</p>", "One\ntwo\nthree"),
        ("a<b>b</b>c", "abc"),
        ("<td>1</td><td>2</td>", "1 2"),
        ("AT&amp;T &lt;b&gt; &#8217;&#x41;&nbsp;x", "AT&T <b> ’A x"),
        ("5 < 6 and I <3 you", "5 < 6 and I <3 you"),
        ("<a title=\"x > y\" href='z>'>link</a>", "link"),
        ('<a title="it\'s">link</a>', "link"),
        ("x<script>var a = '<p>no</p>'</script>y", "xy"),
        ("x<STYLE>p{}</Style >y<svg/>z", "xyz"),
        ("x<!-- <p>no</p> -->y<!-->z", "xyz"),
        ("x<![CDATA[ raw <b>]]>y", "x raw <b>y"),
        ("x<?php echo?>y<!DOCTYPE html>z", "xyz"),
        ("ends in <a href=", "ends in <a href="),
        ("hidden <!-- for good", "hidden"),
        ("<script>never closed", ""),
        ("&lt;p&gt;twice &amp;amp; over&lt;/p&gt;", "twice & over"),
        ("soft\u00adhyphen\u200b zero\ufeff nul\x00 bell\x07", "softhyphen zero nul bell"),
        ("می\u200cگوید", "می\u200cگوید"),
        ("a\r\n\r\n  b \t c\u2028d\u00a0e", "a\nb c\nd e"),
        ("&#99999999999999;&#x110000;&#xD800;", "\ufffd\ufffd\ufffd"),
    ],
)
def test_the_visible_text(markup: str, text: str) -> None:
    assert html_to_text(markup) == text


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("Talks &amp;amp; terms", "Talks & terms"),
        ("&lt;b&gt;Bold&lt;/b&gt; move", "Bold move"),
        ("Prices < 5 & > 3", "Prices < 5 & > 3"),
        ("Line\none\r\n two", "Line one two"),
        ("\u202eevil\u202c \u2066x\u2069", "evil x"),
        ("  ", ""),
        ("x" * 2000, "x" * MAX_TITLE),
    ],
)
def test_titles(raw: str, title: str) -> None:
    assert title_text(raw) == title


def test_long_texts_are_cut_and_flagged() -> None:
    assert capped("x" * MAX_TEXT) == ("x" * MAX_TEXT, False)
    assert capped("x" * (MAX_TEXT + 1)) == ("x" * MAX_TEXT, True)


PIECES = ["<p>", "</p>", "<script>", "</script>", "<!--", "-->", "&amp;", "&#", "<![CDATA[", "]]>", "x ", "<a x='", ">"]
letters = st.sampled_from("<>/&;!-[]\"'= \n\x00abp#x1") | st.characters(codec="utf-8")
markup = st.text(letters, max_size=200) | st.lists(st.sampled_from(PIECES)).map("".join)


@given(markup)
def test_any_markup_becomes_text_without_controls(raw: str) -> None:
    for text in (html_to_text(raw), title_text(raw), tidy(raw)):
        assert not any(unicodedata.category(char) in ("Cc", "Cs") and char != "\n" for char in text)
        assert not any(char in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u00ad" for char in text)
        assert text == text.strip()
    assert "\n" not in title_text(raw)


visible = st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zs", "Zl", "Zp", "Co", "Cn"])


@given(st.text(visible, max_size=80))
def test_escaped_text_comes_back(words: str) -> None:
    text = " ".join(words.replace("&", "+").replace("<", "(").split())
    assert html_to_text(html.escape(text)) == text


@given(markup)
def test_tidying_twice_changes_nothing(raw: str) -> None:
    assert tidy(tidy(raw)) == tidy(raw)


@pytest.mark.parametrize(
    "piece", ["<!--", '<a title="', "<a ='\"", "<script>", "<![CDATA[", "&#9", "<a ", "</p>", "&", "<", "\n ", '<a ="']
)
def test_hostile_repetition_stays_within_one_pass(piece: str) -> None:
    # A quadratic scanner would need minutes for this; the suite would be noticed to hang.
    assert len(html_to_text(piece * (1_000_000 // len(piece)))) <= 1_000_000


ENTITIES = [
    "&amp;",
    "&lt;",
    "&nbsp;",
    "&#8217;",
    "&#x41;",
    "&copy 2026",
    "&notit;",
    "&nosuch;",
    "&",
    "&#",
    "&CounterClockwiseContourIntegral;",
]


@given(st.lists(st.sampled_from(ENTITIES) | st.text("&#;xamplt19 ", max_size=6)).map("".join))
def test_entities_are_undone_as_the_standard_library_does(raw: str) -> None:
    assert unescape(raw) == html.unescape(re.sub(r"&#[0-9]{8,}+;?|&#[xX][0-9a-fA-F]{7,}+;?", "\ufffd", raw))
