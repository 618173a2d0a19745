"""Bytes to characters, whatever the labels say."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.sources.encoding import decode, mended

ARABIC = "العراق يعلن حملة"


def xml(text: str, label: str) -> str:
    return f'<?xml version="1.0" encoding="{label}"?><t>{text}</t>'


@pytest.mark.parametrize(
    ("body", "content_type", "encoding"),
    [
        (xml(ARABIC, "windows-1256").encode("cp1256"), "", "windows-1256"),
        (xml(ARABIC, "windows-1256").encode("cp1256"), "text/xml; charset=utf-8", "windows-1256"),
        (f"<t>{ARABIC}</t>".encode("cp1256"), 'text/xml; charset="windows-1256"', "windows-1256"),
        (xml(ARABIC, "iso-8859-1").encode(), "text/xml; charset=iso-8859-1", "utf-8"),
        (codecs.BOM_UTF8 + xml(ARABIC, "windows-1256").encode(), "", "utf-8"),
        (codecs.BOM_UTF16_LE + xml(ARABIC, "utf-8").encode("utf-16-le"), "", "utf-16"),
        (xml(ARABIC, "utf-16").encode("utf-16-be"), "", "utf-16-be"),
        (f'<html><meta charset="windows-1256"><p>{ARABIC}'.encode("cp1256"), "text/html", "windows-1256"),
        (xml("zdroj “quoted”", "ISO-8859-1").encode("cp1252"), "", "windows-1252"),
        (xml("新闻", "gb2312").encode("gb18030"), "", "gb18030"),
    ],
)
def test_the_encoding_that_fits_is_found(body: bytes, content_type: str, encoding: str) -> None:
    found = decode(body, content_type)
    assert (found.encoding, found.replaced) == (encoding, 0)
    assert any(word in found.text for word in (ARABIC, "“quoted”", "新闻"))
    assert not found.text.startswith("\ufeff")


@pytest.mark.parametrize("label", ["klingon", "zlib", "hex", "utf-7", "rot13", "idna", "undefined", "mbcs", ""])
def test_labels_that_are_no_encoding_are_passed_over(label: str) -> None:
    assert decode(xml("café", label).encode(), f"text/xml; charset={label}").text == xml("café", label)


def test_bytes_that_mean_nothing_are_counted() -> None:
    found = decode(xml("a\ufffe", "utf-8").encode()[:-8] + b"\xff\xff caf\xc3\xa9", "")
    assert (found.encoding, found.replaced) == ("utf-8", 2)
    assert found.text.endswith("café")


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (xml("caf\u00e9 \u201cquoted\u201d", "utf-8").encode("cp1252"), "windows-1252"),
        (xml("\u041c\u043e\u0441\u043a\u0432\u0430", "utf-8").encode("cp1251"), "utf-8"),
        (xml("caf\u00e9", "utf-8").encode() + b"\xe9 ", "utf-8"),
        (xml("x", "utf-8").encode() + b"\x81", "utf-8"),
    ],
    ids=["western", "another script", "UTF-8 with a slip", "not in the code page"],
)
def test_windows_1252_that_is_called_utf_8_is_read_as_what_it_is(body: bytes, encoding: str) -> None:
    assert decode(body, "").encoding == encoding


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("a\u00e2\u0080\u00a6 b", "a\u2026 b"),
        ("na\u00efve", "na\u00efve"),
        ("\u2026", "\u2026"),
        ("plain", "plain"),
    ],
)
def test_utf_8_that_was_taken_for_latin_1_is_undone(raw: str, text: str) -> None:
    assert mended(raw) == text


@given(st.binary(max_size=300), st.text(max_size=30))
def test_any_bytes_become_text(body: bytes, label: str) -> None:
    assert isinstance(decode(body, f"text/xml; charset={label}").text, str)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\ufeff\x00"), max_size=100))
def test_utf_8_comes_back(text: str) -> None:
    assert decode(text.encode(), "").text == text
