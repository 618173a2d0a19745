"""The same service on PostgreSQL: a day of news in one go."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.e2e.telling import everywhere
from tests.support.news_server import Reply
from tests.support.office import Office
from tests.support.velmar import DAM_COPY, DAM_FAILS, DAM_FEARS, DAM_TOLL, DOCKERS_STRIKE, STRIKE_DENIED


@pytest.fixture
async def office(tmp_path: Path, postgres_url: str) -> AsyncIterator[Office]:
    async with Office(tmp_path, postgres_url) as office:
        yield office


async def test_a_day_of_news(office: Office) -> None:
    wire = office.feed("wire")
    dam = wire.add(*DAM_FAILS)
    wire.add(*DAM_FEARS)
    wire.add(*STRIKE_DENIED)
    wire.add(*DOCKERS_STRIKE, age=timedelta(days=3))
    office.feed("herald").add(*DAM_COPY)
    async with office.app() as app:
        first = await app.once()
    async with office.app() as app:
        second = await app.once()
        dam.title, dam.text = DAM_TOLL
        wire.add(*DOCKERS_STRIKE, link="https://wire.example/news/fresh")
        third = await app.once()

    told = everywhere(("alert", "dam-failure"), ("update", "dam-failure"), ("alert", "port-strike"))
    assert office.heard() == told
    assert (first.documents, first.alerts, first.suppressed) == (5, 1, {"already-told": 1, "too-old": 1})
    assert (second.documents, second.sent) == (0, 0)
    assert (third.alerts, third.updates, third.waiting, third.dead) == (1, 1, 0, 0)
    assert not (office.root / "data" / "watcher.db").exists()


async def test_an_article_that_states_what_its_item_fears(office: Office) -> None:
    paragraphs = f"<p>{DAM_FEARS.title}, they said.</p><p>{DAM_FAILS.text}</p>"
    markup = f"<html lang=en><head><title>Dam</title></head><body><article>{paragraphs}</article></body></html>"
    office.news.on("/article", Reply(body=markup.encode(), headers={"Content-Type": "text/html"}))
    office.feed("wire").add(*DAM_FEARS, link=office.news.url("/article"))
    async with office.app(enrich_per_hour=50) as app:
        summary = await app.once()
    assert (summary.enriched, summary.enriched_matched) == (1, 1)
    assert office.heard() == everywhere(("alert", "dam-failure"))
