"""Two versions of the rules over the same documents."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.services.archived import document, velmar_rules
from tests.support import velmar
from tests.support.velmar import DAM, Report
from watcher.model.match import Assertion, Match
from watcher.model.rulebook import Rulebook
from watcher.services.comparison import Comparison, change

TEXTS = (velmar.DAM_FAILS, velmar.DAM_FEARS, velmar.DOCKERS_STRIKE, velmar.TREATY_SIGNED, velmar.FOOTBALL)


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return velmar_rules(tmp_path_factory.mktemp("velmar") / "rules")


def compared(old: Rulebook, new: Rulebook, texts: tuple[Report, ...] = TEXTS, **options: Any) -> dict[str, Any]:
    comparison = Comparison(old, new, **{"least": 5, "keep": 50, **options})
    for number, text in enumerate(texts):
        comparison.add(document(number, text))
    return comparison.report()


def a_match(score: int) -> Match:
    return Match("s", score, "low", Assertion.ASSERTED, score >= 60, (), (), 60)


SOME_MATCH = st.none() | st.integers(1, 100).map(a_match)


@given(SOME_MATCH, SOME_MATCH, st.integers(0, 100))
def test_a_change_told_backwards(one: Match | None, two: Match | None, least: int) -> None:
    there, back = change(one, two, least), change(two, one, least)
    if there is None or back is None:
        assert there is back is None
        return
    mirrored = {"gained": "lost", "lost": "gained", "moved": "moved"}
    assert (back.kind, back.before, back.after) == (mirrored[there.kind], there.after, there.before)


@given(SOME_MATCH, st.integers(0, 100))
def test_nothing_changes_by_itself(match: Match | None, least: int) -> None:
    assert change(match, match, least) is None


def test_the_same_rules_change_nothing(old: Rulebook) -> None:
    report = compared(old, old)
    assert report["totals"] == {"gained": 0, "lost": 0, "moved": 0}
    assert report["documents"] == len(TEXTS)
    assert all(signal["changes"] == [] for signal in report["signals"].values())


def test_gained_and_lost_and_moved(old: Rulebook, tmp_path: Path) -> None:
    """Nothing may be doubted any more, a strike needs more, and the grain treaty is gone."""
    bolder = DAM.replace('{weight: 20, any: ["coll', '{weight: 26, any: ["coll').replace("alert_at: 60", "alert_at: 25")
    stricter = velmar.STRIKE.replace("alert_at: 60", 'exclude: ["pay offer"]\nalert_at: 60')
    new = velmar_rules(tmp_path / "rules", dam_failure=bolder, port_strike=stricter)
    new = replace(new, signals=tuple(signal for signal in new.signals if signal.id != "grain-treaty"))
    report = compared(old, new)
    dam, strike, treaty = (report["signals"][name] for name in ("dam-failure", "port-strike", "grain-treaty"))
    assert [(row["kind"], row["title"]) for row in dam["changes"]] == [
        ("gained", velmar.DAM_FEARS.title),
        ("moved", velmar.DAM_FAILS.title),
    ]
    assert dam["changes"][0]["assertion_after"] == "hypothetical"
    assert [(row["kind"], row["id"]) for row in strike["changes"]] == [("lost", "doc-002")]
    assert strike["changes"][0]["why"][0].startswith("excluded by “pay offer” (-")
    (gone,) = treaty["changes"]
    assert (gone["kind"], gone["after"], gone["why"]) == ("lost", 0, ["the signal is not in the new rules"])
    assert (treaty["status_before"], treaty["status_after"]) == ("live", None)
    assert report["totals"] == {"gained": 1, "lost": 2, "moved": 1}
    assert compared(old, new, least=50)["totals"]["moved"] == 0


def test_the_largest_changes_are_kept(old: Rulebook) -> None:
    empty = replace(old, signals=())
    texts = tuple(
        Report(f"{extra}Tarsk dam collapses", f"The dam of Tarsk in Velmar collapsed{tail}.")
        for extra, tail in (("", ""), ("Opinion: ", ""), ("", ", nine dead"))
    )
    everything = compared(empty, old, texts, least=1)["signals"]["dam-failure"]
    scores = [row["after"] for row in everything["changes"] if row["kind"] == "gained"]
    assert len(scores) == 2
    assert scores == sorted(scores, reverse=True)
    (kept,) = [
        row
        for row in compared(empty, old, texts, keep=1)["signals"]["dam-failure"]["changes"]
        if row["kind"] == "gained"
    ]
    assert kept["after"] == scores[0]
    silent = compared(empty, old, texts, keep=0)["signals"]["dam-failure"]
    assert (silent["gained"], silent["changes"]) == (2, [])
