"""The registry, the contract and the documentation name the same kinds and options."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from watcher.delivery.console import ConsoleOptions
from watcher.delivery.context import ChannelContext
from watcher.delivery.kind import ChannelOptions
from watcher.delivery.registry import KINDS
from watcher.delivery.secret import ChannelSetupError
from watcher.model.alert import Channel

HERE = Path(__file__).parent
DOCS = HERE.parent.parent / "docs" / "channels.md"
SMALLEST: dict[str, dict[str, object]] = {
    "console": {},
    "slack": {"channel": "#desk"},
    "email": {"to": ["desk@example.org"]},
    "pagerduty": {"routing_key": "env:KEY"},
    "webhook": {"url": "env:URL"},
    "apprise": {"url": "env:URL"},
}


def test_every_kind_has_an_example_here() -> None:
    assert set(SMALLEST) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_joins_the_contract(kind: str) -> None:
    tree = ast.parse((HERE / f"test_{kind}.py").read_text(encoding="utf-8"))
    bases = {base.id for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for base in node.bases
             if isinstance(base, ast.Name)}  # fmt: skip
    assert bases & {"ChannelContract", "RemoteContract"}


@pytest.mark.parametrize("kind", KINDS)
def test_options_are_strict_and_frozen(kind: str) -> None:
    model = KINDS[kind].options
    options = model.model_validate(SMALLEST[kind])
    assert issubclass(model, ChannelOptions)
    with pytest.raises(ValidationError):
        model.model_validate({**SMALLEST[kind], "surprise": 1})
    with pytest.raises(ValidationError):
        setattr(options, next(iter(model.model_fields)), "changed")


@pytest.mark.parametrize("kind", KINDS)
def test_documentation_lists_every_option(kind: str) -> None:
    text = DOCS.read_text(encoding="utf-8")
    section = text.partition(f"\n## {kind}\n")[2].partition("\n## ")[0]
    assert f"kind: {kind}" in section
    for name in KINDS[kind].options.model_fields:
        assert f"`{name}`" in section


def test_every_example_in_the_documentation_is_valid() -> None:
    examples = re.findall(r"```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    seen = set()
    for example in examples:
        document = yaml.safe_load(example)
        for options in document.get("channels", document).values():
            kind = options.pop("kind")
            KINDS[kind].options.model_validate(options)
            seen.add(kind)
    assert seen == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_targets_are_one_or_one_for_each_recipient(kind: str) -> None:
    channel = Channel("c", kind, KINDS[kind].options.model_validate(SMALLEST[kind]))
    assert KINDS[kind].targets(channel) == (("desk@example.org",) if kind == "email" else ("",))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "console"])
def test_foreign_options_are_refused(kind: str) -> None:
    with pytest.raises(ChannelSetupError, match="foreign"):
        KINDS[kind].build(Channel("c", kind, ConsoleOptions()), ChannelContext())
