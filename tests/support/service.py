"""The `watcher` program in a process of its own, with an environment of its own and its log read as it comes.

async with running(environment, folder, bell, "run") as service:
    await service.logged("service.ready")
    service.terminate()
    assert await service.ended() == 0
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.bell import Bell

ROOT = Path(__file__).parents[2]
PROGRAM = (sys.executable, "-m", "watcher")
BOUND = 60.0
"""Seconds after which a process has failed; a busy machine needs several to start one."""


def bare(environment: Mapping[str, str]) -> dict[str, str]:
    """Only what is given, and where the package is."""
    return {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **environment}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


async def command(environment: Mapping[str, str], folder: Path, *arguments: str, stdin: bytes = b"") -> Ended:
    """Run one command to its end, in `folder`."""
    process = await asyncio.create_subprocess_exec(
        *PROGRAM,
        *arguments,
        cwd=folder,
        env=bare(environment),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(BOUND):
            out, err = await process.communicate(stdin)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    return Ended(process.returncode or 0, out.decode(), err.decode())


class Service:
    """A running program. `out` and `err` are its lines so far."""

    def __init__(self, process: asyncio.subprocess.Process, bell: Bell) -> None:
        self._process, self._bell = process, bell
        self.out: list[str] = []
        self.err: list[str] = []
        assert process.stdout is not None
        assert process.stderr is not None
        self._readers = [
            asyncio.create_task(self._read(process.stdout, self.out)),
            asyncio.create_task(self._read(process.stderr, self.err)),
        ]

    async def _read(self, stream: asyncio.StreamReader, lines: list[str]) -> None:
        while line := await stream.readline():
            lines.append(line.decode("utf-8", "replace"))
            self._bell.ring()

    @property
    def log(self) -> list[dict[str, Any]]:
        """The log lines, read as JSON; others are left out."""
        found = []
        for line in list(self.err):
            with contextlib.suppress(ValueError):
                found.append(json.loads(line))
        return found

    def events(self, name: str) -> list[dict[str, Any]]:
        """The log lines of that event."""
        return [line for line in self.log if line.get("event") == name]

    async def logged(self, name: str, times: int = 1, bound: float = BOUND) -> list[dict[str, Any]]:
        """Wait until the event was logged so often."""
        await self._bell.until(lambda: len(self.events(name)) >= times, bound)
        return self.events(name)

    def terminate(self) -> None:
        """SIGTERM."""
        self._process.terminate()

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()

    async def ended(self, bound: float = BOUND) -> int:
        """Wait for the end; the exit code, negative for a signal."""
        async with asyncio.timeout(bound):
            await asyncio.gather(*self._readers)
            return await self._process.wait()


@asynccontextmanager
async def running(environment: Mapping[str, str], folder: Path, bell: Bell, *arguments: str) -> AsyncIterator[Service]:
    """Start the program in `folder`; whatever still runs at the end is killed."""
    process = await asyncio.create_subprocess_exec(
        *PROGRAM,
        *arguments,
        cwd=folder,
        env=bare(environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=2**22,
    )
    service = Service(process, bell)
    try:
        yield service
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await service.ended()
