"""Parsing in a process that can be killed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from watcher.sources.sandbox import Sandbox, SandboxError

FEED = b"<rss><channel><item><title>Talks <br> begin</title></item></channel></rss>"
# Levels without end keep feedparser busy for seconds.
SLOW = b"<rss><channel><item>" + b"<a>" * 1_200_000


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    box = Sandbox(workers=1)
    yield box
    await box.close()


async def test_jobs_are_done_one_after_another_by_one_worker(sandbox: Sandbox) -> None:
    answers = await asyncio.gather(*(sandbox.run("feed", FEED, {"url": "https://n.example/"}) for _ in range(5)))
    for answer in answers:
        assert isinstance(answer, dict)
        assert isinstance(answer["entries"], list)


async def test_a_job_that_takes_too_long_is_killed_and_the_next_one_gets_a_new_worker() -> None:
    box = Sandbox(workers=1, seconds=2.0)
    with pytest.raises(SandboxError, match=r"did not finish within 2 s"):
        await box.run("feed", SLOW, {})
    assert await box.run("feed", FEED, {})
    await box.close()


async def test_a_parser_that_fails_says_so_and_the_worker_goes_on(sandbox: Sandbox) -> None:
    for _ in range(2):
        with pytest.raises(SandboxError, match=r"the parser failed \(ValueError\)"):
            await sandbox.run("feed", b" " * 5_000_001, {})
    assert await sandbox.run("feed", FEED, {})


async def test_an_unknown_job_is_an_error(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match=r"KeyError"):
        await sandbox.run("shell", b"", {})


async def test_a_cancelled_job_leaves_no_worker_that_would_answer_the_wrong_question(sandbox: Sandbox) -> None:
    task = asyncio.create_task(sandbox.run("feed", SLOW, {}))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    answer = await sandbox.run("feed", FEED, {})
    assert isinstance(answer, dict)
    assert len(answer["entries"]) == 1  # type: ignore[arg-type]  # a list, as the test above shows


async def test_the_worker_does_not_see_our_secrets(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    listing = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    if not listing.exists():
        pytest.skip("the system does not list a process's children")
    monkeypatch.setenv("WATCHER_TEST_SECRET", "s3cret")
    await sandbox.run("feed", FEED, {})
    children = listing.read_text().split()
    assert children
    assert not any(b"s3cret" in Path(f"/proc/{child}/environ").read_bytes() for child in children)
