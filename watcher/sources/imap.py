"""As much of IMAP4rev1 (RFC 3501) as it takes to read a folder: log in, open, list what is new, fetch, mark.

Written out here because what matters is bounded: aioimaplib takes literals of any size, recurses once a line, resolves
the server's name itself (the check of addresses would be worth nothing), and is under the GPL; imaplib needs a thread
that nothing can end. Here each read is held to the poll's deadline by the connection below.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import httpcore

from watcher.net.deadline import Deadline
from watcher.sources.dial import failed
from watcher.sources.failure import FetchError, Reason

MAX_LINE = 65_536
MAX_RESPONSES = 2_000
"""Responses to one command."""

_LITERAL = re.compile(rb"\{([0-9]{1,12})\+?\}\Z")
_CODE = re.compile(rb"\[(UIDVALIDITY|UIDNEXT) ([0-9]{1,10})\]", re.IGNORECASE)
_EXISTS = re.compile(rb"\* ([0-9]{1,10}) EXISTS\Z", re.IGNORECASE)
_FETCH = re.compile(rb"\* [0-9]{1,10} FETCH \(", re.IGNORECASE)
_UID = re.compile(rb"[( ]UID ([0-9]{1,10})[ )]", re.IGNORECASE)
_STATUS = re.compile(rb"(?:OK|NO|BAD)\b", re.IGNORECASE)
_PLAIN = re.compile(rb"[\x20-\x7e]*")

Upgrade = Callable[[httpcore.AsyncNetworkStream], Awaitable[httpcore.AsyncNetworkStream]]


@dataclass(frozen=True, slots=True)
class Response:
    """One response: its line, with `{n}` where literals were, and the literals."""

    text: bytes
    literals: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Folder:
    """What a server says of a folder: its UIDs hold as long as `validity` stays; `exists` messages; `next_uid` or 0."""

    validity: int = 0
    exists: int = 0
    next_uid: int = 0


class ImapSession:
    """One connection. Every method raises FetchError; `max_literal` bounds what one literal may hold, in bytes.

    `allowance` is how many bytes the server may send in all.
    """

    def __init__(
        self, stream: httpcore.AsyncNetworkStream, deadline: Deadline, *, max_literal: int, allowance: int
    ) -> None:
        self._stream, self._deadline = stream, deadline
        self._max_literal, self._allowance = max_literal, allowance
        self._buffer = bytearray()
        self._received = 0
        self._number = 0

    async def greet(self) -> None:
        """Wait for the server's first line."""
        first = (await self._response()).text
        if not first.upper().startswith((b"* OK", b"* PREAUTH")):
            raise FetchError(Reason.PROTOCOL, "the server does not greet as a mail server does")

    async def start_tls(self, upgrade: Upgrade) -> None:
        """STARTTLS. What was sent before the handshake could come from anybody, so there must be nothing."""
        await self._done("STARTTLS", b"STARTTLS", Reason.TLS, "the server offers no TLS")
        if self._buffer:
            raise FetchError(Reason.TLS, "the server sends data ahead of the handshake")
        self._stream = await upgrade(self._stream)

    async def login(self, user: str, password: str) -> None:
        """LOGIN. What a server says to a refusal is not repeated: it may repeat what it was sent."""
        await self._done(
            "LOGIN", b"LOGIN", Reason.AUTH, "the server refuses the login", user.encode(), password.encode()
        )

    async def open(self, name: str, *, writable: bool) -> Folder:
        """SELECT or EXAMINE."""
        command = b"SELECT" if writable else b"EXAMINE"
        found = await self._done("SELECT", command, Reason.PROTOCOL, "the folder cannot be opened", folder_name(name))
        told: dict[bytes, int] = {}
        exists = 0
        for response in found:
            if code := _CODE.search(response.text):
                told[code.group(1).upper()] = int(code.group(2))
            elif count := _EXISTS.match(response.text):
                exists = int(count.group(1))
        folder = Folder(told.get(b"UIDVALIDITY", 0), exists, told.get(b"UIDNEXT", 0))
        if not 0 < folder.validity < 2**32:
            raise FetchError(Reason.PROTOCOL, "the server gives the folder no proper UIDVALIDITY")
        return folder

    async def last_uids(self, folder: Folder, count: int) -> list[int]:
        """UIDs of the last `count` messages, in rising order."""
        if folder.exists < 1:
            return []
        first = max(1, folder.exists - count + 1)
        found = await self._done("FETCH", b"FETCH %d:%d (UID)" % (first, folder.exists), Reason.PROTOCOL, "no listing")
        uids = (_UID.search(response.text) for response in found if _FETCH.match(response.text))
        return sorted({uid for each in uids if each and 0 < (uid := int(each.group(1))) < 2**32})

    async def message(self, uid: int) -> bytes | None:
        """The beginning of a message, as far as bounds go, without marking it; None if it is gone."""
        command = b"UID FETCH %d (UID BODY.PEEK[]<0.%d>)" % (uid, self._max_literal)
        for response in await self._done("FETCH", command, Reason.PROTOCOL, "the message cannot be fetched"):
            told = _UID.search(response.text)
            if _FETCH.match(response.text) and told and int(told.group(1)) == uid and response.literals:
                return response.literals[0]
        return None

    async def mark_seen(self, uids: list[int]) -> None:
        """Set the flag that mail programs show as read."""
        numbers = b",".join(b"%d" % uid for uid in uids)
        command = b"UID STORE " + numbers + b" +FLAGS.SILENT (\\Seen)"
        await self._done("STORE", command, Reason.PROTOCOL, "the messages cannot be marked")

    async def close(self) -> None:
        """Hang up; whether the server takes notice is its own affair, and what was read stays read."""
        with suppress(Exception):
            await self._stream.aclose()

    async def _done(self, name: str, command: bytes, reason: Reason, complaint: str, *strings: bytes) -> list[Response]:
        """Send a command and return what came before the server said that it is done."""
        self._number += 1
        tag = b"w%d" % self._number
        await self._send(tag + b" " + command, strings)
        responses: list[Response] = []
        while len(responses) <= MAX_RESPONSES:
            response = await self._response()
            if not response.text.startswith(tag + b" "):
                responses.append(response)
                continue
            status = response.text[len(tag) + 1 :].upper()
            if status.startswith(b"OK"):
                return responses
            if not _STATUS.match(status):
                break
            passing = b"[UNAVAILABLE]" in status or b"[INUSE]" in status or b"[LIMIT]" in status
            raise FetchError(Reason.CONNECT, "the server is busy") if passing else FetchError(reason, complaint)
        raise FetchError(Reason.PROTOCOL, f"the answer to {name} is not that of a mail server")

    async def _send(self, command: bytes, strings: tuple[bytes, ...]) -> None:
        """Strings go in quotes, or as literals if there is more in them than printable ASCII."""
        for string in strings:
            if _PLAIN.fullmatch(string):
                command += b' "' + string.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
                continue
            await self._write(command + b" {%d}\r\n" % len(string))
            if not (await self._response()).text.startswith(b"+"):
                raise FetchError(Reason.PROTOCOL, "the server does not take a literal")
            command = string
        await self._write(command + b"\r\n")

    async def _response(self) -> Response:
        """The next line, with the literals in it."""
        text = b""
        literals: list[bytes] = []
        while True:
            text += await self._line()
            if len(text) > MAX_LINE:
                raise FetchError(Reason.TOO_LARGE, f"a line is longer than {MAX_LINE:,} bytes")
            literal = _LITERAL.search(text)
            if literal is None:
                break
            literals.append(await self._exactly(int(literal.group(1))))
        if text.upper().startswith(b"* BYE"):
            raise FetchError(Reason.CONNECT, "the server hangs up")
        return Response(text, tuple(literals))

    async def _line(self) -> bytes:
        searched = 0
        while (end := self._buffer.find(b"\r\n", searched)) < 0:
            if len(self._buffer) > MAX_LINE:
                raise FetchError(Reason.TOO_LARGE, f"a line is longer than {MAX_LINE:,} bytes")
            searched = max(0, len(self._buffer) - 1)
            await self._more()
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line

    async def _exactly(self, size: int) -> bytes:
        if size > self._max_literal:
            raise FetchError(Reason.TOO_LARGE, f"a part of the answer is larger than {self._max_literal:,} bytes")
        while len(self._buffer) < size:
            await self._more()
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    async def _more(self) -> None:
        try:
            data = await self._stream.read(65_536, timeout=self._deadline)
        except Exception as error:
            raise failed(error, self._deadline) from None
        if not data:
            raise FetchError(Reason.CONNECT, "the server closed the connection")
        self._received += len(data)
        if self._received > self._allowance:
            raise FetchError(Reason.TOO_LARGE, f"the answer is larger than {self._allowance:,} bytes")
        self._buffer += data

    async def _write(self, data: bytes) -> None:
        try:
            await self._stream.write(data, timeout=self._deadline)
        except Exception as error:
            raise failed(error, self._deadline) from None


def folder_name(name: str) -> bytes:
    """The folder's name in the protocol's own UTF-7 (RFC 3501, 5.1.3)."""
    pieces: list[str] = []
    for run in re.findall(r"[\x20-\x7e]+|[^\x20-\x7e]+", name):
        if run[0] <= "~" and run[0] >= " ":
            pieces.append(run.replace("&", "&-"))
        else:
            packed = b64encode(run.encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
            pieces.append(f"&{packed}-")
    return "".join(pieces).encode()
