"""Patterns that can be read and never hold, and patterns that stand there twice."""

from __future__ import annotations

from collections.abc import Mapping

from watcher.detection.language import primary
from watcher.model.signal import Group, Pattern, Signal, Term
from watcher.rulebook.notebook import Notebook
from watcher.rulebook.slots import needed, slots_of

Lists = Mapping[str, tuple[Term, ...]]


def patterns_can_hold(signal: Signal, note: Notebook, lists: Lists) -> None:
    """Nothing is asked for and barred at once, and the words have room."""
    required = {group.name for group in signal.groups if group.required}
    finding = {group.name: _finding(group, lists) for group in signal.groups}
    for index, pattern in enumerate(signal.patterns):
        at = ("patterns", index)
        told = f"`{pattern.text[:80]}` can never hold"
        wanted = needed(pattern.slots) | set(pattern.around)
        for name in pattern.without:
            if name in wanted:
                message = f"{told}: it needs the group `{name}` and bars it; take `{name}` out of `without`"
                note.error("S231", at, message)
            elif name in required:
                message = f"{told}: the group `{name}` is `required: true`, and this bars it; give up one of them"
                note.error("S231", at, message)
            elif covering := _covering(finding, name, sorted(needed(pattern.slots))):
                message = f"{told}: all terms of `{covering}` are also in `{name}`, which it bars; part the two"
                note.error("S231", at, message)
        slots = sum(1 for slot in slots_of(pattern) if not slot.optional and (slot.group or slot.words))
        if pattern.any_order and pattern.within < slots:
            message = f"{told}: {slots} things cannot stand within {pattern.within} words; write `within {slots * 5}`"
            note.error("S231", at, message)


def _covering(finding: Mapping[str, frozenset[Term]], barred: str, names: list[str]) -> str | None:
    """The needed group that is found only where the barred one is."""
    if barred not in finding:
        return None
    for name in names:
        own = finding.get(name, frozenset())
        if own and own <= finding[barred]:
            return name
    return None


def _finding(group: Group, lists: Lists) -> frozenset[Term]:
    own = (*group.terms, *(term for name in group.lists for term in lists.get(name, ())))
    return frozenset(term for term in own if not term.shield)


def patterns_speak_their_languages(signal: Signal, note: Notebook, lists: Lists) -> None:
    """Each group that a pattern needs has terms in each language that the pattern is for."""
    spoken = {group.name: _languages(group, lists) for group in signal.groups}
    for index, pattern in enumerate(signal.patterns):
        for name in sorted(needed(pattern.slots) | set(pattern.around)):
            known = spoken.get(name, frozenset({None}))
            mute = [code for code in pattern.languages if None not in known and code not in known]
            if mute and known:
                message = (
                    f"`{pattern.text[:80]}` is for {', '.join(mute)}, and the group `{name}` has no terms there: "
                    "it never holds in such documents; add terms, or take the language out"
                )
                note.warn("S236", ("patterns", index), message)


def _languages(group: Group, lists: Lists) -> frozenset[str | None]:
    """The languages of a group's terms; None stands for all of them."""
    return frozenset(primary(term.language) if term.language else None for term in _finding(group, lists))


def patterns_differ(signal: Signal, note: Notebook, lists: Lists) -> None:
    """No pattern is written twice."""
    seen: dict[Pattern, int] = {}
    for index, pattern in enumerate(signal.patterns):
        if (first := seen.setdefault(_bare(pattern), index)) != index:
            line = note.line(("patterns", first))
            note.warn("S233", ("patterns", index), f"`{pattern.text[:80]}` is already written in line {line}")


def _bare(pattern: Pattern) -> Pattern:
    return Pattern(
        "",
        pattern.slots,
        pattern.within,
        tuple(sorted(pattern.near)),
        tuple(sorted(pattern.without)),
        pattern.any_order,
        tuple(sorted(pattern.languages)),
        tuple(sorted(pattern.beside)),
    )
