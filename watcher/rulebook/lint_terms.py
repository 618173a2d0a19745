"""Terms that add nothing: those that another one finds already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from watcher.detection.terms import written
from watcher.model.signal import Group, Lexicon, Signal, Term
from watcher.rulebook.notebook import Notebook
from watcher.rulebook.redundant import Shelf, redundant
from watcher.rulebook.terms import parse
from watcher.rulebook.yaml import Data

Lists = Mapping[str, tuple[Term, ...]]
_SHOWN: Final = 3


def note_redundant(signal: Signal, data: Data, note: Notebook, lists: Lists, shelf: Shelf) -> None:
    """S232 for each own term of a group that another one of the group, or of a list that it names, finds."""
    for group in signal.groups:
        others = [shelf.of(lists[name]) for name in group.lists if name in lists]
        for index, wide in redundant(shelf.of(group.terms), others):
            term = group.terms[index]
            holder = next((name for name in reversed(group.lists) if wide in lists.get(name, ())), None)
            whence = f" of `${holder}`" if holder else ""
            message = f"`{written(term)}` is found by `{written(wide)}`{whence} already: leave it out"
            note.warn("S232", _place(group, term, data), message)


def _place(group: Group, term: Term, data: Data) -> tuple[str | int, ...]:
    """Where the file has the term."""
    groups = data.get("groups") if isinstance(data, dict) else None
    entry = groups.get(group.name) if isinstance(groups, dict) else None
    texts = entry.get("any") if isinstance(entry, dict) else entry
    for index, text in enumerate(texts if isinstance(texts, list) else ()):
        if isinstance(text, str) and not text.startswith("$") and parse(text) == term:
            return ("groups", group.name, index) if isinstance(entry, list) else ("groups", group.name, "any", index)
    return ("groups", group.name)


def advise_on_lists(lexicon: Lexicon, note: Notebook, shelf: Shelf) -> None:
    """L320 once for a list: long lists may well name every form, but whoever tidies one should know."""
    for name, terms in lexicon.lists.items():
        if found := list(redundant(shelf.of(terms))):
            such = ", ".join(f"`{written(terms[index])}` by `{written(wide)}`" for index, wide in found[:_SHOWN])
            note.advise("L320", ("lists", name), f"{len(found)} terms of `{name}` are found by others already: {such}")
