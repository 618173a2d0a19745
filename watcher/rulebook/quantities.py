"""The quantities of a signal: figures beside what it finds, checked against its groups."""

from __future__ import annotations

from watcher.model.signal import QuantityRule
from watcher.rulebook.notebook import Location, Notebook
from watcher.rulebook.signal_file import SignalFile
from watcher.rulebook.suggest import hint


def build_quantities(file: SignalFile, note: Notebook) -> tuple[QuantityRule, ...]:
    """In the order of the file; a group that is not there is noted and left out."""
    found: list[QuantityRule] = []
    for name, entry in file.quantities.items():
        at = ("quantities", name)
        if name in file.groups:
            note.error("S230", at, f"`{name}` is the name of a group too: evidence is known by these names")
        near = entry.near if entry.near is None or _known(entry.near, file, note, (*at, "near")) else None
        written = note.places.has((*at, "subject", 0))
        subjects = tuple(
            group
            for index, group in enumerate(entry.subject)
            if _known(group, file, note, (*at, "subject", index) if written else (*at, "subject"))
        )
        found.append(QuantityRule(name, entry.unit, near, entry.within, subjects, entry.moves))
    return tuple(found)


def _known(group: str, file: SignalFile, note: Notebook, at: Location) -> bool:
    if group in file.groups:
        return True
    note.error("S229", at, f"no group `{group[:60]}`{hint(group, file.groups, 'groups')}")
    return False
