"""OPML in and out, and what bad files get."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.sources.opml import MAX_DEPTH, MAX_OUTLINES, OpmlError, Outline, read_opml, write_opml

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def opml(body: str) -> bytes:
    return f'<?xml version="1.0"?><opml version="2.0"><head/><body>{body}</body></opml>'.encode()


def test_folders_within_folders_are_kept_in_order() -> None:
    found = read_opml(
        opml(
            '<outline text="World"><outline title="Middle East" text="x">'
            '<outline text="A &amp; B" type="rss" xmlUrl="https://a.example/rss" htmlUrl="https://a.example/"/></outline>'
            '<outline text="C" XMLURL=" https://c.example/rss "/></outline>'
            '<outline text="D" xmlUrl="https://d.example/rss"/><outline text="only a note"/>'
        )
    )
    assert found.outlines == (
        Outline("A & B", "https://a.example/rss", ("World", "Middle East"), "https://a.example/"),
        Outline("C", "https://c.example/rss", ("World",)),
        Outline("D", "https://d.example/rss"),
    )


def test_addresses_that_cannot_be_polled_are_set_apart() -> None:
    found = read_opml(
        opml("".join(f'<outline text="x" xmlUrl="{url}"/>' for url in ("file:///etc/passwd", "javascript:1", "rss")))
    )
    assert (found.outlines, len(found.unusable)) == ((), 3)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not well-formed"),
        (b"<html/>", "not OPML"),
        (b"<opml><body><outline", "not well-formed"),
        (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml><body/></opml>', "a document type"),
        (b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><opml><head>&b;</head></opml>', "a document type"),
        (b"<opml>" + b" " * 10_000_000 + b"</opml>", "larger than"),
        (opml("<outline text='f'>" * (MAX_DEPTH + 1) + "</outline>" * (MAX_DEPTH + 1)), "nested more"),
        (opml("<o>" * 100_000 + "</o>" * 100_000), "not well-formed"),
        (opml("<outline xmlUrl='https://a.example/'/>" * (MAX_OUTLINES + 1)), "more than"),
    ],
    ids=["empty", "html", "cut", "external", "bomb", "large", "folders", "deep", "many"],
)
def test_bad_files_are_refused_with_the_reason(content: bytes, why: str) -> None:
    with pytest.raises(OpmlError, match=why):
        read_opml(content)


names = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cn", "Co", "Zl", "Zp")), min_size=1, max_size=20)
outlines = st.builds(
    Outline, names.map(str.strip), st.integers(0, 10**6).map("https://a.example/{}".format),
    st.one_of(st.just(()), st.tuples(st.sampled_from(["world", "middle-east"]))),
)  # fmt: skip


@given(st.lists(outlines, max_size=20))
def test_what_is_written_is_read_again(given_: list[Outline]) -> None:
    found = read_opml(write_opml(given_, "Mine", NOW)).outlines
    assert sorted((each.url, each.folders) for each in found) == sorted((each.url, each.folders) for each in given_)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_list_or_an_error(content: bytes) -> None:
    try:
        read_opml(content)
    except OpmlError as error:
        assert str(error)
