"""signals/<id>.yaml with `schema: composite/v1` → Composite, with what is wrong between it and the signals it names."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from pydantic import ValidationError

from watcher.model.composite import Composite, Part, Together
from watcher.model.signal import Expectation, Signal, Status
from watcher.rulebook.best import best_scores
from watcher.rulebook.complaints import complain
from watcher.rulebook.composite_file import CompositeFile, PartEntry, TogetherEntry
from watcher.rulebook.durations import show_duration
from watcher.rulebook.meaning import meaning_of
from watcher.rulebook.notebook import Location, Notebook
from watcher.rulebook.signals import read_bands, read_sequence
from watcher.rulebook.suggest import hint
from watcher.rulebook.yaml import Data

SCHEMA: Final = "composite/v1"
LONGEST: Final = timedelta(days=90)
Condition = Part | Together


def is_composite(data: Data) -> bool:
    """Whether a file of the folder signals/ is a composite."""
    return isinstance(data, dict) and data.get("schema") == SCHEMA


def build_composite(data: Data, stem: str, note: Notebook) -> Composite | None:
    """The composite, or None if the file's shape is wrong."""
    try:
        file = CompositeFile.model_validate(data)
    except ValidationError as error:
        complain(error, note, "S2", CompositeFile)
        return None
    if file.id != stem:
        note.error("S206", ("id",), f"the id is `{file.id}` and the file is {stem}.yaml: give both one name")
    head = Signal(
        id=file.id,
        title=file.title,
        groups=(),
        alert_at=file.alert_at,
        version=file.version,
        status=file.status,
        question=file.question,
        owner=file.owner,
        max_age=file.max_age,
        tags=tuple(file.tags),
        references=tuple(file.references),
        false_positives=tuple(file.false_positives),
        tests=tuple(step for index, entry in enumerate(file.tests) for step in read_sequence(index, entry, note)),
        path=note.path,
        line=note.line(("id",)),
        meaning=meaning_of(file),
    )
    bands = read_bands(file.severity, note)
    head = replace(head, severity=bands["severity"]) if bands else head
    return Composite(head, _together(file.when), file.within)


def lint_composite(
    composite: Composite, note: Notebook, signals: Mapping[str, Signal], unread: Collection[str]
) -> None:
    """Run every check. `signals` are those that were read, retired ones too; about `unread` files nothing is said."""
    if not timedelta() < composite.within <= LONGEST:
        note.error("S242", ("within",), f"a window of {show_duration(composite.within)}: from 1s to {LONGEST.days}d")
    for at, together in _togethers(composite.when, ("when",)):
        if not together.all and not together.any:
            note.error("S241", at, "nothing that must hold: write conditions under `all` or `any`")
        for where, part in _barred_twice(together, at):
            note.error("S243", where, f"`{part.signal}` is asked for and barred alike: it can never hold")
    for at, part in _parts(composite.when, ("when",)):
        if part.signal not in unread:
            _lint_part(part, at, note, signals)
    _tested_both_ways(composite, note)


def _lint_part(part: Part, at: Location, note: Notebook, signals: Mapping[str, Signal]) -> None:
    signal = signals.get(part.signal)
    if signal is None or signal.status is Status.RETIRED:
        known = [name for name, one in signals.items() if one.status is not Status.RETIRED]
        why = f"the signal `{part.signal}` is retired" if signal else f"no signal `{part.signal}`"
        note.error("S240", (*at, "signal"), why + ("" if signal else hint(part.signal, known, "signals")))
        return
    names = {group.name for group in signal.groups}
    for group in part.groups:
        if group not in names:
            note.error(
                "S244", (*at, "groups"), f"`{part.signal}` has no group `{group[:60]}`{hint(group, names, 'groups')}"
            )
    if part.min_score > best_scores(signal)[1]:
        best = best_scores(signal)[1]
        note.error("S245", (*at, "min_score"), f"the best score of `{part.signal}` is {best}: it can never hold")


def _tested_both_ways(composite: Composite, note: Notebook) -> None:
    if composite.signal.status is not Status.LIVE:
        return
    at = ("tests",) if note.places.has(("tests",)) else ("id",)
    expected = {step.expect for step in composite.signal.tests}
    ends = {step.sequence: step.expect for step in composite.signal.tests}
    if Expectation.ALERT not in expected:
        note.warn("T601", at, "a live composite needs a sequence with `expect: alert`: what must not be missed")
    if all(expect is Expectation.ALERT for expect in ends.values()):
        note.warn("T602", at, "a live composite needs a sequence that ends `below`: what must not make it fire")


def _together(entry: TogetherEntry) -> Together:
    return Together(
        tuple(_condition(one) for one in entry.all),
        tuple(_condition(one) for one in entry.any),
        tuple(_condition(one) for one in entry.none),
    )


def _condition(entry: PartEntry | TogetherEntry) -> Condition:
    if isinstance(entry, TogetherEntry):
        return _together(entry)
    return Part(
        entry.signal,
        entry.count,
        entry.min_score,
        tuple(entry.assertion),
        tuple(entry.groups),
        tuple(entry.tags),
    )


def _inside(together: Together, at: Location) -> Iterator[tuple[Location, Condition]]:
    for key, conditions in (("all", together.all), ("any", together.any), ("none", together.none)):
        for index, one in enumerate(conditions):
            yield (*at, key, index), one


def _togethers(together: Together, at: Location) -> Iterator[tuple[Location, Together]]:
    yield at, together
    for where, one in _inside(together, at):
        if isinstance(one, Together):
            yield from _togethers(one, where)


def _parts(together: Together, at: Location) -> Iterator[tuple[Location, Part]]:
    for where, one in _inside(together, at):
        if isinstance(one, Part):
            yield where, one
        else:
            yield from _parts(one, where)


def _barred_twice(together: Together, at: Location) -> Iterator[tuple[Location, Part]]:
    """Parts under `none` that hold whenever one under `all` does."""
    for index, barred in enumerate(together.none):
        for asked in together.all:
            if isinstance(asked, Part) and isinstance(barred, Part) and _covers(barred, asked):
                yield (*at, "none", index), barred


def _covers(wide: Part, narrow: Part) -> bool:
    return (
        wide.signal == narrow.signal
        and wide.count <= narrow.count
        and wide.min_score <= narrow.min_score
        and (not wide.assertion or (bool(narrow.assertion) and set(narrow.assertion) <= set(wide.assertion)))
        and set(wide.groups) <= set(narrow.groups)
        and (not wide.tags or (bool(narrow.tags) and set(narrow.tags) <= set(wide.tags)))
    )
