"""`watcher run` as operators start it: exit codes, an orderly end, and nothing lost on the way."""

from __future__ import annotations

import json

from tests.support.loopback import Hang
from tests.support.office import Office
from tests.support.velmar import DAM_FAILS, DOCKERS_STRIKE

ORDERLY = 20.0
"""Seconds in which a service has to end: 8 by design, and a slow machine."""


async def test_once_tells_and_exits_with_0_and_again_has_nothing_to_tell(office: Office) -> None:
    office.feed("wire").add(*DAM_FAILS)
    first = await office.command("run", "--once")
    told = office.hook.hooks[:]
    second = await office.command("run", "--once", "--json")

    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert "1 opened" in first.out
    assert "5 sent, 0 waiting, 0 dead" in first.out
    assert [hook.body["data"]["headline"] for hook in told] == [DAM_FAILS.title]
    assert office.hook.hooks == told
    assert json.loads(second.out) | {"documents": 0, "alerts": 0, "sent": 0, "sources": 1} == json.loads(second.out)


async def test_run_tells_what_comes_and_ends_in_order_on_sigterm(office: Office) -> None:
    wire = office.feed("wire")
    office.rules.routes(office.channels(), [{"to": ["desk", "soc"]}])
    async with office.running("run") as service:
        await service.logged("service.ready")
        wire.add(*DAM_FAILS)
        await office.bell.until(lambda: bool(office.hook.hooks and office.slack.posts))
        wire.add(*DOCKERS_STRIKE)
        await office.bell.until(lambda: len(office.hook.hooks) == 2)
        service.terminate()
        assert await service.ended(ORDERLY) == 0
        assert service.events("service.stopped")

    rest = await office.cycle()
    assert (rest.waiting, rest.dead) == (0, 0)
    heard = office.heard()
    expected = [("alert", "dam-failure"), ("alert", "port-strike")]
    assert {channel: heard[channel] for channel in ("desk", "soc")} == {"desk": expected, "soc": expected}


async def test_sigterm_during_a_send_that_hangs_ends_in_time_and_the_rest_is_told_later(office: Office) -> None:
    wire = office.feed("wire")
    wire.add(*DAM_FAILS)
    office.hook.script.append(Hang(taken=False))
    async with office.running("run") as service:
        await office.bell.until(lambda: office.hook.asked == 1)
        wire.add(*DOCKERS_STRIKE)
        service.terminate()
        assert await service.ended(ORDERLY) == 0

    rest = await office.cycle()
    assert (rest.waiting, rest.dead) == (0, 0)
    assert office.heard()["soc"] == [("alert", "dam-failure"), ("alert", "port-strike")]
    assert not any(hook.repeated for hook in office.hook.hooks)


async def test_a_rules_directory_that_cannot_be_used_starts_nothing(office: Office) -> None:
    office.rules.signal("dam-failure", "schema: signal/v1\nid: dam-failure\n")
    ended = await office.command("run")

    assert ended.code == 1
    assert "signals/dam-failure.yaml:1: S202" in ended.err
    assert "Traceback" not in ended.err
    assert not office.news.requests
