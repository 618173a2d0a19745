"""Variables that the rules refer to and that are not set: named as notes, and never their values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.rulebook.building import write
from tests.rulebook.kinds import CHANNEL_KINDS, SOURCE_KINDS
from watcher.model.signal import Finding
from watcher.rulebook.load import load

ROUTES = """\
channels:
  hook:
    kind: hook
    url: env:HOOK_URL
    token: env:HOOK_TOKEN
  plain: {kind: hook, token: written-here}
routes: [{to: [hook, plain]}]
"""
SOURCES = """\
defaults: {kind: feed, key: env:COMMON_KEY}
sources:
  - {id: one, url: "https://one.example/rss"}
  - id: two
    url: "https://two.example/rss"
    key: env:OWN_KEY
  - {id: quiet, url: "https://off.example/rss", key: env:OFF_KEY, enabled: false}
"""


def found(root: Path, environment: Mapping[str, str] | None) -> list[Finding]:
    loaded = load(root, source_kinds=SOURCE_KINDS, channel_kinds=CHANNEL_KINDS, environment=environment)
    assert loaded.rulebook is not None
    return [one for one in loaded.findings if one.code in ("R427", "F517")]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path, routes=ROUTES, sources=SOURCES)


def test_each_variable_that_is_not_set_is_a_note_at_its_line(root: Path) -> None:
    told = found(root, {"HOOK_TOKEN": "s3cret-value", "COMMON_KEY": " "})
    assert [(Path(one.path).name, one.line, one.code, one.message) for one in told] == [
        ("routes.yaml", 4, "R427", "`url` is env:HOOK_URL, and this variable is not set here"),
        ("sources.yaml", 1, "F517", "`key` is env:COMMON_KEY, and this variable is not set here"),
        ("sources.yaml", 6, "F517", "`key` is env:OWN_KEY, and this variable is not set here"),
    ]
    assert {one.level for one in told} == {"note"}
    assert "s3cret" not in "".join(map(str, told))


def test_with_all_of_them_set_nothing_is_told(root: Path) -> None:
    assert found(root, dict.fromkeys(("HOOK_URL", "HOOK_TOKEN", "COMMON_KEY", "OWN_KEY"), "set")) == []


def test_who_does_not_ask_is_told_nothing(root: Path) -> None:
    assert found(root, None) == []
