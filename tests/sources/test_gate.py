"""How many requests run against one host, and how soon after one another."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.sources.conftest import Pauses
from tests.support.clock import ManualClock
from watcher.sources.gate import Gate
from watcher.sources.policy import FetchPolicy

POLICY = FetchPolicy(per_host=2, host_gap=0.5)


def gate(policy: FetchPolicy = POLICY) -> tuple[Gate, Pauses, ManualClock]:
    pauses, clock = Pauses(), ManualClock()
    return Gate(policy, sleep=pauses.sleep, clock=clock.read), pauses, clock


async def test_requests_to_one_host_keep_their_distance() -> None:
    door, pauses, clock = gate()
    for _ in range(3):
        async with door.enter("news.example"):
            pass
    async with door.enter("other.example"):
        pass
    assert pauses.taken == [0.5, 1.0], "each a gap after the one before; another host has its own turns"
    clock.advance(10)
    async with door.enter("news.example"):
        pass
    assert len(pauses.taken) == 2


async def test_a_host_has_room_again_when_its_gap_has_passed() -> None:
    door, _, clock = gate()
    assert door.room("news.example") == 1
    async with door.enter("news.example"):
        assert (door.room("news.example"), door.room("other.example")) == (0, 1)
        clock.advance(0.5)
        assert door.room("news.example") == 1
        async with door.enter("news.example"):
            clock.advance(5)
            assert door.room("news.example") == 0, "two are under way"
    assert door.room("news.example") == 1


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "[::1]:8080", "::1", "localhost", "10.1.2.3", "localhost:80"])
async def test_private_hosts_need_no_distance(host: str) -> None:
    door, pauses, _ = gate()
    for _ in range(3):
        async with door.enter(host):
            pass
    assert pauses.taken == []
    assert door.room(host) == POLICY.concurrency


async def test_without_a_gap_nobody_waits() -> None:
    door, pauses, _ = gate(replace(POLICY, host_gap=0))
    async with door.enter("news.example"), door.enter("news.example"):
        pass
    assert pauses.taken == []


async def test_many_waiting_for_one_host_leave_the_others_their_places() -> None:
    door, _, _ = gate(replace(POLICY, concurrency=3))
    stuck = asyncio.Event()

    async def hold() -> None:
        async with door.enter("slow.example"):
            await stuck.wait()

    holding = [asyncio.create_task(hold()) for _ in range(20)]
    async with asyncio.timeout(5):
        async with door.enter("quick.example"):
            pass
    stuck.set()
    await asyncio.gather(*holding)
