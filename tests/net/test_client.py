"""The guarded client against a real server on loopback."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import time
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest

from tests.support.clock import ManualClock
from tests.support.news_server import Exchange, NewsServer, Reply, encode
from watcher.net.client import guarded_client
from watcher.net.deadline import Deadline
from watcher.net.errors import (
    AddressBlockedError,
    BodyBrokenError,
    BodyTooLargeError,
    EncodingRefusedError,
    TlsError,
    TooManyHeadersError,
)
from watcher.net.transport import Bounds, Outside

LOOPBACK = (ip_network("127.0.0.0/8"),)
CERTIFICATE = Path(__file__).parent.parent / "support" / "loopback.pem"


async def test_a_page_comes_decompressed_and_the_connection_is_used_again() -> None:
    async with NewsServer() as server, guarded_client(LOOPBACK) as client:
        server.on("/a", Reply(gzip.compress(b"news"), headers={"Content-Encoding": "gzip"}))
        for _ in range(3):
            answer = await client.get(server.url("/a"))
            assert (answer.status_code, answer.content) == (200, b"news")
        assert server.connections == 1
        assert server.requests[0].headers["accept-encoding"] == "gzip, deflate"
        assert "cookie" not in server.requests[2].headers


async def test_loopback_is_refused_unless_it_is_allowed() -> None:
    async with NewsServer() as server, guarded_client() as client:
        for host in ("127.0.0.1", "localhost", "LocalHost.", "a.localhost", "2130706433", "[::ffff:127.0.0.1]"):
            with pytest.raises(AddressBlockedError):
                await client.get(server.url("/", host))
        assert server.connections == 0


async def test_cookies_redirects_and_proxies_are_off() -> None:
    async with NewsServer() as server, guarded_client(LOOPBACK) as client:
        server.on("/", Reply(status=302, headers={"Location": "/b", "Set-Cookie": "id=1; Path=/"}))
        assert (await client.get(server.url("/"))).status_code == 302
        await client.get(server.url("/"))
        assert "cookie" not in server.requests[1].headers
        assert not client.trust_env


async def test_a_bomb_is_stopped_at_the_cap() -> None:
    bounds = Bounds(max_bytes=200_000)
    async with NewsServer() as server, guarded_client(LOOPBACK, bounds=bounds) as client:
        server.on("/bomb", Reply(gzip.compress(bytes(5_000_000)), headers={"Content-Encoding": "gzip"}))
        server.on("/long", Reply(bytes(200_001)))
        server.on("/fits", Reply(bytes(200_000)))
        for path in ("/bomb", "/long"):
            with pytest.raises(BodyTooLargeError):
                await client.get(server.url(path))
        assert len((await client.get(server.url("/fits"))).content) == 200_000


async def test_an_endless_body_is_stopped_at_the_cap() -> None:
    async def endless(exchange: Exchange) -> None:
        await exchange.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            await exchange.write(b"1000\r\n" + bytes(0x1000) + b"\r\n")

    async with NewsServer() as server, guarded_client(LOOPBACK, bounds=Bounds(max_bytes=100_000)) as client:
        server.on("/", endless)
        with pytest.raises(BodyTooLargeError):
            await client.get(server.url("/"))


async def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    async def promises(exchange: Exchange) -> None:
        await exchange.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
        await exchange.stall()

    async with NewsServer() as server, guarded_client(LOOPBACK) as client:
        server.on("/", promises)
        with pytest.raises(BodyTooLargeError):
            await client.get(server.url("/"))


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(b"x", headers={"Content-Encoding": "br"}), EncodingRefusedError),
        (Reply(b"x", headers={"Content-Encoding": "gzip, gzip"}), EncodingRefusedError),
        (Reply(b"not gzip", headers={"Content-Encoding": "gzip"}), BodyBrokenError),
        (Reply(gzip.compress(b"x" * 900)[:-9], headers={"Content-Encoding": "gzip"}), BodyBrokenError),
        (Reply(b"x", headers={f"X-{number}": "1" for number in range(300)}), TooManyHeadersError),
        (Reply(b"short", headers={"Content-Length": "500", "Connection": "close"}), httpx.RemoteProtocolError),
    ],
)
async def test_answers_out_of_order_are_errors_and_leave_the_client_usable(
    reply: Reply, error: type[Exception]
) -> None:
    async with NewsServer() as server, guarded_client(LOOPBACK, timeout=5) as client:

        async def scripted(exchange: Exchange) -> None:
            await exchange.write(encode(reply))
            exchange.hang_up()

        server.on("/bad", scripted)
        server.on("/good", Reply(b"news"))
        with pytest.raises(error):
            await client.get(server.url("/bad"))
        assert (await client.get(server.url("/good"))).content == b"news"


async def test_a_slow_drip_ends_with_the_deadline() -> None:
    clock = ManualClock()

    async def drip(exchange: Exchange) -> None:
        await exchange.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            await exchange.write(b"1\r\nx\r\n")
            clock.advance(1)
            await asyncio.sleep(0)

    outside = Outside(clock=clock.read)
    async with NewsServer() as server, guarded_client(LOOPBACK, timeout=20, outside=outside) as client:
        server.on("/", drip)
        with pytest.raises(httpx.ReadTimeout):
            await client.get(server.url("/"))


async def test_headers_that_never_end_end_with_the_deadline() -> None:
    clock = ManualClock()

    async def drip(exchange: Exchange) -> None:
        await exchange.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            await exchange.write(b"X: y\r\n")
            clock.advance(1)
            await asyncio.sleep(0)

    outside = Outside(clock=clock.read)
    async with NewsServer() as server, guarded_client(LOOPBACK, timeout=20, outside=outside) as client:
        server.on("/", drip)
        with pytest.raises(httpx.ReadTimeout):
            await client.get(server.url("/"))


async def test_a_server_that_says_nothing_is_left_and_the_pool_stays_sound() -> None:
    async with NewsServer() as server, guarded_client(LOOPBACK, timeout=10) as client:
        server.on("/stall", Exchange.stall)
        server.on("/good", Reply(b"news"))

        async def impatient() -> httpx.Response:
            return await client.get(server.url("/stall"), extensions={"deadline": Deadline(0.1, time.monotonic)})

        errors = await asyncio.gather(*(impatient() for _ in range(60)), return_exceptions=True)
        assert all(isinstance(error, httpx.TimeoutException) for error in errors)
        answers = await asyncio.gather(*(client.get(server.url("/good")) for _ in range(20)))
        assert {answer.content for answer in answers} == {b"news"}


async def test_a_pooled_connection_is_held_to_the_deadline_of_the_request_that_uses_it() -> None:
    clock = ManualClock()

    async def late(exchange: Exchange) -> None:
        clock.advance(15)
        await exchange.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    async def late_and_half(exchange: Exchange) -> None:
        clock.advance(15)
        await exchange.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no")
        await exchange.stall()

    outside = Outside(clock=clock.read)
    async with NewsServer() as server, guarded_client(LOOPBACK, timeout=20, outside=outside) as client:
        server.on("/late", late)
        server.on("/half", late_and_half)
        for _ in range(3):  # 45 s in all on one connection, each request within its own 20
            assert (await client.get(server.url("/late"))).content == b"ok"
        with pytest.raises(httpx.ReadTimeout):
            await client.get(server.url("/half"), extensions={"deadline": Deadline(10, clock.read)})
        assert server.connections == 1


async def test_a_bad_certificate_is_an_error_of_its_own() -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(CERTIFICATE)
    async with NewsServer(tls=tls) as server, guarded_client(LOOPBACK) as client:
        server.on("/", Reply(b"news"))
        with pytest.raises(TlsError):
            await client.get(server.url("/"))


async def test_tls_works_and_names_are_checked_against_the_certificate() -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(CERTIFICATE)
    trusting = ssl.create_default_context(cafile=str(CERTIFICATE))

    async def anywhere(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    outside = Outside(ssl_context=trusting, resolver=anywhere)
    async with NewsServer(tls=tls) as server, guarded_client(LOOPBACK, outside=outside) as client:
        server.on("/", Reply(b"news"))
        assert (await client.get(server.url("/", "localhost"))).content == b"news"
        with pytest.raises(TlsError, match=r"other.example"):
            await client.get(server.url("/", "other.example"))
