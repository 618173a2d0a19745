"""What is wrong with the tests of a signal, though each of them can be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from watcher.detection.language import language_of, primary
from watcher.model.signal import Expectation, RuleTest, Signal, Status, Term
from watcher.rulebook.notebook import Notebook

Lists = Mapping[str, tuple[Term, ...]]
ENOUGH: Final = 3
"""Tests of each kind: one for the active, the passive and the noun; one for a plan, a denial and a look-alike."""


def tested_both_ways(signal: Signal, note: Notebook, lists: Lists) -> None:
    """A live signal has a test of each kind."""
    if signal.status is not Status.LIVE:
        return
    expected = {test.expect for test in signal.tests}
    at = ("tests",) if note.places.has(("tests",)) else ("id",)
    if Expectation.ALERT not in expected:
        note.warn("T601", at, "a live signal needs a test with `expect: alert`: a text that must not be missed")
    if not expected - {Expectation.ALERT}:
        note.warn("T602", at, "a live signal needs a test with `expect: below` or `silent`: a text that misleads")


def tests_differ(signal: Signal, note: Notebook, lists: Lists) -> None:
    """No text is tested twice. In a sequence a text may come again: that is what it is for."""
    seen: dict[tuple[str, str, str | None], RuleTest] = {}
    alone = [test for test in signal.tests if test.sequence is None]
    for test in alone:
        key = (_folded(test.title), _folded(test.text), test.language)
        if (first := seen.setdefault(key, test)) is not test:
            index = _index(signal, test)
            message = f"the same text is already tested in line {first.line}: keep one of them"
            note.warn("T605", ("tests", index), message)


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _index(signal: Signal, wanted: RuleTest) -> int:
    """The position of a test in its file, where a sequence is one test."""
    number = -1
    before: int | None = None
    for test in signal.tests:
        if test.sequence is None or test.sequence != before:
            number += 1
        before = test.sequence
        if test is wanted:
            break
    return number


def advise_on_tests(signal: Signal, note: Notebook, lists: Lists) -> None:
    """What more tests would be good for: advice, and no fault."""
    if signal.status is not Status.LIVE or not signal.tests:
        return
    kinds = Counter(test.expect is Expectation.ALERT for test in signal.tests)
    if kinds[True] and kinds[False] and min(kinds[True], kinds[False]) < ENOUGH:
        note.advise(
            "T606",
            ("tests",),
            f"{kinds[True]} texts must alert and {kinds[False]} must not: {ENOUGH} of each are a start. Test the "
            "active, the passive and the noun; a plan, a denial and a look-alike",
        )
    spoken = {primary(term.language) for name in _lists_of(signal) for term in lists.get(name, ()) if term.language}
    tested = {language_of(test.language, test.title, test.text) for test in signal.tests}
    if untested := sorted(spoken - tested):
        note.advise(
            "T607", ("tests",), f"its lists have words in {', '.join(untested)}, and no test is in that language"
        )


def _lists_of(signal: Signal) -> set[str]:
    return {name for group in signal.groups for name in group.lists}
