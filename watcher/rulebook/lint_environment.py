"""Variables that channels and sources refer to and that are not set where the check runs: names, never values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from watcher.rulebook.notebook import Location, Notebook
from watcher.rulebook.options import references
from watcher.rulebook.yaml import Data

Kinds = Mapping[str, type[BaseModel]]
_SHOWN = 60


def note_unset_channels(data: Data, note: Notebook, kinds: Kinds, environment: Mapping[str, str]) -> None:
    """R427 for each variable that a channel of routes.yaml refers to in vain."""
    channels = data.get("channels") if isinstance(data, dict) else None
    for name, values in channels.items() if isinstance(channels, dict) else ():
        if isinstance(values, dict):
            _note("R427", _unset(kinds.get(str(values.get("kind"))), values, environment), note, ("channels", name))


def note_unset_sources(data: Data, note: Notebook, kinds: Kinds, environment: Mapping[str, str]) -> None:
    """F517 for each variable that a source refers to in vain, or the defaults do; what is disabled needs none."""
    if not isinstance(data, dict):
        return
    defaults, written = data.get("defaults"), data.get("sources")
    common = defaults if isinstance(defaults, dict) else {}
    for index, values in enumerate(written if isinstance(written, list) else ()):
        if not isinstance(values, dict) or not (common | values).get("enabled", True):
            continue
        model = kinds.get(str((common | values).get("kind")))
        inherited = {key: value for key, value in common.items() if key not in values}
        _note("F517", _unset(model, values, environment), note, ("sources", index))
        _note("F517", _unset(model, inherited, environment), note, ("defaults",))


def _unset(
    model: type[BaseModel] | None, values: Mapping[str, Data], environment: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    for key, name in references(model, values) if model else ():
        if not environment.get(name, "").strip():
            yield key, name


def _note(code: str, found: Iterator[tuple[str, str]], note: Notebook, at: Location) -> None:
    for key, name in found:
        note.advise(code, (*at, key), f"`{key}` is env:{name[:_SHOWN]}, and this variable is not set here")
