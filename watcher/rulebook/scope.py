"""What a signal may refer to: lexicons by name, and their lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from watcher.model.signal import Lexicon, Term
from watcher.rulebook.notebook import Location, Notebook
from watcher.rulebook.suggest import hint


@dataclass(frozen=True, slots=True)
class Shared:
    """All lexicons. With one that could not be read (`complete` False) nothing is called unknown."""

    lexicons: Mapping[str, Lexicon]
    complete: bool = True

    def scope(self, use: Sequence[str], note: Notebook) -> Scope:
        """The scope of a signal with this `use`; unknown names are noted. No names: every lexicon."""
        found: list[str] = []
        for index, name in enumerate(use):
            named = self._named(name)
            if not named and self.complete:
                note.error("S211", ("use", index), f"no lexicon `{name}`{hint(name, self.lexicons, 'lexicons')}")
            found += [key for key in named if key not in found]
        return Scope(self, tuple(found), self._lists(found or self.lexicons))

    def _named(self, name: str) -> list[str]:
        """The lexicon of that name and its editions by language: `assertion` takes in assertion-en."""
        own = [name] if name in self.lexicons else []
        editions = (
            key for key, one in self.lexicons.items() if one.language and key == f"{name}-{one.language}".lower()
        )
        return own + [key for key in editions if key != name]

    def _lists(self, names: Sequence[str] | Mapping[str, Lexicon]) -> dict[str, tuple[Term, ...]]:
        found: dict[str, tuple[Term, ...]] = {}
        for name in names:
            for key, terms in self.lexicons[name].lists.items():
                found[key] = found[key] + terms if key in found else terms
        return found


@dataclass(frozen=True, slots=True)
class Scope:
    """`use` are the ids of the lexicons that a signal uses (none: all); `lists` theirs, those of one name together."""

    shared: Shared
    use: tuple[str, ...]
    lists: Mapping[str, tuple[Term, ...]]

    def resolve(self, text: str, note: Notebook, at: Location) -> str | None:
        """The name of the list that `$name` stands for, or None and a finding."""
        name = text[1:].strip()
        holders = [key for key in self.use or self.shared.lexicons if name in self.shared.lexicons[key].lists]
        languages = [self.shared.lexicons[key].language for key in holders]
        if len(languages) > len(set(languages)):  # editions by language are meant to share a name
            note.warn("S227", at, f"`${name}` is in the lexicons {' and '.join(holders)}: the terms of both are taken")
        if holders or not self.shared.complete:
            return name
        elsewhere = [key for key, lexicon in self.shared.lexicons.items() if name in lexicon.lists]
        if elsewhere:
            note.error("S210", at, f"the list `${name}` is in the lexicon `{elsewhere[0]}`: add that to `use`")
        else:
            note.error("S210", at, f"no list `${name}`{hint(name, self.lists, 'lists')}")
        return None
