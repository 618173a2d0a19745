"""The last step of a mail: its content, and the answer to it. Only between the two is anything in doubt."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

import aiosmtplib

_READY = 354
_LINE = re.compile(rb"(\d{3})(?:([ -])(.*))?")
_LONGEST = 32_768
"""Bytes of an answer; whoever says more is not listened to."""


async def hand_over(
    client: aiosmtplib.SMTP, mail: bytes, patience: float, *, offered: Callable[[], None], taken: Callable[[str], None]
) -> None:
    """DATA, after the recipient was accepted. `mail` has SMTP's line ends; `patience` in seconds, for each answer.

    `offered` is called when all but the dot that ends the mail is written: until then the server cannot take it.
    `taken` gets the answer in the moment in which it is read, before anything else has its turn. Raises
    SMTPDataError if the server will not have it, SMTPServerDisconnected or TimeoutError if its answer is lost.
    """
    ready = await client.execute_command(b"DATA")
    transport, told_before = client.transport, client.protocol
    if ready.code != _READY:
        raise aiosmtplib.SMTPDataError(ready.code, ready.message)
    if not isinstance(transport, asyncio.Transport) or told_before is None or transport.is_closing():
        raise aiosmtplib.SMTPServerDisconnected("Connection lost")
    last = _Handover(told_before, taken)
    transport.set_protocol(last)
    transport.set_write_buffer_limits(0)
    async with asyncio.timeout(patience):
        transport.write(_dotted(mail))
        await last.written()
    offered()
    transport.write(b".\r\n")
    async with asyncio.timeout(patience):
        code, said = await last.answer
    transport.set_protocol(told_before)
    if not _completes(code):
        raise aiosmtplib.SMTPDataError(code, said)


def _dotted(mail: bytes) -> bytes:
    """Whole lines, those that begin with a dot with one more (RFC 5321 4.5.2)."""
    whole = mail if mail.endswith(b"\r\n") else mail + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", whole)


def _completes(code: int) -> bool:
    """The first digit decides (RFC 5321 4.2.1)."""
    return 200 <= code < 300


class _Handover(asyncio.Protocol):
    """Listens to the connection instead of the client, which would hear of the answer some turns of the loop later."""

    def __init__(self, told_before: asyncio.BaseProtocol, taken: Callable[[str], None]) -> None:
        self.answer: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()
        self._told_before, self._taken = told_before, taken
        self._heard = b""
        self._flowing = asyncio.Event()
        self._flowing.set()

    async def written(self) -> None:
        """Wait until everything is with the system. Raises SMTPServerDisconnected if the connection is lost first."""
        await self._flowing.wait()
        if self.answer.done():
            self.answer.result()

    def pause_writing(self) -> None:
        self._flowing.clear()

    def resume_writing(self) -> None:
        self._flowing.set()

    def data_received(self, data: bytes) -> None:
        self._heard += data
        if self.answer.done():
            return
        if len(self._heard) > _LONGEST:
            self._lost("an answer without end")
            return
        *lines, _ = self._heard.split(b"\n")
        read = [_LINE.fullmatch(line.rstrip(b"\r")) for line in lines]
        if None in read:
            self._lost("an answer that cannot be read")
            return
        found = [line for line in read if line]
        if not found or found[-1][2] == b"-":
            return
        code = int(found[-1][1])
        said = "\n".join((line[3] or b"").decode("utf-8", "replace").strip() for line in found)
        if _completes(code):
            self._taken(f"{code} {said}")
        self.answer.set_result((code, said))

    def eof_received(self) -> bool:
        self._lost("the connection was closed")
        return False

    def connection_lost(self, error: Exception | None) -> None:
        self._lost("the connection was lost")
        if isinstance(self._told_before, asyncio.Protocol):
            self._told_before.connection_lost(error)

    def _lost(self, why: str) -> None:
        self._flowing.set()
        if not self.answer.done():
            self.answer.set_exception(aiosmtplib.SMTPServerDisconnected(why))
            self.answer.exception()  # nobody may be waiting any more
