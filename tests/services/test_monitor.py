"""An outside monitor hears of us while all is well, and at once when it no longer is."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network

from aiohttp import web

from tests.support.bell import Bell
from tests.support.clocks import HandClock
from tests.support.logbook import keeping
from tests.support.loopback import Answer, LoopbackServer
from watcher.net.client import guarded_client
from watcher.services.monitor import FAILING_EVERY, Monitor

EVERY = timedelta(minutes=1)


class Outside(LoopbackServer):
    """Keeps the paths that were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.paths: list[str] = []

    async def handle(self, request: web.Request, body: bytes, taken: bool) -> web.StreamResponse:
        self.paths.append(f"{request.method} {request.path}")
        return web.Response(text="OK")


def monitor(server: Outside, clock: HandClock, well: list[bool], *, fail: bool = True) -> Monitor:
    client = guarded_client([ip_network("127.0.0.0/8")], timeout=5.0)
    fail_url = f"{server.url}/ping/fail" if fail else ""
    return Monitor(client, clock, lambda: well[0], url=f"{server.url}/ping", fail_url=fail_url, every=EVERY)


async def test_pings_come_at_their_pace_and_a_failure_is_told_at_once() -> None:
    clock, well = HandClock(), [True]
    async with Outside() as server:
        ours = monitor(server, clock, well)
        for seconds in (0, 30, 30, 1):
            clock.advance(timedelta(seconds=seconds))
            await ours.run_due()
        assert server.paths == ["GET /ping"] * 2
        well[0] = False
        await ours.run_due()
        await ours.run_due()
        assert server.paths[2:] == ["GET /ping/fail"]
        clock.advance(FAILING_EVERY)
        await ours.run_due()
        well[0] = True
        await ours.run_due()
        assert server.paths[3:] == ["GET /ping/fail", "GET /ping"]
        await ours.close()


async def test_without_a_second_address_it_falls_silent() -> None:
    clock, well = HandClock(), [False]
    async with Outside() as server:
        ours = monitor(server, clock, well, fail=False)
        await ours.run_due()
        assert server.paths == []
        await ours.close()


async def test_a_monitor_that_does_not_answer_is_one_line_that_does_not_name_it() -> None:
    clock, well = HandClock(), [True]
    async with Outside() as server:
        ours = monitor(server, clock, well)
        server.script.extend([Answer(500), Answer(500)])
        with keeping(Bell()) as logbook:
            for _ in range(3):
                await ours.run_due()
                clock.advance(EVERY)
        events = [line["event"] for line in logbook.lines]
        assert events == ["heartbeat.unheard", "heartbeat.heard"]
        assert "ping" not in str(logbook.lines)
        await ours.close()


async def test_a_private_address_is_refused_unless_it_is_allowed() -> None:
    clock = HandClock()
    async with Outside() as server:
        ours = Monitor(guarded_client((), timeout=5.0), clock, lambda: True, url=f"{server.url}/ping")
        await ours.run_due()
        assert server.asked == 0
        await ours.close()
