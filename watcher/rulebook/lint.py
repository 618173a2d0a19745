"""What is wrong with a signal although every part of it can be read. Small checks in one literal list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from watcher.model.signal import Group, Signal, Term
from watcher.rulebook.best import best_scores
from watcher.rulebook.durations import show_duration
from watcher.rulebook.lint_patterns import patterns_can_hold, patterns_differ, patterns_speak_their_languages
from watcher.rulebook.lint_tests import tested_both_ways, tests_differ
from watcher.rulebook.notebook import Notebook
from watcher.rulebook.slots import mentioned, needed

Lists = Mapping[str, tuple[Term, ...]]


def lint_signal(signal: Signal, note: Notebook, lists: Lists) -> None:
    """Run every check of SIGNAL_CHECKS. `lists` are those that the signal may name."""
    for check in SIGNAL_CHECKS:
        check(signal, note, lists)


def _groups_have_terms(signal: Signal, note: Notebook, lists: Lists) -> None:
    for group in signal.groups:
        written = note.places.find(("groups", group.name, "any")).children
        terms = [*group.terms, *(term for name in group.lists for term in lists.get(name, ()))]
        if any(not term.shield for term in terms) or (not terms and _unread(group, written)):
            continue
        message = f"the group `{group.name}` has no terms: it is never found"
        if terms:
            message = (
                f"the group `{group.name}` has only shields (`!`), which find nothing: add terms, or use `exclude`"
            )
        note.error("S216", ("groups", group.name), message)
        for index, pattern in enumerate(signal.patterns):
            if group.name in needed(pattern.slots):
                message = f"`{pattern.text[:80]}` needs the group `{group.name}`, which has no terms"
                note.error("S222", ("patterns", index), message)


def _unread(group: Group, written: Mapping[str | int, object]) -> bool:
    """Whether terms were written that could not be read, and are noted by themselves."""
    return bool(written) and not group.lists


def _groups_are_used(signal: Signal, note: Notebook, lists: Lists) -> None:
    named = {
        name for pattern in signal.patterns for name in (*mentioned(pattern.slots), *pattern.around, *pattern.without)
    }
    named |= {name for rule in signal.quantities for name in (rule.near, *rule.subjects) if name}
    for group in signal.groups:
        if not signal.patterns and group.required is None:
            continue  # without patterns every group is needed
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


def _story_outlives_reports(signal: Signal, note: Notebook, lists: Lists) -> None:
    if note.places.has(("story_window",)) and signal.story_window < signal.max_age:
        window, age = show_duration(signal.story_window), show_duration(signal.max_age)
        message = (
            f"a story ends after {window} without news, and a report of {age} ago is still told: one that comes late "
            f"opens a second alert; write `story_window: {age}` or more, or a shorter `max_age`"
        )
        note.warn("S237", ("story_window",), message)


def _excludes_others(signal: Signal, note: Notebook, lists: Lists) -> None:
    own = {term: group.name for group in signal.groups for term in group.terms}
    own |= {term: group.name for group in signal.groups for name in group.lists for term in lists.get(name, ())}
    as_written = len(note.places.find(("exclude",)).children) == len(signal.exclude)
    for index, term in enumerate(signal.exclude):
        if term in own:
            message = f"`{term.text}` is a term of the group `{own[term]}`: whatever it finds is thrown away"
            note.warn("S223", ("exclude", index) if as_written else ("exclude",), message)


SIGNAL_CHECKS: Final[tuple[Callable[[Signal, Notebook, Lists], None], ...]] = (
    _groups_have_terms,
    _groups_are_used,
    _can_alert,
    _bands_can_be_reached,
    _excludes_others,
    _story_outlives_reports,
    patterns_can_hold,
    patterns_speak_their_languages,
    patterns_differ,
    tested_both_ways,
    tests_differ,
)
