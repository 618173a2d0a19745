"""What the documents say is so: every code is explained, every example is good."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.rulebook.building import BASE, HERE, load_rules, write
from tests.rulebook.kinds import SOURCE_KINDS
from watcher.delivery.registry import KINDS
from watcher.rulebook.codes import CODES
from watcher.rulebook.lexicon_file import CueEntry, LexiconFile
from watcher.rulebook.load import load
from watcher.rulebook.routes_file import QuietEntry, RouteEntry, RoutesFile, WhenEntry
from watcher.rulebook.signal_file import SignalFile
from watcher.rulebook.testing import run_tests

DOCS = HERE.parent.parent / "docs"
CHECKS = (DOCS / "checks.md").read_text(encoding="utf-8")
SECTIONS = {
    section.partition("\n")[0]: section
    for section in re.split(r"^### ", CHECKS, flags=re.MULTILINE)[1:]
}  # fmt: skip


def test_every_code_is_documented_with_its_meaning_and_none_besides() -> None:
    assert list(SECTIONS) == list(CODES)
    for code, meaning in CODES.items():
        assert f"*{meaning[0].upper()}{meaning[1:]}* (" in SECTIONS[code]
        assert "Such as: " in SECTIONS[code]
        assert "Instead: " in SECTIONS[code]


def test_every_code_is_used_in_the_source() -> None:
    source = "".join(
        path.read_text() for path in (HERE.parent.parent / "watcher/rulebook").glob("*.py") if path.name != "codes.py"
    )
    made = {f"{area}0{last}" for area in ("S2", "L3", "R4", "F5") for last in "1234"}
    assert {code for code in CODES if f'"{code}"' not in source} <= made


@pytest.mark.parametrize("case", sorted((HERE / "bad").glob("*.txt")), ids=lambda path: path.stem)
def test_the_documents_tell_errors_from_warnings(case: Path) -> None:
    for line in case.read_text().splitlines():
        code = line.split(" ")[1]
        kind = "warning" if line.endswith("(warning)") else "error"
        assert re.search(rf"\((error or )?{kind}( or warning)?\)\.", SECTIONS[code]), line


def blocks(name: str, first: str) -> list[str]:
    text = (DOCS / name).read_text(encoding="utf-8")
    return [block for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if block.startswith(first)]


def test_the_first_signal_is_good_and_passes_its_tests(tmp_path: Path) -> None:
    (signal,) = blocks("signals.md", "schema: signal/v1")
    cues = (DOCS.parent / "rules/lexicons/assertion-en.yaml").read_text(encoding="utf-8")
    loaded = load_rules(write(tmp_path, signals__port_strike=signal, lexicons__assertion_en=cues))
    assert loaded.findings == ()
    assert loaded.rulebook
    assert [str(result) for result in run_tests(loaded.rulebook) if not result.passed] == []


def test_the_lexicon_and_the_parts_of_a_signal_are_good(tmp_path: Path) -> None:
    (lexicon,) = blocks("signals.md", "schema: lexicon/v1")
    groups, patterns, tests = (blocks("signals.md", key)[0] for key in ("groups:", "patterns:", "tests:"))
    more = '  act: {weight: 40, any: ["raid*"]}\n  target: {weight: 40, any: [$iraq-militias]}\n'
    signal = f"schema: signal/v1\nid: iraq\ntitle: Iraq\n{groups}{more}{patterns}{tests}"
    loaded = load_rules(write(tmp_path, lexicons__iraq_actors=lexicon, signals__iraq=signal))
    assert [str(finding) for finding in loaded.findings] == []


def test_the_routes_are_good(tmp_path: Path) -> None:
    routes, escalations = blocks("routes.md", "channels:")[0], blocks("routes.md", "escalations:")[0]
    root = write(
        tmp_path, routes=routes + escalations, signals__iraq_x=BASE["signals/dam.yaml"].replace(": dam\n", ": iraq-x\n")
    )
    kinds = {name: kind.options for name, kind in KINDS.items()}
    assert load(root, source_kinds=SOURCE_KINDS, channel_kinds=kinds).findings == ()


@pytest.mark.parametrize(
    ("document", "model"),
    [
        ("signals.md", SignalFile),
        ("signals.md", LexiconFile),
        ("signals.md", CueEntry),
        ("routes.md", RoutesFile),
        ("routes.md", RouteEntry),
        ("routes.md", WhenEntry),
        ("routes.md", QuietEntry),
    ],
)
def test_every_key_is_documented(document: str, model: type[SignalFile]) -> None:
    text = (DOCS / document).read_text(encoding="utf-8")
    keys = [info.alias or name for name, info in model.model_fields.items()]
    assert [key for key in keys if not re.search(rf"`{key}[`:]|^## {key}$", text, re.MULTILINE)] == []


def test_links_between_documents_lead_to_headings() -> None:
    for name in ("signals.md", "checks.md", "routes.md"):
        text = (DOCS / name).read_text(encoding="utf-8")
        for target, anchor in re.findall(r"\]\(([a-z]*\.?m?d?)#([a-z0-9-]+)\)", text):
            headings = re.findall(r"^#+ (.*)$", (DOCS / (target or name)).read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^a-z0-9 -]", "", one.lower()).replace(" ", "-") for one in headings}
