"""Rules are edited while the service runs: good edits go live, bad ones are refused and named."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from tests.support.logbook import Logbook, keeping
from tests.support.office import Office
from tests.support.velmar import DAM, STRIKE
from watcher.app import App

GIVES_WAY = DAM.replace('"breach*"', '"breach*", "gives way", "gave way"')
TESTS_FAIL = GIVES_WAY + '  - {title: "Tarsk dam stands", text: "The Tarsk dam in Velmar stands.", expect: alert}\n'
BROKEN = GIVES_WAY.replace("alert_at: 60", "alert_at: sixty")


@asynccontextmanager
async def at_work(app: App) -> AsyncIterator[None]:
    """The service as it runs for good, until the block ends."""
    stop = asyncio.Event()
    task = asyncio.create_task(app.run(stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def told(office: Office, dam: str) -> None:
    """A dam gives way, and the hook hears of it."""
    office.feed("wire").add(f"{dam} dam gives way", f"The {dam} dam in Velmar gave way near {dam} station at dawn.")
    await office.bell.until(lambda: any(dam in hook.body["data"]["headline"] for hook in office.hook.hooks))


async def refusal(logbook: Logbook, times: int) -> str:
    return str((await logbook.logged("rules.refused", times))[-1]["finding"])


async def test_edits_go_live_or_are_refused_while_the_service_runs(office: Office) -> None:
    rules, wire = office.rules, office.feed("wire")
    rules.routes(office.channels(), [{"to": ["soc"]}])
    wire.add("Tarsk dam gives way", "The Tarsk dam in Velmar gave way on Monday.")
    with keeping(office.bell) as logbook:
        async with office.app() as app, at_work(app):
            await logbook.logged("source.news")
            rules.signal("dam-failure", GIVES_WAY)
            await logbook.logged("rules.loaded")
            await told(office, "Lomna")

            rules.signal("dam-failure", BROKEN)
            finding = await refusal(logbook, 1)
            assert "signals/dam-failure.yaml:11: S203 alert_at" in finding
            await told(office, "Brask")

            rules.signal("dam-failure", GIVES_WAY.replace("A dam fails", "A dam breaks"))
            await logbook.logged("rules.loaded", 2)
            await told(office, "Quilo")

    titles = [hook.body["data"]["signal_title"] for hook in office.hook.hooks]
    assert titles == ["A dam fails in Velmar"] * 2 + ["A dam breaks in Velmar"]
    assert not app.refused


async def test_a_test_that_failed_before_does_not_refuse_another_edit(office: Office) -> None:
    office.rules.signal("dam-failure", TESTS_FAIL)
    async with office.app() as app:
        office.rules.signal("port-strike", STRIKE.replace("alert_at: 60", "alert_at: 61"))
        office.rules.signal("dam-failure", "# A line that moves all others down.\n" + TESTS_FAIL)
        await app.reload_if_changed()

        strike = app.holder.current.rulebook.signal("port-strike")
        assert strike is not None
        assert strike.alert_at == 61
        assert app.refused == ()


async def test_a_refused_edit_is_remembered_until_it_is_mended(office: Office) -> None:
    async with office.app() as app:
        before = app.holder.current.rulebook.signal("dam-failure")
        office.rules.signal("dam-failure", TESTS_FAIL)
        await app.reload_if_changed()
        (finding,) = app.refused
        assert f"signals/dam-failure.yaml:{TESTS_FAIL.count(chr(10))}: T610" in str(finding)
        assert app.holder.current.rulebook.signal("dam-failure") == before
        office.rules.signal("dam-failure", DAM)
        await app.reload_if_changed()
        assert app.refused == ()


async def test_a_source_that_is_added_is_polled_and_one_that_is_taken_out_is_not(office: Office) -> None:
    office.feed("wire")
    async with office.app() as app:
        await app.once()
        office.feed("herald")
        office.rules.sources({"herald": office.news.url("/herald")})
        await app.reload_if_changed()
        before = len(office.news.seen("/wire"))
        await app.once()

    assert len(office.news.seen("/herald")) == 1
    assert len(office.news.seen("/wire")) == before


async def test_a_channel_that_keeps_its_options_keeps_its_connections(office: Office) -> None:
    async with office.app() as app:
        before = dict(app.holder.current.adapters)
        channels = office.channels() | {"desk": {"kind": "slack", "channel": "#desk"}}
        office.rules.routes(channels, [{"to": list(channels)}])
        await app.reload_if_changed()
        after = app.holder.current.adapters

    assert {name for name in after if after[name] is not before[name]} == {"desk"}


async def test_silence_and_quiet_hours_outlive_a_reload(office: Office) -> None:
    ended = await office.command("silences", "add", "signal=dam-*", "--for", "1h", "-c", "drill", "--by", "ada")
    assert ended.code == 0, ended.err
    office.feed("wire").add("Tarsk dam bursts", "The Tarsk dam in Velmar burst on Monday.", age=timedelta(minutes=1))
    async with office.app() as app:
        office.rules.signal("port-strike", STRIKE.replace("alert_at: 60", "alert_at: 61"))
        await app.reload_if_changed()
        summary = await app.once()

    assert summary.suppressed == {"silence": 1}
    assert not office.hook.hooks


async def test_what_stays_is_settled_before_the_first_poll_and_after_each_change(office: Office) -> None:
    office.feed("wire").add("Tarsk dam bursts", "The Tarsk dam in Velmar burst on Monday.")
    polled: list[int] = []
    stop = asyncio.Event()
    with keeping(office.bell) as logbook:
        async with office.app() as app:
            task = asyncio.create_task(app.run(stop, settled=lambda: polled.append(len(office.news.seen("/wire")))))
            await logbook.logged("source.news")
            office.rules.signal("dam-failure", GIVES_WAY)
            await logbook.logged("rules.loaded")
            stop.set()
            await task
    assert polled[0] == 0
    assert len(polled) == 2
