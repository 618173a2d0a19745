"""New, edited, or there already: whatever a feed does to its guids and links."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.conftest import NOW
from watcher.model.document import Document, Item, Source
from watcher.sources.identity import Arrivals, content_hash, resolve

SOURCE = Source("s", "feed", "https://news.example/rss.xml", "news.example", trust=0.8, tags=("world",))
LONG = "The ministry said on Sunday that the operation against armed groups had begun in three provinces. " * 4


def item(guid: str, path: str, title: str, text: str = "", **more: object) -> Item:
    return replace(Item(guid, f"https://news.example/{path}" if path is not None else "", title, text), **more)


def see(items: Sequence[Item], known: Sequence[Document] = (), source: Source = SOURCE) -> Arrivals:
    numbers = itertools.count(len(known))
    return resolve(source, items, known, NOW, lambda: f"d{next(numbers)}")


def after(known: Sequence[Document], arrivals: Arrivals) -> list[Document]:
    """What is stored then."""
    revised = {document.id: document for document in arrivals.revised}
    return [*(revised.get(document.id, document) for document in known), *arrivals.new]


def test_a_new_item_is_a_document_with_what_the_source_says_about_itself() -> None:
    [document] = see([item("1", "a?utm_source=x", "Talks begin", "Text.", language="fa")]).new
    assert document == Document(
        "d0", "s", "news.example", "1", "https://news.example/a?utm_source=x", "https://news.example/a", "Talks begin",
        "Text.", "fa", None, NOW, content_hash("Talks begin", "Text."), 1, ("world",), 0.8,
    )  # fmt: skip


def test_the_language_of_the_source_comes_first_and_an_item_may_name_its_publisher() -> None:
    source = replace(SOURCE, language="ar")
    [document] = see([item("1", "a", "T", language="en", publisher="other.example")], source=source).new
    assert (document.language, document.publisher) == ("ar", "other.example")


def test_the_same_again_is_unchanged() -> None:
    items = [item("1", "a", "A"), item("2", "b", "B")]
    known = see(items).new
    assert see(items, known) == Arrivals((), (), 2)


@pytest.mark.parametrize(
    "edited",
    [
        item("1", "a", "Talks collapse", "Text."),
        item("1", "a", "Talks begin", "Other text."),
        item("1", "a", "Talks begin", "Text.", published_at=NOW),
        item("1", "new-slug", "Talks begin", "Text, longer."),
        item("changed", "a", "Talks collapse", "Text."),
        item("", "a", "Talks collapse", "Text."),
    ],
)
def test_an_edit_is_a_version_of_the_same_document(edited: Item) -> None:
    known = see([item("1", "a", "Talks begin", "Text.", published_at=NOW - timedelta(hours=1))]).new
    arrivals = see([edited], known)
    assert (arrivals.new, arrivals.unchanged) == ((), 0)
    [revised] = arrivals.revised
    assert (revised.id, revised.version, revised.guid, revised.first_seen_at) == ("d0", 2, "1", NOW)
    assert see([edited], arrivals.revised).unchanged == 1


def test_a_missing_date_is_no_edit() -> None:
    known = see([item("1", "a", "A", published_at=NOW)]).new
    assert see([item("1", "a", "A")], known).unchanged == 1


def test_white_space_is_no_edit() -> None:
    known = see([item("1", "a", "Talks begin", "One\ntwo")]).new
    assert see([item("1", "a", "Talks  begin", "One two")], known).unchanged == 1


def test_headline_and_slug_may_change_together() -> None:
    known = see([item("1", "talks-begin", "Talks begin", LONG)]).new
    arrivals = see([item("1", "talks-collapse", "Talks collapse", LONG + " More.")], known)
    assert (len(arrivals.new), len(arrivals.revised)) == (0, 1)


def test_one_guid_for_all_items_does_not_make_them_one() -> None:
    items = [item("0", "a", "Talks begin"), item("0", "b", "Port closed"), item("0", "c", "Cabinet meets")]
    known = see(items).new
    assert len(known) == 3
    assert see(items, known) == Arrivals((), (), 3)
    [fresh] = see([item("0", "d", "Deal signed"), *items], known).new
    assert fresh.title == "Deal signed"
    assert [each.title for each in see([item("0", "e", "Only one now")], known).new] == ["Only one now"]


def test_one_guid_and_one_link_for_all_items_leave_the_content() -> None:
    items = [item("0", "", "Talks begin"), item("0", "", "Port closed"), item("0", "", "Cabinet meets")]
    known = see(items).new
    assert len(known) == 3
    assert see(items, known) == Arrivals((), (), 3)


def test_a_guid_that_is_reused_for_another_story_makes_another_document() -> None:
    known = see([item("top", "a", "Talks begin")]).new
    assert len(see([item("top", "b", "Port closed")], known).new) == 1


def test_guids_that_change_with_every_poll_change_nothing() -> None:
    known = see([item("x1", "a", "A", "Text"), item("x2", "b", "B", "Text")]).new
    assert see([item("y1", "a", "A", "Text"), item("y2", "b", "B", "Text")], known) == Arrivals((), (), 2)


def test_guids_and_links_that_change_with_every_poll_change_nothing_for_a_real_text() -> None:
    known = see([item("x1", "a?session=1", "A", LONG)]).new
    assert see([item("y1", "a?session=2", "A", LONG)], known).unchanged == 1


def test_a_repeated_headline_alone_is_not_the_same_item() -> None:
    known = see([item("1", "monday", "Daily briefing")]).new
    assert len(see([item("2", "tuesday", "Daily briefing")], known).new) == 1


def test_items_that_all_link_to_the_homepage_are_told_apart() -> None:
    items = [item("1", "", "Talks begin"), item("2", "", "Port closed")]
    known = see(items).new
    assert len(known) == 2
    assert see(items, known).unchanged == 2
    assert len(see([item("3", "", "Deal signed")], known).new) == 1
    assert len(see([item("", "", "Deal signed"), item("", "", "Deal off")], known).new) == 2


def test_items_that_share_a_live_page_are_told_apart() -> None:
    items = [item("p1", "live#1", "10:01 Vote"), item("p2", "live#2", "10:05 Result")]
    known = see(items).new
    assert len(known) == 2
    arrivals = see([item("p3", "live#3", "10:09 Reaction"), *items], known)
    assert ([each.title for each in arrivals.new], arrivals.unchanged) == (["10:09 Reaction"], 2)


def test_items_without_link_and_guid_go_by_their_content() -> None:
    bare = Item("", "", "Talks begin", "Text")
    known = see([bare]).new
    assert see([bare], known).unchanged == 1
    assert len(see([Item("", "", "Port closed", "Text")], known).new) == 1


def test_within_one_poll_the_first_of_a_document_counts() -> None:
    twice = [item("1", "a", "New headline"), item("1", "a", "Old headline")]
    arrivals = see(twice)
    assert ([each.title for each in arrivals.new], arrivals.unchanged) == (["New headline"], 1)
    assert see(twice, arrivals.new) == Arrivals((), (), 2)


def test_a_watched_page_is_a_document_for_each_change() -> None:
    def version(text: str) -> Item:
        return Item(f"page#{content_hash('', text)}", "https://news.example/p", "Page", text, guid_only=True)

    known = list(see([version(LONG)]).new)
    arrivals = see([version(LONG + "!")], known)
    assert (len(arrivals.new), arrivals.revised) == (1, ())
    assert see([version(LONG)], after(known, arrivals)).unchanged == 1


def test_documents_of_other_sources_do_not_count() -> None:
    known = [replace(document, source_id="other") for document in see([item("1", "a", "A")]).new]
    assert len(see([item("1", "a", "A")], known).new) == 1


items_of_any_kind = st.lists(
    st.builds(
        Item,
        guid=st.sampled_from(["", "0", "g1", "g2", "g3"]),
        url=st.sampled_from(["", "https://news.example/", "https://news.example/a", "https://news.example/b?utm_id=1"]),
        title=st.sampled_from(["Talks begin", "Port closed", "Deal signed", ""]),
        text=st.sampled_from(["", "Short.", LONG]),
        published_at=st.sampled_from([None, NOW]),
    ),
    max_size=12,
)


@given(items_of_any_kind, items_of_any_kind)
def test_any_two_polls_keep_the_books(first: list[Item], second: list[Item]) -> None:
    one = see(first)
    assert len(one.new) + one.unchanged == len(first)
    assert one.revised == ()
    two = see(second, one.new)
    assert len(two.new) + len(two.revised) + two.unchanged == len(second)
    assert {each.id for each in two.revised} <= {each.id for each in one.new}
    assert all(each.version == 2 for each in two.revised)
    assert len({each.id for each in (*one.new, *two.new)}) == len(one.new) + len(two.new)


@given(items_of_any_kind)
def test_no_content_is_lost(items: list[Item]) -> None:
    """Every title with its own guid and link is found again under some document."""
    stored = {(each.guid, each.canonical_url) for each in see(items).new}
    hashes = {each.content_hash for each in see(items).new}
    for each in items:
        arrived = content_hash(each.title, each.text) in hashes
        assert arrived or any(guid == each.guid or url for guid, url in stored)


@given(items_of_any_kind)
def test_the_same_poll_again_brings_nothing_new(items: list[Item]) -> None:
    known = see(items).new
    again = see(items, known)
    assert again.new == ()
