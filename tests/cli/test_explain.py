"""`watcher explain`: why a text fires, or by how much it does not, wherever the text is."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import pytest

from tests.cli.conftest import Cli
from tests.support.velmar import DAM_FAILS, DAM_FEARS, FOOTBALL, Report
from watcher.model.document import Document
from watcher.model.enrichment import Enrichment, EnrichmentStatus
from watcher.storage import documents, enrichments
from watcher.storage.engine import Database
from watcher.storage.migrate import migrate

URL = "https://wire.example/news/1"


def as_text(report: Report) -> str:
    return f"{report.title}\n\n{report.text}\n"


def as_html(report: Report) -> str:
    paragraphs = report.text.replace(". ", ".</p><p>")
    return (
        f"<!doctype html><html lang=en><head><title>{report.title}</title></head><body><nav>Home</nav>"
        f"<article><h1>{report.title}</h1><p>{paragraphs}</p></article></body></html>"
    )


def stored(cli: Cli, report: Report, article: str = "") -> None:
    """Put the report into the database, as if a source had brought it, perhaps with its article."""

    async def inner() -> None:
        (cli.folder / "data").mkdir()
        db = await Database.open(f"sqlite:///{cli.folder / 'data' / 'watcher.db'}")
        await migrate(db)
        document = Document(
            id="doc_0123456789abcdef", source_id="wire", publisher="wire.example", guid="1", url=URL, canonical_url=URL,
            title=report.title, text=report.text, language="en", published_at=None,
            first_seen_at=datetime(2026, 6, 1, tzinfo=UTC), content_hash="0" * 64,
        )  # fmt: skip
        async with db.write() as conn:
            await documents.add(conn, [document])
            if article:
                wanted = Enrichment(
                    document_id=document.id, version=1, reason="half", status=EnrichmentStatus.DONE, url=URL,
                    host="wire.example", distance=1, attempts=1, due_at=document.first_seen_at,
                    until=document.first_seen_at, created_at=document.first_seen_at, text=article,
                )  # fmt: skip
                await enrichments.queue(conn, wanted)
        await db.close()

    asyncio.run(inner())


def test_a_text_that_fires_shows_its_evidence_and_points(cli: Cli) -> None:
    result = cli("explain", cli.file("dam.txt", as_text(DAM_FAILS)))
    assert result.code == 0
    title, first, *others = result.out.split("\n\n")
    assert title == DAM_FAILS.title
    header, quote, *lines = first.splitlines()
    assert header.startswith("dam-failure  ")
    assert header.endswith("  ALERTS")
    assert quote.startswith("  “The Tarsk dam in northern Velmar collapsed") or DAM_FAILS.title in quote
    assert "  found    dam, fail, place" in lines
    assert "  pattern  dam fail within 6" in lines
    points = [int(line.split()[0]) for line in lines if line.split()[0][0] in "+-"]
    assert sum(points) == int(header.split()[1])
    assert [block.split()[0] for block in others] == ["grain-treaty", "port-strike"]


def test_a_text_that_does_not_fire_says_how_far_it_is_and_why(cli: Cli) -> None:
    result = cli("explain", cli.file("fears.txt", as_text(DAM_FEARS)))
    assert result.code == 0
    assert "points short" in result.out
    assert "states   hypothetical by “may”" in result.out


def test_json_has_every_signal_also_those_with_nothing_found(cli: Cli) -> None:
    result = cli("explain", cli.file("cup.txt", as_text(FOOTBALL)), "--json")
    explained = result.json
    assert explained["title"] == FOOTBALL.title
    assert {signal["signal_id"] for signal in explained["signals"]} == {"dam-failure", "port-strike", "grain-treaty"}
    assert all(signal["found"] == [] and signal["alert"] is False for signal in explained["signals"])


@pytest.mark.parametrize("signal", ["dam-failure", "port-strike"])
def test_one_signal_may_be_asked_for(cli: Cli, signal: str) -> None:
    result = cli("explain", cli.file("dam.txt", as_text(DAM_FAILS)), "--signal", signal, "--json")
    assert [one["signal_id"] for one in result.json["signals"]] == [signal]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", as_html(DAM_FAILS)),
        ("one.json", json.dumps({"title": DAM_FAILS.title, "text": DAM_FAILS.text}, indent=2)),
        ("lines.jsonl", json.dumps({"title": DAM_FAILS.title, "text": DAM_FAILS.text}) + "\n{}\n"),
        ("plain", as_text(DAM_FAILS)),
    ],
)
def test_every_form_of_file_is_read(cli: Cli, name: str, content: str) -> None:
    result = cli("explain", cli.file(name, content), "--json")
    assert result.code == 0, result.err
    strongest = result.json["signals"][0]
    assert (strongest["signal_id"], strongest["alert"]) == ("dam-failure", True)
    assert result.json["title"] == DAM_FAILS.title


def test_a_stored_document_is_explained_as_it_was_stored(cli: Cli) -> None:
    stored(cli, DAM_FAILS)
    for what in (URL, URL + "?utm_source=x", "doc_0123456789abcdef"):
        result = cli("explain", what, "--json")
        assert result.code == 0, result.err
        assert (result.json["id"], result.json["signals"][0]["alert"]) == ("doc_0123456789abcdef", True)


def test_a_stored_document_is_explained_on_its_article_if_there_is_one(cli: Cli) -> None:
    stored(cli, DAM_FEARS, DAM_FAILS.text)
    result = cli("explain", "doc_0123456789abcdef", "--signal", "dam-failure", "--json")
    assert result.code == 0, result.err
    (signal,) = result.json["signals"]
    assert "collapsed on Monday" in signal["sentence"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.json", ""), ("list.json", "[1, 2]"), ("broken.json", "{"), ("empty.html", ""), ("number.jsonl", "7\n")],
)
def test_a_file_without_a_text_is_one_clear_line(cli: Cli, name: str, content: str) -> None:
    result = cli("explain", cli.file(name, content))
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("watcher: ")
    assert name in result.err
    assert result.err.count("\n") == 1


def test_a_hostile_text_is_shown_inert(cli: Cli) -> None:
    hostile = Report(
        "\x1b]0;owned\x07Tarsk dam collapses \u202e [bold]x[/bold] z" + "\u0301" * 500,
        DAM_FAILS.text + " \x1b[2J \x9b31m",
    )
    result = cli("explain", cli.file("hostile.txt", as_text(hostile)))
    assert result.code == 0
    assert not set("\x1b\x07\x9b\u202e") & set(result.out)
    assert "[bold]x[/bold]" in result.out
    assert "\u0301" * 8 in result.out
    assert "\u0301" * 9 not in result.out
