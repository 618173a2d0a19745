"""The tests embedded in signals: each text is read as the service reads it, and the outcome compared."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import groupby
from typing import Final

from watcher.detection.engine import Detector
from watcher.model.composite import Composite
from watcher.model.match import Assertion, Match
from watcher.model.rulebook import Rulebook
from watcher.model.signal import Expectation, RuleTest, Signal
from watcher.rulebook.composite_rehearsal import CompositeRehearsal
from watcher.rulebook.rehearsal import Rehearsal
from watcher.rulebook.results import TestResult
from watcher.stories.window import Windows

__all__ = ["TestResult", "run_tests"]

_REASONS: Final = 4
_SHOWN: Final = 80


def run_tests(rulebook: Rulebook, signal_ids: Collection[str] | None = None) -> tuple[TestResult, ...]:
    """Run the tests of all signals, or of those named, in the order of the files. The signals are compiled once.

    *alert*: the score reaches the threshold (in a sequence: an alert is told). *below*: it does not. *silent*: no
    match, or less than half of the threshold. With `assertion`, a match must exist and have it.
    """
    detector = Detector(rulebook.signals, rulebook.lexicons)
    windows = Windows(rulebook.signals)
    results: list[TestResult] = []
    for signal in rulebook.signals:
        if signal_ids is None or signal.id in signal_ids:
            for _, tests in groupby(enumerate(signal.tests), _series):
                results += _run(signal, detector, [test for _, test in tests])
    for composite in rulebook.composites:
        if signal_ids is None or composite.signal.id in signal_ids:
            for _, tests in groupby(enumerate(composite.signal.tests), _series):
                results += _run_composite(composite, detector, windows, [test for _, test in tests])
    return tuple(results)


def _series(numbered: tuple[int, RuleTest]) -> tuple[int | None, int]:
    """Steps of one sequence go together, other tests stand alone."""
    number, test = numbered
    return (None, number) if test.sequence is None else (test.sequence, -1)


def _run(signal: Signal, detector: Detector, tests: list[RuleTest]) -> list[TestResult]:
    rehearsal = Rehearsal(signal)
    return [_one(signal, detector, test, rehearsal if test.sequence is not None else None) for test in tests]


def _one(signal: Signal, detector: Detector, test: RuleTest, rehearsal: Rehearsal | None) -> TestResult:
    detection = detector.detect(test.title, test.text, test.language)
    match = next((one for one in detection.matches if one.signal_id == signal.id), None)
    told = match is not None and match.alert
    why: tuple[str, ...] = ()
    if rehearsal is not None:
        told, why = rehearsal.step(test, match)
    result = _result(signal, test, match, told, why)
    return result if result.passed else replace(result, reasons=why + _reasons(signal, detector, test, match))


def _result(signal: Signal, test: RuleTest, match: Match | None, told: bool, why: tuple[str, ...]) -> TestResult:
    outcome = _outcome(signal, match, told)
    assertion = match.assertion if match else None
    passed = _fits(test.expect, outcome) and (test.assertion is None or test.assertion is assertion)
    return TestResult(
        signal_id=signal.id,
        path=signal.path,
        line=test.line,
        passed=passed,
        expected=_shown(test.expect, test.assertion, wanted=test.assertion),
        got=_shown(outcome, assertion, wanted=test.assertion),
        score=match.score if match else 0,
        alert_at=signal.alert_at,
        reasons=() if passed else why,
        text=_shortened(test.title or test.text),
    )


def _run_composite(
    composite: Composite, detector: Detector, windows: Windows, tests: list[RuleTest]
) -> list[TestResult]:
    rehearsal = CompositeRehearsal(composite, windows)
    results = []
    for test in tests:
        told, match, why = rehearsal.step(test, detector.detect(test.title, test.text, test.language))
        results.append(_result(composite.signal, test, match, told, why))
    return results


def _outcome(signal: Signal, match: Match | None, told: bool) -> Expectation:
    if told:
        return Expectation.ALERT
    return Expectation.SILENT if match is None or match.score * 2 < signal.alert_at else Expectation.BELOW


def _fits(expected: Expectation, got: Expectation) -> bool:
    return got is expected or (expected is Expectation.BELOW and got is Expectation.SILENT)


def _shown(outcome: Expectation, assertion: Assertion | None, *, wanted: Assertion | None) -> str:
    return f"{outcome} ({assertion or 'no match'})" if wanted is not None else outcome.value


def _reasons(signal: Signal, detector: Detector, test: RuleTest, match: Match | None) -> tuple[str, ...]:
    if match is not None:
        largest = sorted(match.ledger, key=lambda entry: -abs(entry.points))[:_REASONS]
        return tuple(f"{entry.reason} {entry.points:+d}" for entry in largest)
    explained = detector.explain(test.title, test.text, test.language, [signal.id])[0]
    found = f"found: {', '.join(explained.found) or 'nothing'}"
    if explained.missing:
        return (found, f"missing: {', '.join(explained.missing)}")
    return (found, "no pattern holds")


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
