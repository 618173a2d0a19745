"""Looking up, checking, connecting: to exactly what was checked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from ipaddress import ip_network

import httpcore
import pytest

from tests.net.network import FakeNetwork, Names
from tests.support.clock import ManualClock
from watcher.net.backend import MAX_ADDRESSES, GuardedBackend
from watcher.net.deadline import Deadline
from watcher.net.errors import AddressBlockedError, NameUnresolvedError
from watcher.net.resolve import Resolver


def backend(resolver: Resolver, network: FakeNetwork, connect_timeout: float = 10.0) -> GuardedBackend:
    return GuardedBackend(allowed=(), resolver=resolver, connect_timeout=connect_timeout, inner=network)


async def test_the_checked_address_is_the_connected_one_and_the_name_is_asked_once() -> None:
    # A second question would get the loopback address: DNS rebinding.
    names, network = Names(news_example=[["93.184.215.14"], ["127.0.0.1"]]), FakeNetwork()
    await backend(names.look_up, network).connect_tcp("news.example", 443)
    assert network.asked == ["93.184.215.14"]
    assert names.asked == ["news.example"]


async def test_a_name_at_a_private_address_is_blocked_before_any_connection() -> None:
    names, network = Names(intranet_example=[["10.0.0.5"]]), FakeNetwork()
    with pytest.raises(AddressBlockedError, match=r"intranet.example leads to 10.0.0.5.*private"):
        await backend(names.look_up, network).connect_tcp("intranet.example", 80)
    assert network.asked == []


async def test_private_addresses_among_public_ones_are_never_connected_to() -> None:
    names = Names(mixed_example=[["127.0.0.1", "::1", "93.184.215.14", "::ffff:10.0.0.1"]])
    network = FakeNetwork(refused=["93.184.215.14"])
    with pytest.raises(httpcore.ConnectError):
        await backend(names.look_up, network).connect_tcp("mixed.example", 80)
    assert network.asked == ["93.184.215.14"]


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "017700000001", "127.0.0.1.", "::ffff:127.0.0.1"])
async def test_addresses_are_checked_without_asking_anybody(host: str) -> None:
    names, network = Names(), FakeNetwork()
    with pytest.raises(AddressBlockedError):
        await backend(names.look_up, network).connect_tcp(host, 80)
    assert (names.asked, network.asked) == ([], [])


async def test_a_name_with_many_addresses_costs_a_bounded_number_of_attempts() -> None:
    addresses = [f"93.184.215.{last}" for last in range(100)]
    network = FakeNetwork(refused=addresses)
    with pytest.raises(httpcore.ConnectError):
        await backend(Names(many_example=[addresses]).look_up, network).connect_tcp("many.example", 80)
    assert network.asked == addresses[:MAX_ADDRESSES]


async def test_the_next_address_is_tried_when_one_refuses() -> None:
    network = FakeNetwork(refused=["93.184.215.1"])
    names = Names(two_example=[["93.184.215.1", "93.184.215.2"]])
    await backend(names.look_up, network).connect_tcp("two.example", 80)
    assert network.asked == ["93.184.215.1", "93.184.215.2"]


async def test_unknown_names_are_told_apart_from_refused_connections() -> None:
    async def nobody(host: str, port: int) -> Sequence[str]:
        raise OSError(-2, "Name or service not known")

    async def nothing(host: str, port: int) -> Sequence[str]:
        return []

    for resolver in (nobody, nothing):
        with pytest.raises(NameUnresolvedError, match=r"nowhere.example"):
            await backend(resolver, FakeNetwork()).connect_tcp("nowhere.example", 80)


async def test_a_name_server_that_does_not_answer_takes_no_more_than_the_time_for_a_connect() -> None:
    async def silent(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    with pytest.raises(httpcore.ConnectTimeout):
        await backend(silent, FakeNetwork(), connect_timeout=0.01).connect_tcp("slow.example", 80)


async def test_each_step_gets_what_the_deadline_leaves() -> None:
    clock, network = ManualClock(), FakeNetwork()
    names = Names(news_example=[["93.184.215.14"]])
    deadline = Deadline(12, clock.read)
    guarded = backend(names.look_up, network)
    await guarded.connect_tcp("news.example", 80, deadline)
    clock.advance(9)
    stream = await guarded.connect_tcp("news.example", 80, deadline)
    assert network.timeouts == [10.0, 3.0]
    clock.advance(4)
    with pytest.raises(httpcore.ConnectTimeout):
        await guarded.connect_tcp("news.example", 80, deadline)
    with pytest.raises(httpcore.ReadTimeout):
        await stream.read(1, deadline)
    with pytest.raises(httpcore.WriteTimeout):
        await stream.write(b"x", deadline)


async def test_unix_sockets_are_never_reached() -> None:
    with pytest.raises(AddressBlockedError):
        await backend(Names().look_up, FakeNetwork()).connect_unix_socket("/run/docker.sock")


async def test_a_connection_that_the_server_has_closed_is_seen_to_be() -> None:
    accepted: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
    server = await asyncio.start_server(lambda _, writer: accepted.put_nowait(writer), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        allowed = GuardedBackend(allowed=[ip_network("127.0.0.0/8")], resolver=Names().look_up, connect_timeout=10.0)
        stream = await allowed.connect_tcp("127.0.0.1", port)
        theirs = await accepted.get()
        assert stream.get_extra_info("is_readable") is False
        theirs.close()
        async with asyncio.timeout(10):
            while not stream.get_extra_info("is_readable"):
                await asyncio.sleep(0)
        await stream.aclose()
        assert stream.get_extra_info("is_readable") is True


async def test_without_a_socket_the_connection_below_is_asked() -> None:
    names = Names(news_example=[["93.184.215.14"]])
    stream = await backend(names.look_up, FakeNetwork()).connect_tcp("news.example", 443)
    assert stream.get_extra_info("is_readable") is None
