"""Services forked by a nursery, one after another, with their log read as it comes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.bell import Bell
from tests.support.service import BOUND, bare

KEPT = 200
"""Log lines of each level that are kept for the report."""


class Fork:
    """One service. `seen` counts the events that it logged; `grave` holds its lines of level error."""

    def __init__(self, number: int, nursery: Nursery) -> None:
        self.number, self._nursery = number, nursery
        self.seen: Counter[str] = Counter()
        self.grave: list[str] = []
        self.lines = 0
        self.code: int | None = None

    def heard(self, line: bytes) -> None:
        self.lines += 1
        try:
            said = json.loads(line)
        except ValueError:
            self.grave.append(line.decode("utf-8", "replace").rstrip())
            return
        self.seen[said.get("event", "")] += 1
        if said.get("level") == "error" and len(self.grave) < KEPT:
            self.grave.append(line.decode("utf-8", "replace").rstrip())

    def kill(self) -> None:
        """SIGKILL, if it still runs."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.number, signal.SIGKILL)


class Nursery:
    """Asks the process of `nursery.py` for services; `bell` rings at each line that one logs."""

    def __init__(self, line: socket.socket, bell: Bell) -> None:
        self._line, self._bell = line, bell
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter  # kept: it closes the socket when it goes

    async def listen(self) -> None:
        """Before the first fork."""
        own = self._line.dup()
        own.setblocking(False)
        self._reader, self._writer = await asyncio.open_connection(sock=own)

    @asynccontextmanager
    async def fork(self) -> AsyncIterator[Fork]:
        """A service; it is killed at the end if it still runs, and its code is known then."""
        reading, writing = os.pipe()
        socket.send_fds(self._line, [b"!"], [writing])
        os.close(writing)
        fork = Fork(int(await asyncio.wait_for(self._reader.readline(), BOUND)), self)
        listening = asyncio.create_task(self._hear(fork, reading))
        try:
            yield fork
        finally:
            fork.kill()
            fork.code = int(await asyncio.wait_for(self._reader.readline(), BOUND))
            await asyncio.wait_for(listening, BOUND)

    async def _hear(self, fork: Fork, descriptor: int) -> None:
        reader = asyncio.StreamReader(limit=2**22)
        pipe = os.fdopen(descriptor, "rb", 0)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), pipe
        )
        while line := await reader.readline():
            fork.heard(line)
            self._bell.ring()
        transport.close()


@asynccontextmanager
async def nursery(environment: Mapping[str, str], folder: Path, bell: Bell) -> AsyncIterator[Nursery]:
    """A nursery whose services run in `folder` with that environment."""
    ours, theirs = socket.socketpair()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.soak.nursery", cwd=folder, env=bare(environment), stdin=theirs
    )
    theirs.close()
    try:
        made = Nursery(ours, bell)
        await made.listen()
        yield made
    finally:
        ours.close()
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
