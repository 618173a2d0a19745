"""The tests embedded in rules are run as the service would decide."""

from __future__ import annotations

import json
from pathlib import Path

from tests.rulebook.building import load_rules, write
from watcher.model.rulebook import Rulebook
from watcher.rulebook import testing
from watcher.rulebook.testing import run_tests

SIGNAL = """schema: signal/v1
id: dam
title: A dam breaks
groups:
  dam: {weight: 40, any: [dam, reservoir]}
  act: {weight: 40, any: ["burst*", "breach*"]}
"""


def results(root: Path, tests: str, more: str = "") -> tuple[testing.TestResult, ...]:
    loaded = load_rules(write(root, signals__dam=f"{SIGNAL}{more}tests:\n{tests}"))
    assert loaded.rulebook, loaded.findings
    return run_tests(loaded.rulebook)


def told(root: Path, tests: str, more: str = "") -> list[tuple[bool, str]]:
    return [(result.passed, result.got) for result in results(root, tests, more)]


def test_alert_below_and_silent(tmp_path: Path) -> None:
    tests = """
  - {text: The dam has burst., expect: alert}
  - {text: The dam has burst., expect: below}
  - {text: The dam has burst., expect: silent}
  - {text: Officials denied the dam burst., expect: below}
  - {text: Officials denied the dam burst., expect: alert}
  - {text: The dam is full., expect: silent}
  - {text: The dam is full., expect: below}
  - {text: The dam is full., expect: alert}
"""
    outcome = told(tmp_path, tests)
    assert outcome[:3] == [(True, "alert"), (False, "alert"), (False, "alert")]
    assert [passed for passed, _ in outcome[3:5]] == [True, False]
    assert outcome[5:] == [(True, "silent"), (True, "silent"), (False, "silent")]


def test_the_assertion_asked_for_must_be_there(tmp_path: Path) -> None:
    tests = """
  - {text: Officials denied the dam burst., expect: below, assertion: denied}
  - {text: The dam has burst., expect: alert, assertion: denied}
  - {text: The dam is full., expect: below, assertion: denied}
"""
    denied, asserted, nothing = results(tmp_path, tests)
    assert denied.passed
    assert (asserted.passed, asserted.got) == (False, "alert (asserted)")
    assert (nothing.passed, nothing.got) == (False, "silent (no match)")


def test_a_title_is_read_as_the_title(tmp_path: Path) -> None:
    assert told(tmp_path, "  - {title: Dam bursts, text: More soon., expect: alert}\n") == [(True, "alert")]


def test_a_failure_names_line_outcome_and_reasons(tmp_path: Path) -> None:
    tests = "  - {text: The dam is full., expect: alert}\n  - {text: The dam has burst., expect: silent}\n"
    missed, wrong = results(tmp_path, tests)
    where = (tmp_path / "signals/dam.yaml").as_posix()
    assert str(missed).startswith(f"{where}:8: T610 expected alert, got silent (score 0, alerts at 60): found: dam; ")
    assert "missing: act" in str(missed)
    assert str(wrong).startswith(f"{where}:9: T610 expected silent, got alert (score ")
    assert wrong.reasons
    assert json.loads(json.dumps(wrong.as_dict()))["line"] == 9


def test_a_sequence_tells_once_and_again_when_it_becomes_fact(tmp_path: Path) -> None:
    tests = """
  - sequence:
      - {at: 0m, text: Officials denied the dam burst in Mosul., expect: below}
      - {at: 10m, text: The dam has burst in Mosul., same_story: true, expect: alert}
      - {at: 20m, text: The dam has burst in Mosul., same_story: true, expect: below}
      - {at: 30m, text: A reservoir in Peru has breached its wall., same_story: false, expect: alert}
"""
    assert told(tmp_path, tests) == [(True, "below"), (True, "alert"), (True, "below"), (True, "alert")]


def test_a_sequence_decides_by_itself_what_is_one_story(tmp_path: Path) -> None:
    text = "The Mosul dam has burst after days of heavy rain, and villages on the Tigris are being evacuated by boat."
    tests = f"""
  - sequence:
      - {{at: 0m, text: "{text}", expect: alert}}
      - {{at: 5m, text: "{text}", expect: alert}}
      - {{at: 9m, text: "A reservoir in Peru has breached its wall, and nobody was hurt in the valley.", expect: alert}}
"""
    first, copy, other = results(tmp_path, tests)
    assert first.passed
    assert (copy.passed, copy.got) == (False, "below")
    assert any("told as much already" in reason for reason in copy.reasons)
    assert other.passed


def test_a_sequence_goes_by_the_story_window(tmp_path: Path) -> None:
    text = "The Mosul dam has burst after days of heavy rain, and villages on the Tigris are being evacuated by boat."
    steps = f"""
  - sequence:
      - {{at: 0m, text: "{text}", expect: alert}}
      - {{at: 30h, text: "{text.replace("boat", "lorry")}", expect: alert}}
"""
    assert [passed for passed, _ in told(tmp_path / "usual", steps)] == [True, False]
    own = told(tmp_path / "own", steps, "max_age: 1h\nstory_window: 24h\n")
    assert [passed for passed, _ in own] == [True, True]


def test_sequences_do_not_know_each_other(tmp_path: Path) -> None:
    one = "  - sequence:\n      - {at: 0m, text: The dam has burst., same_story: true, expect: alert}\n"
    assert told(tmp_path, one + one) == [(True, "alert"), (True, "alert")]


def test_drafts_and_shadows_are_tested_as_if_they_were_live(tmp_path: Path) -> None:
    one = "  - sequence:\n      - {at: 0m, text: The dam has burst., expect: alert}\n"
    assert told(tmp_path, one, "status: shadow\n") == [(True, "alert")]


def test_only_the_signals_named_are_run(tmp_path: Path) -> None:
    tests = "tests:\n  - {text: The dam has burst., expect: alert}\n"
    flood = SIGNAL.replace("id: dam", "id: flood") + tests
    loaded = load_rules(write(tmp_path, signals__dam=SIGNAL + tests, signals__flood=flood))
    assert isinstance(loaded.rulebook, Rulebook)
    assert [result.signal_id for result in run_tests(loaded.rulebook)] == ["dam", "flood"]
    assert [result.signal_id for result in run_tests(loaded.rulebook, ["flood"])] == ["flood"]
