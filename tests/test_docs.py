"""The documents say what the program does: settings, commands, codes, kinds and states are all there, and no other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.cli.commands import commands
from watcher.delivery import registry as channels
from watcher.model.delivery import DeliveryStatus
from watcher.model.document import Health
from watcher.model.match import Assertion
from watcher.model.signal import Severity, Status
from watcher.model.story import StoryStatus
from watcher.rulebook.codes import CODES
from watcher.settings import PREFIX, Settings
from watcher.sources import registry as sources

ROOT = Path(__file__).parents[1]
SETTINGS = {PREFIX + name.upper() for name in Settings.model_fields}
PROGRAM = sorted((ROOT / "watcher").rglob("*.py"))


def doc(name: str) -> str:
    return (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")


def test_every_setting_is_in_the_template_and_nothing_else() -> None:
    written = re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(written) == sorted(SETTINGS)


def test_every_setting_is_documented_and_nothing_else() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", doc("configuration"), re.MULTILINE)
    assert sorted(rows) == sorted(SETTINGS)


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_the_defaults_are_told_alike(name: str) -> None:
    default = Settings.model_fields[name.removeprefix(PREFIX).lower()].default
    if not isinstance(default, str | int | float | Path) or default == "":
        return
    told = format(default, "g") if isinstance(default, float) else str(default)
    template = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert re.search(rf"^{name}={re.escape(told)}$", template, re.MULTILINE)
    assert re.search(rf"^\| `{name}` \| `{re.escape(told)}` \|", doc("configuration"), re.MULTILINE)


def test_settings_that_are_named_anywhere_exist() -> None:
    """Besides settings only variables that rules refer to as env:NAME."""
    paths = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *PROGRAM]
    texts = {path: path.read_text(encoding="utf-8") for path in paths}
    referred = {name for text in texts.values() for name in re.findall(r"env:(\w+)", text)}
    for path, text in texts.items():
        named = set(re.findall(rf"\b{PREFIX}[A-Z_]*[A-Z]\b", text))
        assert named - SETTINGS - referred == set(), path


@pytest.mark.parametrize("name", commands(), ids=" ".join)
def test_every_command_is_documented(name: tuple[str, ...]) -> None:
    assert re.search(rf"`?watcher {' '.join(name)}\b", doc("commands"))
    if len(name) == 1:
        assert re.search(rf"^### `watcher {name[0]}", doc("commands"), re.MULTILINE)


@pytest.mark.parametrize("name", sorted({name[0] for name in commands()}))
def test_every_command_is_in_the_list_of_changes(name: str) -> None:
    assert re.search(rf"`(watcher )?{name}`", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))


def test_commands_that_are_documented_exist() -> None:
    first = {name[0] for name in commands()}
    told = re.findall(r"^### `watcher ([a-z-]+)", doc("commands"), re.MULTILINE)
    assert sorted(told) == sorted(first)


def test_every_check_code_is_explained_and_nothing_else() -> None:
    told = re.findall(r"^#+ .*?\b([A-Z]\d{3})\b", doc("checks"), re.MULTILINE)
    assert sorted(told) == sorted(CODES)


def test_every_code_that_is_given_has_a_meaning() -> None:
    for path in sorted((ROOT / "watcher" / "rulebook").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        strings = {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        given = {text for text in strings if re.fullmatch(r"[A-Z]\d{3}", text)}
        assert given <= set(CODES), path.name


@pytest.mark.parametrize("kind", sorted(sources.KINDS))
def test_every_kind_of_source_is_documented(kind: str) -> None:
    assert re.search(rf"^#+ .*`{kind}`", doc("sources"), re.MULTILINE)


@pytest.mark.parametrize("kind", sorted(sources.KINDS))
def test_every_option_of_a_source_is_documented(kind: str) -> None:
    missing = [name for name in sources.KINDS[kind].options.model_fields if f"`{name}" not in doc("sources")]
    assert missing == []


@pytest.mark.parametrize("kind", sorted(channels.KINDS))
def test_every_kind_of_channel_is_documented(kind: str) -> None:
    assert re.search(rf"^#+ .*`?{kind}`?", doc("channels"), re.MULTILINE | re.IGNORECASE)


@pytest.mark.parametrize("kind", sorted(channels.KINDS))
def test_every_option_of_a_channel_is_documented(kind: str) -> None:
    missing = [name for name in channels.KINDS[kind].options.model_fields if f"`{name}" not in doc("channels")]
    assert missing == []


SUPPRESSED = (
    "below-threshold", "shadow", "too-old", "already-told", "snoozed", "silence", "inhibited", "quiet-hours",
    "no-route",
)  # fmt: skip
WORDS = [
    *((str(health), "sources") for health in Health),
    ("disabled", "sources"),
    *((str(status), "commands") for status in DeliveryStatus),
    *((str(status), "alerts") for status in StoryStatus),
    *((reason, "alerts") for reason in SUPPRESSED),
    *((str(status), "signals") for status in Status),
    *((str(severity), "signals") for severity in Severity),
    *((str(assertion), "detection") for assertion in Assertion),
]


@pytest.mark.parametrize(("word", "where"), WORDS, ids=[f"{where}-{word}" for word, where in WORDS])
def test_every_state_is_explained_where_it_is_shown(word: str, where: str) -> None:
    assert re.search(rf"`{word}`|^\| {word} \|", doc(where), re.MULTILINE)


def test_reasons_for_silence_in_the_code_are_those_that_are_documented() -> None:
    given = set()
    for node in ast.walk(ast.parse((ROOT / "watcher/alerting/decide.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Decision", "_Mute"}:
            given |= {
                argument.value
                for argument in node.args
                if isinstance(argument, ast.Constant) and re.fullmatch(r"[a-z]+(-[a-z]+)*", str(argument.value))
            }
    assert given == set(SUPPRESSED)


def test_links_between_documents_lead_somewhere() -> None:
    for path in [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
            if "://" in target:
                continue
            name, _, anchor = target.partition("#")
            there = (path.parent / name) if name else path
            assert there.exists(), f"{path.name}: {target}"
            if anchor:
                assert anchor in _anchors(there), f"{path.name}: {target}"


def _anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("path", PROGRAM, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_too_long(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= (150 if path.name == "pipeline.py" else 400)


def test_no_file_is_named_after_nothing() -> None:
    assert not [path for path in PROGRAM if path.stem in {"utils", "util", "helpers", "misc", "common"}]
