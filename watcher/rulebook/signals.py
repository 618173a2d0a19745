"""signals/<id>.yaml → Signal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from pydantic import ValidationError

from watcher.detection.patterns import PatternError, parse_pattern
from watcher.model.signal import Fields, Group, Pattern, RuleTest, Severity, Signal, Term
from watcher.rulebook.complaints import complain
from watcher.rulebook.fields import NAME_FORM
from watcher.rulebook.meaning import meaning_of
from watcher.rulebook.notebook import Location, Notebook
from watcher.rulebook.quantities import build_quantities
from watcher.rulebook.scope import Scope, Shared
from watcher.rulebook.signal_file import FieldsEntry, GroupEntry, SequenceTest, SignalFile, TextTest
from watcher.rulebook.terms import AGAIN, read_term
from watcher.rulebook.yaml import Data

_PATTERN_WORDS: Final = frozenset({"within", "in", "any", "order", "near", "beside", "without", "for"})


def build_signal(data: Data, stem: str, note: Notebook, shared: Shared) -> tuple[Signal, Scope] | None:
    """The signal with its scope, or None if the file's shape is wrong; what cannot be read is noted and left out."""
    try:
        file = SignalFile.model_validate(data)
    except ValidationError as error:
        complain(error, note, "S2", SignalFile)
        return None
    if file.id != stem:
        note.error("S206", ("id",), f"the id is `{file.id}` and the file is {stem}.yaml: give both one name")
    scope = shared.scope(file.use, note)
    signal = Signal(
        id=file.id,
        title=file.title,
        groups=_groups(file, note, scope),
        patterns=_patterns(file, note),
        exclude=_exclude(file, note, scope),
        alert_at=file.alert_at,
        version=file.version,
        status=file.status,
        question=file.question,
        owner=file.owner,
        max_age=file.max_age,
        story_window=file.story_window,
        use=scope.use,
        tags=tuple(file.tags),
        references=tuple(file.references),
        false_positives=tuple(file.false_positives),
        tests=_tests(file, note),
        quantities=build_quantities(file, note),
        fields=_fields(file.fields),
        meaning=meaning_of(file),
        path=note.path,
        line=note.line(("id",)),
        **read_bands(file.severity, note),
    )
    return signal, scope


def _groups(file: SignalFile, note: Notebook, scope: Scope) -> tuple[Group, ...]:
    if not file.groups:
        note.error("S215", ("groups",), "a signal needs at least one group of terms: what should be found?")
    for name in file.groups:
        _check_name(name, file, note)
    return tuple(_group(name, entry, note, scope) for name, entry in file.groups.items())


def _check_name(name: str, file: SignalFile, note: Notebook) -> None:
    at = ("groups", name)
    if not NAME_FORM.fullmatch(name):
        note.error(
            "S221", at, f"`{name[:60]}` cannot name a group: small letters, digits and hyphens, such as `dam-wall`"
        )
    if name in _PATTERN_WORDS:
        message = (
            f"`{name}` is a word of the pattern language, and no pattern could name the group: write `{name}-words`"
        )
        note.error("S221", at, message)
    stem = name.removesuffix("-passive").removesuffix("-noun")
    if stem != name and stem in file.groups:
        note.error("S221", at, f"`{name}` is how patterns write a form of the group `{stem}`: choose another name")


def _group(name: str, entry: GroupEntry, note: Notebook, scope: Scope) -> Group:
    terms, lists = _terms(name, "any", entry.any, note, scope)
    again, again_lists = _terms(name, "again", entry.again, note, scope)
    return Group(
        name=name,
        weight=entry.weight,
        terms=terms,
        lists=lists,
        required=entry.required,
        fields=_fields(entry.fields) if entry.fields else None,
        again=again,
        again_lists=again_lists,
    )


def _terms(
    name: str, key: str, texts: Sequence[str], note: Notebook, scope: Scope
) -> tuple[tuple[Term, ...], tuple[str, ...]]:
    """The terms that are written under a key of a group, and the lists that are named there."""
    terms: list[Term] = []
    named: list[str] = []
    seen: set[str] = set()
    for index, text in enumerate(texts):
        at = ("groups", name, key, index)
        folded = text if text.startswith("=") else text.casefold()
        if folded in seen:
            code = "S225" if text.startswith("$") else "S218"
            note.warn(code, at, f"`{text}` stands twice in the group `{name}`")
            continue
        seen.add(folded)
        if text.startswith("$"):
            if (found := scope.resolve(text, note, at)) is not None:
                named.append(found)
            if key != "again" and text.endswith(AGAIN):
                note.error("S217", at, f"`{text}` holds words such as “they”: only `again` may name it")
        elif term := read_term(text, note, at, "S212", "S217" if key == "any" else ""):
            terms.append(term)
    return tuple(terms), tuple(named)


def _fields(entry: FieldsEntry) -> Fields:
    return Fields(entry.title, entry.lead, entry.body)


def _patterns(file: SignalFile, note: Notebook) -> tuple[Pattern, ...]:
    patterns: list[Pattern] = []
    for index, text in enumerate(file.patterns):
        try:
            patterns.append(parse_pattern(text, file.groups.keys()))
        except PatternError as error:
            note.error("S213", ("patterns", index), f"`{text[:80]}`: {error}")
    return tuple(patterns)


def _exclude(file: SignalFile, note: Notebook, scope: Scope) -> tuple[Term, ...]:
    terms: list[Term] = []
    for index, text in enumerate(file.exclude):
        at = ("exclude", index)
        if text.startswith("$"):
            terms += scope.lists.get(scope.resolve(text, note, at) or "", ())
        elif term := read_term(text, note, at, "S212", "S217"):
            terms.append(term)
    return tuple(terms)


def read_bands(severity: dict[Severity, int] | None, note: Notebook) -> dict[str, tuple[tuple[Severity, int], ...]]:
    """The field `severity` of a signal, or nothing if the file leaves it out."""
    if severity is None:
        return {}
    bands = sorted(severity.items(), key=lambda band: band[0].rank)
    for (lower, floor), (upper, score) in pairwise(bands):
        if score <= floor:
            message = f"{upper} begins at {score} and {lower} at {floor}: a stronger band begins at a higher score"
            note.error("S214", ("severity", upper.value), message)
    return {"severity": tuple(bands)}


def _tests(file: SignalFile, note: Notebook) -> tuple[RuleTest, ...]:
    tests: list[RuleTest] = []
    for index, entry in enumerate(file.tests):
        if isinstance(entry, SequenceTest):
            tests += read_sequence(index, entry, note)
        else:
            tests.append(_test(entry, note, ("tests", index)))
    return tuple(tests)


def read_sequence(index: int, entry: SequenceTest, note: Notebook) -> list[RuleTest]:
    """The steps of a sequence, which is the test number `index` of its file."""
    steps: list[RuleTest] = []
    for number, step in enumerate(entry.sequence):
        at = ("tests", index, "sequence", number)
        plain = _test(step, note, at)
        if steps and step.at < steps[-1].at:
            note.error("T603", (*at, "at"), "this step comes before the one above it: put the steps in order of time")
        steps.append(replace(plain, sequence=index, at=step.at, same_story=step.same_story))
    return steps


def _test(entry: TextTest, note: Notebook, at: Location) -> RuleTest:
    if not (entry.text or "").strip() and not (entry.title or "").strip():
        note.error("T604", at, "a test needs a `text`, a `title` or both")
    return RuleTest(
        text=entry.text or "",
        expect=entry.expect,
        title=entry.title or "",
        assertion=entry.assertion,
        language=entry.language,
        line=note.line(at),
    )
