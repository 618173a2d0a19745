"""HTTP/2: many requests on one connection, each with its own deadline."""

from __future__ import annotations

import asyncio
import ssl
import time
from ipaddress import ip_network

import httpx
import pytest

from tests.net.h2_server import CERTIFICATE, H2Server
from watcher.net.client import guarded_client
from watcher.net.deadline import Deadline
from watcher.net.transport import Outside

LOOPBACK = (ip_network("127.0.0.0/8"),)


def outside() -> Outside:
    return Outside(ssl_context=ssl.create_default_context(cafile=str(CERTIFICATE)))


async def test_requests_share_a_connection() -> None:
    async with H2Server() as server, guarded_client(LOOPBACK, outside=outside()) as client:
        first = await client.get(server.url("/0"))
        assert first.http_version == "HTTP/2"
        answers = await asyncio.gather(*(client.get(server.url(f"/{number}")) for number in range(20)))
        assert [answer.text for answer in answers] == [f"/{number}" for number in range(20)]
        assert server.connections == 1


async def test_a_stalled_request_times_out_and_the_next_one_gets_a_new_connection() -> None:
    async with H2Server() as server, guarded_client(LOOPBACK, outside=outside()) as client:
        await client.get(server.url("/first"))
        with pytest.raises(httpx.ReadTimeout):
            await client.get(server.url("/stall"), extensions={"deadline": Deadline(0.1, time.monotonic)})
        assert (await client.get(server.url("/after"))).text == "/after"
        assert server.connections == 2


async def test_http2_can_be_left_out() -> None:
    async with H2Server() as server, guarded_client(LOOPBACK, http2=False, outside=outside()) as client:
        with pytest.raises(httpx.TransportError):
            await client.get(server.url("/"))
