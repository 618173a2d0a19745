"""Bytes in, JSON out: each file in golden/ is an answer, and the .expected.json beside it is what is read from it.

The name says the kind (feed-, api-, page-); `<name>.options.json` are its options. To add a case, write the input and
its options, run with WATCHER_WRITE_GOLDEN=1 and read what was written before you commit it.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.sources.conftest import NOW
from watcher.sources.api import ApiOptions, parse_api
from watcher.sources.entries import Reading, UnreadableError
from watcher.sources.feed import parse_feed
from watcher.sources.fetch import FetchResponse
from watcher.sources.page import PageOptions, parse_page
from watcher.sources.sandbox import Sandbox

GOLDEN = Path(__file__).parent / "golden"
INPUTS = sorted(path for path in GOLDEN.iterdir() if not path.name.endswith((".expected.json", ".options.json")))
URL = "https://final.example/feed/index.xml"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    box = Sandbox()
    yield box
    await box.close()


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.name)
async def test_what_is_read_from_an_answer(path: Path, sandbox: Sandbox) -> None:
    result = await outcome(path, sandbox)
    expected = path.with_suffix(".expected.json")
    if os.environ.get("WATCHER_WRITE_GOLDEN"):
        expected.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n")
    assert result == json.loads(expected.read_text())


async def outcome(path: Path, sandbox: Sandbox) -> dict[str, object]:
    try:
        return shown(await reading(path, sandbox))
    except UnreadableError as error:
        return {"unreadable": str(error)}


async def reading(path: Path, sandbox: Sandbox) -> Reading:
    body = path.read_bytes()
    options_path = path.with_suffix(".options.json")
    options = json.loads(options_path.read_text()) if options_path.exists() else None
    response = FetchResponse(URL, 200, body)
    match path.name.split("-")[0]:
        case "feed":
            return await parse_feed(body, "", URL, NOW, sandbox)
        case "api":
            return parse_api(response, ApiOptions.model_validate(options or {"preset": "gdelt"}), NOW)
        case _:
            return await parse_page(response, PageOptions.model_validate(options or {}), sandbox)


def shown(found: Reading) -> dict[str, object]:
    items = []
    for item in found.items:
        fields = {key: value for key, value in asdict(item).items() if value}
        for key in ("published_at", "updated_at"):
            if key in fields:
                fields[key] = fields[key].isoformat()
        items.append(fields)
    return {"items": items, "dropped": found.dropped, "complete": found.complete, "notes": list(found.notes)}


def test_no_expectation_is_left_without_its_input() -> None:
    stems = {path.stem for path in INPUTS}
    assert {path.name.split(".")[0] for path in GOLDEN.glob("*.expected.json")} == stems
