"""Risky parsing in processes that can be killed: a hostile page must not hold up the watch.

A worker (`watcher.sources.worker`) reads one job after another from its standard input: a line of JSON that describes
it, then the body's bytes. It answers with one line of JSON. A worker that is late, dies or talks nonsense is killed,
and the next job starts a new one.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import watcher

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

MAX_ANSWER = 32_000_000
"""Bytes of one answer."""

_JOBS_PER_WORKER = 500
# A worker sees hostile bytes: of the environment it gets only what an interpreter needs, and none of the secrets.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR", "TEMP", "VIRTUAL_ENV")


class SandboxError(Exception):
    """A job that was not done: too slow, too much memory, or the parser failed on it."""


class _Worker:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.jobs = 0

    async def run(self, head: bytes, body: bytes) -> bytes:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise SandboxError("the parser process has no pipes")
        self.jobs += 1
        stdin.write(head + b"\n" + body)
        await stdin.drain()
        return await stdout.readline()

    async def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


class Sandbox:
    """At most `workers` processes, started when first needed. `seconds` is the time for one job, the start included."""

    def __init__(self, *, workers: int = 2, seconds: float = 20.0) -> None:
        self._seconds = seconds
        self._idle: list[_Worker] = []
        self._places = asyncio.Semaphore(workers)

    async def run(self, job: str, body: bytes, options: Mapping[str, str | None]) -> Json:
        """Do `job` ("feed", "article", "links", "mail") on `body`. Raises SandboxError."""
        head = json.dumps({"job": job, "size": len(body), "options": dict(options)}).encode()
        async with self._places:
            worker = self._idle.pop() if self._idle else None
            try:
                async with asyncio.timeout(self._seconds):
                    worker = worker or await _start()
                    line = await worker.run(head, body)
            except TimeoutError:
                await _discard(worker)
                raise SandboxError(f"the parser did not finish within {self._seconds:g} s") from None
            except (OSError, ValueError):
                await _discard(worker)
                raise SandboxError("the parser process failed") from None
            except BaseException:
                await _discard(worker)
                raise
            return await self._answer(worker, line)

    async def close(self) -> None:
        """Kill the workers that are left."""
        while self._idle:
            await self._idle.pop().kill()

    async def _answer(self, worker: _Worker, line: bytes) -> Json:
        try:
            answer = json.loads(line)
        except ValueError:
            await worker.kill()
            raise SandboxError("the parser process died (too much memory or time)") from None
        if worker.jobs < _JOBS_PER_WORKER:
            self._idle.append(worker)
        else:
            await worker.kill()
        if "error" in answer:
            raise SandboxError(str(answer["error"]))
        result: Json = answer["result"]
        return result


async def _start() -> _Worker:
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    environment["PYTHONPATH"] = str(Path(watcher.__file__).parent.parent)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "watcher.sources.worker",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment,
        limit=MAX_ANSWER,
        # A Ctrl-C in the terminal is for the service, which then closes its workers.
        start_new_session=True,
    )
    return _Worker(process)


async def _discard(worker: _Worker | None) -> None:
    if worker is not None:
        await worker.kill()
