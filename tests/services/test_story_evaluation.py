"""Invented developments told by several publishers in eight languages, with neighbours that must stay apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from watcher.services import rules
from watcher.services.evaluation import Labelled, labelled_in
from watcher.services.story_evaluation import StoryEvaluation

TELLINGS = Path(__file__).parent / "tellings.jsonl"


def entries() -> list[Labelled]:
    with TELLINGS.open(encoding="utf-8") as lines:
        return [entry for entry in labelled_in(lines) if isinstance(entry, Labelled)]


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    loaded, findings = rules.read(rules.pack_dir(), signals_only=True)
    assert loaded is not None, findings
    evaluation = StoryEvaluation(loaded, holdout=2)
    for entry in entries():
        evaluation.add(entry)
    assert evaluation.labels == len(entries())
    report: dict[str, Any] = evaluation.report()
    return report


def test_tellings_of_one_development_meet_across_languages(report: dict[str, Any]) -> None:
    figures = report["parts"]["all"]["all"]
    assert figures["documents"] == 78
    assert figures["recall"] >= 0.9
    assert figures["f1"] >= 0.9


def test_neighbours_stay_apart(report: dict[str, Any]) -> None:
    figures = report["parts"]["all"]["all"]
    assert figures["merged_share"] <= 0.07
    assert figures["pairs_wrong_share"] <= 0.05


def test_copies_fold(report: dict[str, Any]) -> None:
    copies = report["parts"]["all"]["copies"]
    assert copies["made"] > 500
    assert copies["folded_share"] >= 0.99
    assert copies["duplicates_share"] >= 0.99


def test_the_parts_add_up(report: dict[str, Any]) -> None:
    everything, tuned, held = (report["parts"][name] for name in ("all", "tuned_on", "held_out"))
    assert tuned["all"]["documents"] + held["all"]["documents"] == everything["all"]["documents"]
    assert tuned["copies"]["made"] + held["copies"]["made"] == everything["copies"]["made"]
    assert set(everything["signals"]) == set(tuned["signals"]) | set(held["signals"])
