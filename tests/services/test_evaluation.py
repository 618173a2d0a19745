"""Labelled documents against the rules of Velmar."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import velmar
from tests.support.velmar import Report, Velmar
from watcher.model.rulebook import Rulebook
from watcher.model.signal import Status
from watcher.services import rules
from watcher.services.evaluation import KEPT, Evaluation, Labelled, Worst, held_out, labelled_in
from watcher.services.incoming import InputError
from watcher.services.metrics import Label

DAM, STRIKE = "dam-failure", "port-strike"


@pytest.fixture(scope="module")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    root = tmp_path_factory.mktemp("velmar") / "rules"
    Velmar(root)
    loaded, findings = rules.read(root, signals_only=True)
    assert loaded, findings
    return loaded


def line(number: int, report: Report, labels: dict[str, str] | None = None, **more: Any) -> str:
    raw = {"id": f"dev-{number:04}", "title": report.title, "text": report.text, "labels": labels or {}}
    return json.dumps({"language": "en"} | raw | more)


def evaluated(rulebook: Rulebook, lines: Iterable[str], **options: Any) -> dict[str, Any]:
    evaluation = Evaluation(rulebook, **options)
    for entry in labelled_in(lines):
        assert isinstance(entry, Labelled), entry
        evaluation.add(entry)
    return evaluation.report()


SET = [
    line(1, velmar.DAM_FAILS, {DAM: "fire"}, kind="wire"),
    line(2, velmar.DAM_FEARS, {DAM: "watch"}),
    line(3, velmar.DOCKERS_STRIKE, {STRIKE: "fire"}),
    line(4, velmar.FOOTBALL),
    line(5, velmar.DAM_TOLL, {DAM: "watch"}),  # alerts: a false alarm, by this label
    line(6, velmar.TREATY_SIGNED),  # alerts without any label
    line(7, Report("Прорыв дамбы в Тарске", "Дамба прорвана."), {DAM: "fire"}, language="ru"),
    line(8, velmar.STRIKE_DENIED, {STRIKE: "fire", "elsewhere": "fire"}),
]


def test_a_small_set(rulebook: Rulebook) -> None:
    report = evaluated(rulebook, SET)
    part = report["parts"]["all"]
    dam = part["signals"][DAM]
    assert (dam["fire"], dam["watch"], dam["none"]) == (2, 2, 4)
    assert (dam["fire_alerts"], dam["watch_alerts"], dam["none_alerts"], dam["misses"]) == (1, 1, 0, 1)
    assert (dam["precision"], dam["recall"], dam["f1"]) == (0.5, 0.5, 0.5)
    assert (dam["foreign_fire"], dam["foreign_found"]) == (1, 0)
    assert dam["languages"] == {"en": {"fire": 1, "found": 1}, "ru": {"fire": 1, "found": 0}}
    assert part["signals"]["grain-treaty"]["none_alerts"] == 1
    assert part["micro"]["fire"] == 4
    assert part["micro"]["f1"] == 0.5  # two found, two false alarms, two misses
    assert part["macro"]["f1"] == round((0.5 + 2 / 3 + 0) / 3, 4)
    assert part["unlabelled"] == {"documents": 2, "alerts": 1, "alert_share": 0.5}
    assert report["unknown_signals"] == {"elsewhere": 1}


def test_a_shadow_is_measured_and_alerts_nobody(rulebook: Rulebook) -> None:
    shadows = tuple(replace(signal, status=Status.SHADOW) for signal in rulebook.signals)
    part = evaluated(replace(rulebook, signals=shadows), SET)["parts"]["all"]
    assert part["signals"][DAM]["fire_alerts"] == 1
    assert part["unlabelled"] == {"documents": 2, "alerts": 0, "alert_share": 0.0}


def test_every_error_is_told_with_its_reason(rulebook: Rulebook) -> None:
    report = evaluated(rulebook, SET)
    alarms = {(error["signal"], error["id"]): error for error in report["false_alarms"]}
    assert set(alarms) == {(DAM, "dev-0005"), ("grain-treaty", "dev-0006")}
    assert alarms[DAM, "dev-0005"]["label"] == "watch"
    assert "dam in the title (+20)" in alarms[DAM, "dev-0005"]["why"]
    missed = {error["id"]: error for error in report["misses"]}
    assert set(missed) == {"dev-0007", "dev-0008"}
    assert missed["dev-0007"]["score"] == 0
    assert "needs place" in missed["dev-0007"]["why"]
    assert missed["dev-0008"]["assertion"] == "denied"
    assert missed["dev-0008"]["why"][0].startswith("denied: “denie")


def test_parts_are_told_apart_by_the_number_of_the_id(rulebook: Rulebook) -> None:
    report = evaluated(rulebook, [*SET, line(9, velmar.FOOTBALL, id="no number here")], holdout=3)
    parts = report["parts"]
    assert {name: part["documents"] for name, part in parts.items()} == {"all": 9, "tuned_on": 7, "held_out": 2}
    assert parts["held_out"]["signals"][STRIKE]["fire"] == 1
    assert report["unnumbered"] == 1
    for key in ("fire", "watch", "none", "fire_alerts", "watch_alerts", "none_alerts", "misses"):
        assert parts["all"]["micro"][key] == parts["tuned_on"]["micro"][key] + parts["held_out"]["micro"][key]
    assert [(error["part"], error["id"]) for error in report["false_alarms"]] == [
        ("tuned_on", "dev-0005"),
        ("held_out", "dev-0006"),
    ]


def test_only_some_signals(rulebook: Rulebook) -> None:
    report = evaluated(rulebook, SET, signal_ids=[STRIKE])
    assert list(report["parts"]["all"]["signals"]) == [STRIKE]
    assert report["unknown_signals"] == {"elsewhere": 1}
    assert report["parts"]["all"]["unlabelled"] == {"documents": 2, "alerts": 0, "alert_share": 0.0}
    assert {error["signal"] for error in report["misses"]} == {STRIKE}


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("{", "line 3: not JSON"),
        ('{"title": 1}', 'line 3: "title" must be a string'),
        ('{"labels": []}', 'line 3: "labels" must be an object'),
        ('{"labels": {"dam-failure": "maybe"}}', "line 3: the label of dam-failure is 'maybe': write fire, watch or"),
        ('{"labels": {"dam-failure": ["fire"]}}', "line 3: the label of dam-failure"),
    ],
)
def test_bad_lines_are_named(bad: str, message: str) -> None:
    entries = list(labelled_in([SET[0], "", bad, SET[1]]))
    assert [isinstance(entry, InputError) for entry in entries] == [False, True, False]
    assert str(entries[1]).startswith(message)


def test_none_is_no_label() -> None:
    (entry,) = labelled_in([line(1, velmar.FOOTBALL, {DAM: "none", STRIKE: "watch"})])
    assert isinstance(entry, Labelled)
    assert entry.labels == {STRIKE: Label.WATCH}


@pytest.mark.parametrize(
    ("document_id", "out"),
    [("dev-0003", True), ("dev-0004", False), ("x9", True), ("7", False), ("dev", None), ("3-dev", None), ("x٣", None)],
)
def test_held_out(document_id: str, out: bool | None) -> None:
    assert held_out(document_id, 3) is out


@given(st.lists(st.integers(-100, 100), max_size=3 * KEPT))
def test_the_worst_errors_are_kept(distances: list[int]) -> None:
    worst = Worst()
    for place, distance in enumerate(distances):
        worst.add(distance, {"distance": distance, "place": place})
    expected = sorted(enumerate(distances), key=lambda one: (-one[1], one[0]))[:KEPT]
    assert [(error["place"], error["distance"]) for error in worst.listed()] == expected
    assert worst.count == len(distances)


@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_lines_are_read_or_named(lines: list[str]) -> None:
    for entry in labelled_in(lines):
        assert isinstance(entry, Labelled | InputError)


def test_the_example_set_of_the_definition(rulebook: Rulebook, tmp_path: Path) -> None:
    """A set as other people write it: extra keys, no story."""
    text = line(12, velmar.DAM_FAILS, {DAM: "fire"}, story=None, source="Velmar Wire", url="https://velmar.example/1")
    path = tmp_path / "set.jsonl"
    path.write_text(text + "\n\n", encoding="utf-8")
    with path.open(encoding="utf-8") as lines:
        report = evaluated(rulebook, lines)
    assert report["parts"]["all"]["micro"]["f1"] == 1.0
