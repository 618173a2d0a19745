"""Servers that do not answer as they should, written out byte by byte."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterable

from tests.support.clock import ManualClock
from tests.support.news_server import Exchange

Script = Callable[[Exchange], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def pieces(body: Iterable[bytes], head: bytes = CHUNKED) -> Script:
    """The body chunk by chunk; nobody keeps the whole of it."""

    async def play(exchange: Exchange) -> None:
        await exchange.write(head)
        for piece in body:
            await exchange.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        await exchange.write(b"0\r\n\r\n")

    return play


def endless(exchange: Exchange) -> Awaitable[None]:
    """A body that goes on for as long as somebody reads."""
    return pieces(itertools.repeat(b"<item><title>x</title></item>" * 1000))(exchange)


def drip(clock: ManualClock, head: bytes, body: bytes) -> Script:
    """`head` at once, then a byte a second, without end."""

    async def play(exchange: Exchange) -> None:
        await exchange.write(head)
        for byte in itertools.cycle(body):
            clock.advance(1)
            await exchange.write(bytes([byte]))
            await asyncio.sleep(0)  # the client's turn

    return play


async def headers_without_end(exchange: Exchange) -> None:
    """Field after field, and never the empty line."""
    await exchange.write(OK)
    for number in itertools.count():
        await exchange.write(b"X-Number-%d: %b\r\n" % (number, b"n" * 1000))


def said_and_cut(said: int, body: bytes) -> Script:
    """Content-Length says `said`, and then the connection is closed after `body`."""

    async def play(exchange: Exchange) -> None:
        await exchange.write(OK + b"Content-Length: %d\r\n\r\n" % said + body)
        exchange.hang_up()

    return play
