"""What is wrong with a signal although every part of it can be read. Small checks in one literal list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from watcher.detection.score import CORROBORATION_POINTS, MAX_SCORE, PATTERN_POINTS
from watcher.model.signal import Expectation, Group, Signal, Slot, Status, Term
from watcher.rulebook.notebook import Notebook

Lists = Mapping[str, tuple[Term, ...]]


def lint_signal(signal: Signal, note: Notebook, lists: Lists) -> None:
    """Run every check of SIGNAL_CHECKS. `lists` are those that the signal may name."""
    for check in SIGNAL_CHECKS:
        check(signal, note, lists)


def _groups_have_terms(signal: Signal, note: Notebook, lists: Lists) -> None:
    for group in signal.groups:
        written = note.places.find(("groups", group.name, "any")).children
        if group.terms or any(lists.get(name, ()) for name in group.lists) or _unread(group, written):
            continue
        note.error("S216", ("groups", group.name), f"the group `{group.name}` has no terms: it is never found")
        for index, pattern in enumerate(signal.patterns):
            if group.name in needed(pattern.slots):
                message = f"`{pattern.text[:80]}` needs the group `{group.name}`, which has no terms"
                note.error("S222", ("patterns", index), message)


def _unread(group: Group, written: Mapping[str | int, object]) -> bool:
    """Whether terms were written that could not be read, and are noted by themselves."""
    return bool(written) and not group.lists


def _groups_are_used(signal: Signal, note: Notebook, lists: Lists) -> None:
    named = {
        name for pattern in signal.patterns for name in (*mentioned(pattern.slots), *pattern.near, *pattern.without)
    }
    named |= {name for rule in signal.quantities for name in (rule.near, *rule.subjects) if name}
    for group in signal.groups:
        if group.weight == 0 and group.name not in named and not group.required:
            message = f"no pattern names the group `{group.name}` and its weight is 0: it changes nothing"
            note.warn("S219", ("groups", group.name), message)


def _can_alert(signal: Signal, note: Notebook, lists: Lists) -> None:
    alone, together = best_scores(signal)
    at = ("alert_at",) if note.places.has(("alert_at",)) else ("groups",)
    needs = f"a text that has everything scores {alone}, and `alert_at` is {signal.alert_at}"
    if signal.groups and together < signal.alert_at:
        note.error("S220", at, f"{needs}: it can never alert; raise the weights or lower `alert_at`")
    elif signal.groups and alone < signal.alert_at:
        note.warn("S226", at, f"{needs}: it alerts only when several publishers tell it")


def _bands_can_be_reached(signal: Signal, note: Notebook, lists: Lists) -> None:
    _, best = best_scores(signal)
    for band, floor in signal.severity:
        if floor > best and note.places.has(("severity", band.value)):
            note.warn("S224", ("severity", band.value), f"{band} begins at {floor}, and the best score is {best}")


def best_scores(signal: Signal) -> tuple[int, int]:
    """The highest scores that one document can have, and that it can have once many publishers tell the same."""
    points = sum(group.weight for group in signal.groups) + (PATTERN_POINTS if signal.patterns else 0)
    alone = min(MAX_SCORE, points)
    return alone, min(MAX_SCORE, alone + max(CORROBORATION_POINTS) if signal.patterns else alone)


def _excludes_others(signal: Signal, note: Notebook, lists: Lists) -> None:
    own = {term: group.name for group in signal.groups for term in group.terms}
    own |= {term: group.name for group in signal.groups for name in group.lists for term in lists.get(name, ())}
    as_written = len(note.places.find(("exclude",)).children) == len(signal.exclude)
    for index, term in enumerate(signal.exclude):
        if term in own:
            message = f"`{term.text}` is a term of the group `{own[term]}`: whatever it finds is thrown away"
            note.warn("S223", ("exclude", index) if as_written else ("exclude",), message)


def _tested_both_ways(signal: Signal, note: Notebook, lists: Lists) -> None:
    if signal.status is not Status.LIVE:
        return
    expected = {test.expect for test in signal.tests}
    at = ("tests",) if note.places.has(("tests",)) else ("id",)
    if Expectation.ALERT not in expected:
        note.warn("T601", at, "a live signal needs a test with `expect: alert`: a text that must not be missed")
    if not expected - {Expectation.ALERT}:
        note.warn("T602", at, "a live signal needs a test with `expect: below` or `silent`: a text that misleads")


def mentioned(slots: tuple[Slot, ...]) -> Iterator[str]:
    """Every group that the slots name."""
    for slot in slots:
        if slot.group:
            yield slot.group
        yield from mentioned(slot.inner)


def needed(slots: tuple[Slot, ...]) -> set[str]:
    """The groups without which the slots cannot hold."""
    return {name for slot in slots if not slot.optional for name in mentioned((slot,))}


SIGNAL_CHECKS: Final[tuple[Callable[[Signal, Notebook, Lists], None], ...]] = (
    _groups_have_terms,
    _groups_are_used,
    _can_alert,
    _bands_can_be_reached,
    _excludes_others,
    _tested_both_ways,
)
