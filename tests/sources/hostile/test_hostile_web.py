"""The worst of the web against one source: what becomes of it, and that the one beside it loses nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta

import pytest

from tests.sources.hostile.cases import CASES
from tests.sources.hostile.stage import Case, Played, play, well
from watcher.sources.entries import MAX_ITEMS
from watcher.sources.text import MAX_TEXT, MAX_TITLE

PEAK = 200 * 1024
"""Kilobytes that the whole suite may take, with the server that plays it in the same process."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_what_becomes_of_a_source(case: Case) -> None:
    played = await play(case)
    last = played.polls[-1]
    said = " ".join((last.error, *last.notes))
    assert (played.state.health, last.failure) == (case.health, case.failure), said
    assert case.says in said
    assert (tuple(played.new), played.revised) == (case.new, case.revised)
    assert (last.retry_after or timedelta()) == timedelta(seconds=case.wait)
    assert all(map(well, played.good))
    if case.requests is not None:
        assert played.requests == case.requests
    if case.title is not None:
        assert played.documents[0].title == case.title
    _bounded(played)


def _bounded(played: Played) -> None:
    for poll in played.polls:
        assert len(poll.items) <= MAX_ITEMS
        assert len(poll.error) <= 500
    for document in played.documents:
        assert len(document.title) <= MAX_TITLE
        assert len(document.text) <= MAX_TEXT
        assert "root:" not in document.title + document.text
        assert document.published_at is None or document.published_at.year == 2026


def test_the_whole_suite_stays_below_its_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.sources.hostile"], capture_output=True, text=True, timeout=300, check=True
    )
    told = json.loads(done.stdout)
    assert told["played"] == len(CASES)
    assert told["peak_kb"] < PEAK
