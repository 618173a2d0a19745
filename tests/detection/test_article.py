"""What was fetched stands for an item only if it is its article."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.detection.article import worth_using
from watcher.model.document import Document
from watcher.model.enrichment import Article

NOW = datetime(2026, 7, 12, tzinfo=UTC)
ITEM = Document(
    id="doc-1", source_id="wire", publisher="wire.example", guid="1", url="https://wire.example/1",
    canonical_url="https://wire.example/1", title="Tarsk dam may collapse, engineers fear",
    text="Engineers fear for the dam in Velmar.", language="en", published_at=NOW, first_seen_at=NOW, content_hash="aa",
)  # fmt: skip
BODY = (
    "The dam at Tarsk collapsed on Monday, as engineers had feared it may. Water reached the town within an hour, and "
    "the gates of the reservoir were opened too late. "
)
ARTICLE = Article("https://wire.example/1", "Tarsk dam may collapse | Wire", BODY * 3)
FRENCH = (
    "Le barrage de Tarsk, que les engineers fear et qui may collapse, est dans une région du nord et sur la rivière. "
)


def test_an_article_is_used() -> None:
    assert worth_using(ARTICLE, ITEM).fit
    assert worth_using(ARTICLE, replace(ITEM, language=None)).fit
    assert worth_using(ARTICLE, replace(ITEM, language="en-GB")).fit
    assert worth_using(ARTICLE, replace(ITEM, language="sv")).fit


@pytest.mark.parametrize(
    ("article", "reason"),
    [
        (replace(ARTICLE, text=""), "no more than the item"),
        (replace(ARTICLE, text="  \n" * 90), "no more than the item"),
        (replace(ARTICLE, text=ITEM.text + "  "), "no more than the item"),
        (replace(ARTICLE, text=BODY + "Accept all cookies?"), "accept all cookies"),
        (replace(ARTICLE, text=BODY + "Please verify you are human."), "verify you are human"),
        (replace(ARTICLE, text=BODY + "Subscribe to continue."), "subscribe to continue"),
        (replace(ARTICLE, text=BODY + "Bitte melden Sie sich an."), "bitte melden sie sich"),
        (replace(ARTICLE, title="Just a moment..."), "just a moment"),
        (replace(ARTICLE, text=FRENCH * 5), "another language (fr, not en)"),
        (replace(ARTICLE, text="The Rovers won the cup in extra time. " * 40), "about something else"),
        (replace(ARTICLE, text=ITEM.title + "\n" + "The Rovers won the cup. " * 40), "about something else"),
    ],
)
def test_what_stands_in_its_way_is_not(article: Article, reason: str) -> None:
    found = worth_using(article, ITEM)
    assert not found.fit
    assert reason in found.reason


def test_a_long_article_may_speak_of_cookies() -> None:
    assert worth_using(replace(ARTICLE, text=BODY * 7 + "Accept all cookies?"), ITEM).fit


def test_words_count_in_other_forms_and_letters() -> None:
    russian = replace(ITEM, title="Плотина в Тарске рухнула", text="", language="ru")
    body = "Плотину в Тарске прорвало. Плотина рухнула ночью, сообщили в Тарске местные власти. "
    assert worth_using(replace(ARTICLE, text=body), russian).fit
    arabic = replace(ITEM, title="انهيار سد تارسك", text="", language="ar")
    assert worth_using(replace(ARTICLE, text="أعلنت الوزارة انهيار سد تارسك في شمال البلاد من دون ضحايا."), arabic).fit


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=100), st.sampled_from(["en", "xx", "", None]))
def test_it_answers_whatever_it_is_given(text: str, summary: str, title: str, language: str | None) -> None:
    item = replace(ITEM, title=title, text=summary, language=language)
    found = worth_using(replace(ARTICLE, title=title, text=text), item)
    assert found.fit == (not found.reason)
    assert not found.fit or len(text.strip()) > len(summary.strip())
