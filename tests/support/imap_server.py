"""A loopback IMAP server, written by hand: enough of the protocol over real sockets and TLS, and any misbehaviour.

    async with ImapServer() as imap:
        imap.deliver(mail)
        ... imaps://127.0.0.1:{imap.port}, user and password as below ...
        assert imap.commands[-1].startswith("UID FETCH")

`on(command, script)` replaces the answer to a command ("GREETING", "LOGIN", "EXAMINE", "FETCH", "UID FETCH" …) by a
coroutine that is given the Talk and the tag, and writes whatever it likes.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from tests.support.smtp_server import CERTIFICATE

USER, PASSWORD = "desk@example.org", 'mail "box" p4ssword'


class Talk:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def say(self, *lines: bytes) -> None:
        for line in lines:
            self.writer.write(line + b"\r\n")
        await self.writer.drain()

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()


Script = Callable[[Talk, bytes], Awaitable[None]]


class ImapServer:
    """One folder. `validity` and `messages` (by UID) are for tests to change; `seen` are UIDs flagged as read."""

    def __init__(self, *, starttls: bool = False) -> None:
        self.commands: list[str] = []
        self.messages: dict[int, bytes] = {}
        self.validity = 7
        self.seen: set[int] = set()
        self.open = 0
        self.says_next_uid = True
        self._starttls = starttls
        self._scripts: dict[str, Script] = {}
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(CERTIFICATE)

    async def __aenter__(self) -> Self:
        tls = None if self._starttls else self._tls
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=tls)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def url(self) -> str:
        return f"{'imap' if self._starttls else 'imaps'}://127.0.0.1:{self.port}"

    def deliver(self, mail: bytes) -> int:
        """Put a mail at the end of the folder; its UID."""
        uid = max(self.messages, default=0) + 1
        self.messages[uid] = mail
        return uid

    def on(self, command: str, script: Script | None) -> None:
        """Answer `command` by `script` from now on; None: as usual."""
        if script is None:
            self._scripts.pop(command, None)
        else:
            self._scripts[command] = script

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.open += 1
        try:
            with contextlib.suppress(
                ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError
            ):
                await self._serve(Talk(reader, writer))
        finally:
            self.open -= 1
            self._tasks.discard(task)
            writer.close()

    async def _serve(self, talk: Talk) -> None:
        if greet := self._scripts.get("GREETING"):
            await greet(talk, b"*")
        else:
            await talk.say(b"* OK ready")
        while True:
            line = (await talk.reader.readuntil(b"\r\n"))[:-2]
            while literal := re.search(rb"\{([0-9]+)\}\Z", line):
                await talk.say(b"+ go on")
                line = line[: literal.start()] + await talk.reader.readexactly(int(literal.group(1)))
                line += (await talk.reader.readuntil(b"\r\n"))[:-2]
            tag, _, command = line.partition(b" ")
            self.commands.append(command.decode("utf-8", "replace"))
            name = re.match(r"(?:UID )?\w+", self.commands[-1])
            assert name is not None
            if script := self._scripts.get(name.group()):
                await script(talk, tag)
            else:
                await self._answer(talk, tag, name.group(), command)

    async def _answer(self, talk: Talk, tag: bytes, name: str, command: bytes) -> None:
        if name == "STARTTLS":
            await talk.say(tag + b" OK begin")
            await talk.writer.start_tls(self._tls)
        elif name == "LOGIN":
            quoted = f'"{USER}" "{PASSWORD}"'.replace('"box"', '\\"box\\"').encode()
            good = command == b"LOGIN " + quoted
            await talk.say(tag + (b" OK in" if good else b" NO [AUTHENTICATIONFAILED] " + command))
        elif name in ("SELECT", "EXAMINE"):
            await self._open(talk, tag)
        elif name == "FETCH":
            first, last = (int(number) for number in re.findall(rb"\d+", command)[:2])
            for number in range(first, last + 1):
                await talk.say(b"* %d FETCH (UID %d)" % (number, sorted(self.messages)[number - 1]))
            await talk.say(tag + b" OK done")
        elif name == "UID FETCH":
            await self._message(talk, tag, command)
        elif name == "UID STORE":
            self.seen |= {int(uid) for uid in command.split(b" ")[2].split(b",")}
            await talk.say(tag + b" OK done")
        else:
            await talk.say(tag + b" BAD what")

    async def _open(self, talk: Talk, tag: bytes) -> None:
        await talk.say(b"* %d EXISTS" % len(self.messages), b"* OK [UIDVALIDITY %d] numbered" % self.validity)
        if self.says_next_uid:
            await talk.say(b"* OK [UIDNEXT %d] next" % (max(self.messages, default=0) + 1))
        await talk.say(tag + b" OK [READ-ONLY] open")

    async def _message(self, talk: Talk, tag: bytes, command: bytes) -> None:
        uid, start, most = (int(number) for number in re.findall(rb"\d+", command)[:3])
        mail = self.messages.get(uid)
        if mail is not None:
            part = mail[start : start + most]
            number = sorted(self.messages).index(uid) + 1
            await talk.raw(b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n%s)\r\n" % (number, uid, len(part), part))
        await talk.say(tag + b" OK done")
