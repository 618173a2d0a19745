"""Whatever plain data a file holds, building it gives a result or findings, never an exception."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rulebook.kinds import CHANNEL_KINDS, SOURCE_KINDS
from watcher.rulebook.lexicon_file import LexiconFile
from watcher.rulebook.lexicons import build_lexicon
from watcher.rulebook.lint import lint_signal
from watcher.rulebook.lint_routes import Known, lint_routing
from watcher.rulebook.notebook import Notebook
from watcher.rulebook.routes import build_routing
from watcher.rulebook.routes_file import RoutesFile
from watcher.rulebook.scope import Shared
from watcher.rulebook.signal_file import SignalFile
from watcher.rulebook.signals import build_signal
from watcher.rulebook.sources import build_sources, written_ids
from watcher.rulebook.sources_file import SourceEntry
from watcher.rulebook.yaml import Place

WORDS = ["signal/v1", "dam", "$dam", "act target", "48h", "a*", "~x", "07:00", "live", "alert", "console"]
ODD = ["https://[::1", "https://example.org:99999/", "UTC", "../..", "Europe", "\ud800", "*", "(", "dam-noun", "{}"]
KEYS = [
    "any",
    "text",
    "expect",
    "sequence",
    "at",
    "kind",
    "url",
    "id",
    "to",
    "when",
    "signal",
    "phrase",
    "class",
    "dam",
]
scalars = st.none() | st.booleans() | st.integers(-2, 101) | st.sampled_from(WORDS + ODD) | st.text(max_size=6)
data = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=12,
)


def files(model: Any, valid: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A valid file of which some keys are replaced by anything."""
    names = [info.alias or name for name, info in model.model_fields.items()]
    return st.dictionaries(st.sampled_from(names) | st.text(max_size=4), data, max_size=4).map(lambda odd: valid | odd)


def note() -> Notebook:
    return Notebook("file.yaml", Place(1))


signal = {"schema": "signal/v1", "id": "dam", "title": "Dam", "groups": {"dam": ["dam"], "act": {"any": ["burst"]}}}
lexicon = {"schema": "lexicon/v1", "id": "dam", "lists": {"dams": ["dam"]}}
source = {"id": "wire", "kind": "feed", "url": "https://example.org/"}
routes = {"channels": {"screen": {"kind": "console"}}, "routes": [{"to": ["screen"]}]}


@settings(deadline=None)
@given(files(SignalFile, signal))
def test_signals(written: dict[str, Any]) -> None:
    notebook = note()
    shared = Shared({})
    built = build_signal(written, "dam", notebook, shared)
    if built is None:
        assert notebook.findings
    else:
        lint_signal(built[0], notebook, built[1].lists)


@settings(deadline=None)
@given(files(LexiconFile, lexicon))
def test_lexicons(written: dict[str, Any]) -> None:
    notebook = note()
    assert build_lexicon(written, "dam", notebook) or notebook.findings


@settings(deadline=None)
@given(st.lists(files(SourceEntry, source), max_size=3), data)
def test_sources(written: list[Any], defaults: Any) -> None:
    notebook = note()
    file = {"sources": written, "defaults": defaults}
    built = build_sources(file, notebook, SOURCE_KINDS)
    assert len(built) == len(written) or notebook.findings
    assert len(list(written_ids(file))) <= len(written)


@settings(deadline=None)
@given(files(RoutesFile, routes))
def test_routes(written: dict[str, Any]) -> None:
    notebook = note()
    built = build_routing(written, notebook, CHANNEL_KINDS)
    if built is None:
        assert notebook.findings
    else:
        lint_routing(built, notebook, Known(frozenset(built.channels), frozenset(), frozenset()))
