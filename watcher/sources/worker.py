"""The process in the sandbox: reads jobs from standard input, answers on standard output (see `sandbox`).

It has limits of its own, in case nobody is left to kill it: memory, and seconds for a job.
"""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from collections.abc import Mapping
from typing import BinaryIO, Protocol

from watcher.sources.sandbox import Json

MAX_MEMORY = 1_500_000_000
"""Bytes of address space. Libraries map far more than they use, so this is generous."""

_MAX_SECONDS = 60


class _Job(Protocol):
    def __call__(self, body: bytes, options: Mapping[str, str | None]) -> Json: ...


def main() -> None:
    """Work until the input ends."""
    _limit()
    while line := sys.stdin.buffer.readline():
        head = json.loads(line)
        answer = _work(str(head["job"]), _read(sys.stdin.buffer, int(head["size"])), head["options"])
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


def _work(name: str, body: bytes, options: Mapping[str, str | None]) -> dict[str, Json]:
    if hasattr(signal, "alarm"):
        signal.alarm(_MAX_SECONDS)
    try:
        # Whatever a library prints would be taken for an answer.
        with contextlib.redirect_stdout(sys.stderr):
            return {"result": _job(name)(body, options)}
    except (Exception, RecursionError) as error:
        return {"error": f"the parser failed ({type(error).__name__})"}
    finally:
        if hasattr(signal, "alarm"):
            signal.alarm(0)


def _job(name: str) -> _Job:
    """Imported when first needed: a desk with feeds alone never loads the page extractor."""
    if name == "feed":
        from watcher.sources.feed_loose import read_loosely  # noqa: PLC0415

        return read_loosely
    if name == "mail":
        from watcher.sources.mail_parse import read_mail  # noqa: PLC0415

        return read_mail
    from watcher.sources.page_parse import read_article, read_links  # noqa: PLC0415

    jobs: dict[str, _Job] = {"article": read_article, "links": read_links}
    return jobs[name]


def _read(stream: BinaryIO, size: int) -> bytes:
    body = stream.read(size)
    if len(body) != size:
        sys.exit(1)
    return body


def _limit() -> None:
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:  # Windows has no such limits; the deadline in the sandbox still holds there
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
