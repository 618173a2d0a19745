"""`watcher sources …`: the table, and the commands that test, add, import, export and poll."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.conftest import Cli
from tests.support.news_server import NewsServer, Reply
from watcher.model.document import Health, SourceState
from watcher.storage import sources
from watcher.storage.engine import Database
from watcher.storage.migrate import migrate

NOW = datetime.now(UTC).replace(microsecond=0)
FEED = (
    b'<rss version="2.0"><channel><title>Velmar wire</title><language>en</language>'
    b"<item><title>Dam holds</title><link>https://w.example/1</link><guid>1</guid></item>"
    b"<item><title>Port open</title><link>https://w.example/2</link><guid>2</guid></item></channel></rss>"
)
OPML = (
    b'<opml version="2.0"><body><outline text="World"><outline text="Middle East">'
    b'<outline text="Gulf wire" xmlUrl="https://gulf.example/rss"/></outline></outline>'
    b'<outline text="Known" xmlUrl="https://wire.example/rss?utm_source=x"/>'
    b'<outline text="Odd" xmlUrl="ftp://odd.example/"/></body></opml>'
)


@contextmanager
def serving(**replies: Reply) -> Iterator[NewsServer]:
    """A server in a loop of its own, because the commands bring theirs."""
    server, loop, ready = NewsServer(), asyncio.new_event_loop(), threading.Event()
    for path, reply in replies.items():
        server.on("/" + path.replace("__", "/"), reply)
    stop = asyncio.Event()

    async def serve() -> None:
        async with server:
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(5)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(5)
        loop.close()


def stored(cli: Cli, work: Callable[[Database], Awaitable[None]]) -> None:
    async def inner() -> None:
        (cli.folder / "data").mkdir(exist_ok=True)
        database = await Database.open(f"sqlite:///{cli.folder / 'data' / 'watcher.db'}")
        await migrate(database)
        await work(database)
        await database.close()

    asyncio.run(inner())


@pytest.fixture
def wire(cli: Cli) -> Cli:
    cli.rules.sources({"wire": "https://wire.example/rss", "other": "https://other.example/rss"})
    return cli


def test_the_table_tells_rhythm_gap_and_move(wire: Cli) -> None:
    state = SourceState(
        "wire", NOW, url="https://wire.example/rss", health=Health.FAILING, failure="dns", reason="dns: no such name",
        rhythm_s=7_300.0, pause_s=600.0, windows_missed=2, missed_from=NOW, missed_until=NOW + timedelta(days=1),
        moved_to="https://wire.example/new",
    )  # fmt: skip

    async def save(database: Database) -> None:
        async with database.write() as conn:
            await sources.save(conn, state)
            await sources.save(conn, replace(state, source_id="other", url="https://old.example/", health=Health.STALE))

    stored(wire, save)
    rows = {row["id"]: row for row in wire("sources", "--json").json}
    row = rows["wire"]
    assert (row["health"], row["failure"], row["rhythm"], row["pause"]) == ("failing", "dns", "2 h", "10 min")
    assert (row["windows_missed"], row["missed"][:7]) == (2, "2, last")
    assert (row["moved_to"], rows["other"]["moved_to"]) == ("https://wire.example/new", None)
    assert [row["id"] for row in wire("sources", "--state", "stale", "--json").json] == ["other"]
    assert "wire" in wire("sources").out
    assert wire("sources", "--state", "gone").out == "No source is like that.\n"
    assert wire("sources", "--state", "sick").code == 2


def test_a_feed_is_tested(wire: Cli) -> None:
    wire.set(FETCH_ALLOW_PRIVATE="127.0.0.1")
    with serving(rss=Reply(FEED)) as server:
        result = wire("sources", "test", server.url("/rss"), "--json")
    (found,) = result.json
    assert (result.code, found["kind"], found["title"], found["items"]) == (0, "feed", "Velmar wire", 2)
    assert (found["health"], found["languages"], found["newest"][0]["title"]) == ("healthy", ["en"], "Dam holds")
    assert found["yaml"].startswith("- {id: velmar-wire, kind: feed, url: ")


def test_feeds_are_found_on_a_page_and_in_usual_places(wire: Cli) -> None:
    wire.set(FETCH_ALLOW_PRIVATE="127.0.0.1")
    page = b'<html><head><title>W</title><link rel="alternate" type="application/rss+xml" href="/a/rss"></head></html>'
    with serving(page=Reply(page), a__rss=Reply(FEED), bare=Reply(b"<html><body>x"), feed=Reply(FEED)) as server:
        (named,) = wire("sources", "test", server.url("/page"), "--json").json
        (usual,) = wire("sources", "test", server.url("/bare"), "--json").json
        shown = wire("sources", "test", server.url("/page")).out
        assert (named["url"], named["found_by"]) == (server.url("/a/rss"), "named by the page")
        assert (usual["url"], usual["found_by"]) == (server.url("/feed"), "a usual place")
    assert "- {id: velmar-wire, kind: feed" in shown


def test_what_cannot_be_read_says_why(wire: Cli) -> None:
    with serving(rss=Reply(FEED)) as server:
        result = wire("sources", "test", server.url("/rss"), "--json")
    assert (result.code, result.json[0]["health"], result.json[0]["yaml"]) == (1, "blocked", None)


def test_a_source_is_added_and_refused_a_second_time(wire: Cli) -> None:
    path = wire.rules.root / "sources.yaml"
    path.write_text("# mine\n" + path.read_text() + "# end\n")
    assert wire("sources", "add", "https://new.example/rss", "--tags", "world, gulf", "--every", "10m").code == 0
    text = path.read_text()
    assert text.startswith("# mine\n")
    assert '- {id: new-example, kind: feed, url: "https://new.example/rss", every: 10m, tags: [world, gulf]}\n' in text
    for arguments in (["https://new.example/rss?utm_medium=x"], ["https://x.example/rss", "--id", "wire"]):
        again = wire("sources", "add", *arguments)
        assert again.code == 1
        assert again.err.startswith("watcher: ")
    assert path.read_text() == text


def test_nothing_is_written_that_would_not_load(wire: Cli) -> None:
    path = wire.rules.root / "sources.yaml"
    before = path.read_text()
    for arguments in (
        ["ftp://x.example/"],
        ["https://x.example/", "--every", "soon"],
        ["https://x.example/", "--id", "A B"],
    ):
        result = wire("sources", "add", *arguments)
        assert (result.code, "nothing was written" in result.err) == (1, True)
    assert path.read_text() == before
    assert [file.name for file in path.parent.iterdir() if file.name.startswith(".sources")] == []


def test_a_list_of_feeds_is_imported_and_exported(wire: Cli) -> None:
    path = wire.rules.root / "sources.yaml"
    before, file = path.read_text(), wire.file("reader.opml", OPML)
    tried = wire("sources", "import", file, "--dry-run", "--json").json
    assert (tried["written"], path.read_text()) == (False, before)
    done = wire("sources", "import", file, "--json").json
    assert done["added"] == [{"id": "gulf-wire", "url": "https://gulf.example/rss", "tags": ["world", "middle-east"]}]
    assert [each["reason"] for each in done["left_out"]] == ["no http or https address", "is polled by wire already"]
    assert "0 added, 3 left out" in wire("sources", "import", file).out
    out = wire("sources", "export").out
    assert '<outline text="world" title="world">' in out
    again = wire("sources", "import", wire.file("mine.opml", out), "--json").json
    assert (again["added"], len(again["left_out"])) == ([], 3)


def test_a_bad_list_is_refused(wire: Cli) -> None:
    result = wire("sources", "import", wire.file("bad.opml", b"<!DOCTYPE a><opml/>"))
    assert (result.code, "a document type is not read" in result.err) == (1, True)
    assert wire("sources", "import", str(wire.folder / "missing.opml")).code == 1


def test_the_password_of_an_address_is_written_and_not_shown(wire: Cli) -> None:
    address = "https://ada:pass-word@{}.example/rss"
    found = wire("sources", "import", wire.file("own.opml", OPML.replace(b"//gulf", b"//ada:pass-word@gulf")))
    assert "added: {id: gulf-wire" in found.out
    assert "pass-word" in (wire.folder / "rules" / "sources.yaml").read_text()
    shown = [found, wire("sources", "add", address.format("new")), wire("sources", "add", address.format("new"))]
    assert [each.code for each in shown] == [0, 0, 1]
    shown.append(wire("explain", "http://ada:pass-word@127.0.0.1:9/article"))
    for each in shown:
        assert "pass-word" not in each.out + each.err
    assert "[redacted]@new.example" in shown[2].err


def test_a_source_is_polled_without_a_service(wire: Cli) -> None:
    wire.set(FETCH_ALLOW_PRIVATE="127.0.0.1")
    with serving(rss=Reply(FEED)) as server:
        wire.rules.sources({"wire": server.url("/rss"), "gone": server.url("/gone")})
        first = wire("sources", "poll", "wire", "--json")
        second = wire("sources", "poll", "wire", "--json")
        failed = wire("sources", "poll", "gone", "--json")
    assert (first.code, first.json["outcome"], first.json["documents"]) == (0, "new documents", 2)
    assert (second.json["outcome"], second.json["documents"]) == ("nothing new", 0)
    assert (failed.code, failed.json["outcome"]) == (1, "failed")
    assert wire("sources", "poll", "nobody").code == 1


def test_a_source_that_is_sent_its_documents_says_when_the_last_one_arrived(cli: Cli) -> None:
    cli.rules.sources({"partner": {"kind": "push", "url": "https://partner.example", "token": "env:PARTNER_TOKEN"}})
    never = cli("sources", "poll", "partner")
    assert never.code == 0
    assert "outcome: not polled" in never.out
    assert "last_arrived_at: never" in never.out
    assert "but none can: WATCHER_WEB_BIND is not set here" in never.out

    async def sent(db: Database) -> None:
        async with db.write() as conn:
            await sources.save(conn, SourceState("partner", NOW, last_new_at=NOW, documents=3, polls=9))

    stored(cli, sent)
    cli.set(WEB_BIND="127.0.0.1:0")
    assert cli("sources", "poll", "partner", "--json").json == {
        "source": "partner",
        "outcome": "not polled",
        "why": "documents are sent to it and arrive by themselves",
        "documents": 3,
        "last_arrived_at": NOW.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def test_what_keeps_an_address_from_being_read_says_what_to_do(cli: Cli) -> None:
    private = cli("sources", "test", "http://127.0.0.1:1/rss")
    assert private.code == 1
    assert "name its network in WATCHER_FETCH_ALLOW_PRIVATE" in private.out
    assert "has to begin with https:// or http://" in cli("sources", "test", "wire.example/rss").out
