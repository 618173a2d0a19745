"""The worked examples of the documents: every file is good, passes its tests, and says what the page shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from watcher.services.rules import pack_dir

PAGE = (Path(__file__).parents[2] / "docs" / "examples.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
SHOWN = re.findall(
    r'^    \$ echo "(.+)" \| watcher explain - --signal (\S+)\n((?:    .*\n|\n(?=    ))+)', PAGE, re.MULTILINE
)


@pytest.fixture
def examples(cli: Cli) -> Cli:
    """A desk with the examples, the cues of the pack, and one source."""
    rules = cli.folder / "examples"
    for folder in ("signals", "lexicons"):
        (rules / folder).mkdir(parents=True)
    for block in BLOCKS:
        name = re.search(r"^id: (\S+)$", block, re.MULTILINE)
        assert name
        folder = "lexicons" if block.startswith("schema: lexicon/v1") else "signals"
        (rules / folder / f"{name[1]}.yaml").write_text(block, encoding="utf-8")
    for language in ("en", "de"):
        cues = pack_dir() / "lexicons" / f"assertion-{language}.yaml"
        (rules / "lexicons" / cues.name).write_bytes(cues.read_bytes())
    (rules / "sources.yaml").write_text('sources: [{id: wire, kind: feed, url: "https://example.org/rss.xml"}]\n')
    cli.set(RULES="examples")
    return cli


def test_the_page_has_examples() -> None:
    assert len(BLOCKS) >= 10
    assert len(SHOWN) >= 6


def test_every_example_is_good_and_passes_its_tests(examples: Cli) -> None:
    findings = examples("check", "--json", "--notes").json
    assert [one["code"] for one in findings] == ["R418"]  # no routes: everything comes on the console
    result = examples("test")
    assert (result.code, result.out.count("\n")) == (0, 1), result.out
    assert " 0 failed" in result.out


@pytest.mark.parametrize(("text", "signal", "shown"), SHOWN, ids=[signal for _, signal, _ in SHOWN])
def test_an_explanation_is_as_it_is_shown(examples: Cli, text: str, signal: str, shown: str) -> None:
    said = examples("explain", examples.file("item.txt", text + "\n"), "--signal", signal).out
    assert said.split() == shown.split()
