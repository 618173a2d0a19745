"""Pipes: what comes on standard input, and readers that go away."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest

from tests.support.service import BOUND, PROGRAM, bare, command
from tests.support.velmar import DAM_FAILS, Velmar

DOCUMENT = {"id": "a1", "title": DAM_FAILS.title, "text": DAM_FAILS.text, "language": "en"}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"WATCHER_RULES": str(Velmar(tmp_path / "rules").root)}


async def test_match_reads_standard_input(environment: dict[str, str], tmp_path: Path) -> None:
    lines = json.dumps(DOCUMENT, ensure_ascii=False) + "\n" + '{"id": "bad"' + "\n"
    ended = await command(environment, tmp_path, "match", stdin=lines.encode())
    assert ended.code == 1
    assert json.loads(ended.out)["matches"][0]["signal"] == "dam-failure"
    assert ended.err.startswith("watcher: standard input: line 2: not JSON")
    dashed = await command(environment, tmp_path, "match", "-", stdin=lines.encode())
    assert dashed.out == ended.out


async def test_half_a_pair_of_surrogates_goes_in_and_out(environment: dict[str, str], tmp_path: Path) -> None:
    title = "\ud83d the Tarsk dam collapses in Velmar"
    ended = await command(
        environment, tmp_path, "match", stdin=json.dumps(DOCUMENT | {"id": title, "title": title}).encode()
    )
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["id"] == title


async def test_explain_reads_standard_input(environment: dict[str, str], tmp_path: Path) -> None:
    text = f"{DAM_FAILS.title}\n{DAM_FAILS.text}"
    ended = await command(environment, tmp_path, "explain", "-", "--json", stdin=text.encode())
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["signals"][0]["alert"] is True
    assert not (tmp_path / "data").exists()


async def test_a_reader_that_goes_away_is_no_error_of_ours(environment: dict[str, str], tmp_path: Path) -> None:
    """`watcher match | head -1`: the reader takes a line and closes the pipe while much more is to come."""
    (tmp_path / "in.jsonl").write_text((json.dumps(DOCUMENT) + "\n") * 3_000, encoding="utf-8")
    reading, writing = os.pipe()
    process = await asyncio.create_subprocess_exec(
        *PROGRAM,
        "match",
        "in.jsonl",
        cwd=tmp_path,
        env=bare(environment),
        stdout=writing,
        stderr=asyncio.subprocess.PIPE,
    )
    os.close(writing)
    first = await asyncio.to_thread(os.read, reading, 10)
    os.close(reading)
    assert first == b'{"id": "a1'
    assert process.stderr is not None
    async with asyncio.timeout(BOUND):
        err = await process.stderr.read()
        code = await process.wait()
    assert (code, err) == (0, b"")
