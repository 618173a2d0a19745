"""What is wrong between routes.yaml and the rest: names that do not exist, alerts that nobody gets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from watcher.alerting.globs import glob_matches
from watcher.model.alert import Condition, Routing
from watcher.rulebook.notebook import Location, Notebook
from watcher.rulebook.suggest import hint


@dataclass(frozen=True, slots=True)
class Known:
    """Names that routes may use. Those of files that failed are in it too: one fault should not show twice."""

    channels: frozenset[str]
    signals: frozenset[str]
    sources: frozenset[str]


def lint_routing(routing: Routing, note: Notebook, known: Known) -> None:
    """Run every check of ROUTE_CHECKS."""
    for check in ROUTE_CHECKS:
        check(routing, note, known)


def _channels_exist(routing: Routing, note: Notebook, known: Known) -> None:
    for at, names in _targets(routing, note):
        for index, name in enumerate(names):
            if name not in known.channels:
                key = "channels" if at == ("operator",) else "to"
                where = (*at, key, index) if note.places.has((*at, key, index)) else (*at, key)
                note.error("R410", where, f"no channel `{name}`{hint(name, known.channels, 'channels')}")


def _escalations_exist(routing: Routing, note: Notebook, known: Known) -> None:
    for index, route in enumerate(routing.routes):
        if route.escalate is not None and route.escalate not in routing.escalations:
            near = hint(route.escalate, routing.escalations, "escalations")
            note.error("R411", ("routes", index, "escalate"), f"no escalation `{route.escalate}`{near}")


def _signals_exist(routing: Routing, note: Notebook, known: Known) -> None:
    places: list[tuple[Location, Iterable[str]]] = [
        (("routes", index, "when", "signal"), route.when.signal) for index, route in enumerate(routing.routes)
    ]
    for index, quiet in enumerate(routing.quiet_hours):
        named = [matcher.value for matcher in quiet.matchers if matcher.field == "signal"]
        places.append((("quiet_hours", index, "when", "signal"), named))
    for index, inhibition in enumerate(routing.inhibitions):
        places.append((("inhibit", index, "by"), inhibition.by))
        muted = [matcher.value for matcher in inhibition.matchers if matcher.field == "signal"]
        places.append((("inhibit", index, "mute", "signal"), muted))
    for at, names in places:
        for number, name in enumerate(names):
            where = (*at, number) if note.places.has((*at, number)) else at
            if "*" in name:
                if not any(glob_matches(name, signal) for signal in known.signals):
                    note.warn("R412", where, f"no signal is like `{name}`")
            elif name not in known.signals:
                note.error("R412", where, f"no signal `{name}`{hint(name, known.signals, 'signals')}")


def _sources_exist(routing: Routing, note: Notebook, known: Known) -> None:
    for index, route in enumerate(routing.routes):
        for name in route.when.source:
            if not any(glob_matches(name, source) for source in known.sources):
                near = hint(name, known.sources, "sources")
                note.warn("R423", ("routes", index, "when", "source"), f"no source `{name}`{near}")


def _all_taken(routing: Routing, note: Notebook, known: Known) -> None:
    if not any(route.when == Condition() for route in routing.routes):
        at: Location = ("routes", len(routing.routes) - 1) if routing.routes else ("routes",)
        note.warn("R413", at, "alerts that no route fits are sent nowhere: end with `- {to: [...]}`, without `when`")


def _all_reached(routing: Routing, note: Notebook, known: Known) -> None:
    taken = 0
    for index, route in enumerate(routing.routes):
        if taken:
            note.warn("R414", ("routes", index), f"never reached: the route in line {taken} takes everything")
        elif route.when == Condition() and not route.proceed:
            taken = route.line


def _all_used(routing: Routing, note: Notebook, known: Known) -> None:
    used = {name for _, names in _targets(routing, note) for name in names}
    for name in routing.channels:
        if name not in used:
            note.warn("R420", ("channels", name), f"no route and no escalation uses the channel `{name}`")


def _quiet_names(routing: Routing, note: Notebook, known: Known) -> None:
    seen: set[str] = set()
    for index, quiet in enumerate(routing.quiet_hours):
        if quiet.name in seen:
            note.error("R421", ("quiet_hours", index, "name"), f"quiet hours `{quiet.name}` are defined twice")
        seen.add(quiet.name)


def _pagers_wake_for_alerts(routing: Routing, note: Notebook, known: Known) -> None:
    for name, channel in routing.channels.items():
        if channel.digest is not None and getattr(channel.options, "pages", False):
            words = f"a digest pages whoever is on call; give it to a channel that is read, and `{name}` the alerts"
            note.warn("R426", ("channels", name, "digest"), words)


def _targets(routing: Routing, note: Notebook) -> list[tuple[Location, tuple[str, ...]]]:
    targets: list[tuple[Location, tuple[str, ...]]] = [
        (("routes", index), route.to) for index, route in enumerate(routing.routes)
    ]
    for name, ladder in routing.escalations.items():
        targets += [((*_steps(name, note), index), step.to) for index, step in enumerate(ladder.steps)]
    return [*targets, (("operator",), routing.operator)]


def _steps(name: str, note: Notebook) -> Location:
    """Where a ladder's steps stand: it is a list of them, or a mapping with one."""
    at: Location = ("escalations", name)
    return (*at, "steps") if note.places.has((*at, "steps")) else at


ROUTE_CHECKS: Final[tuple[Callable[[Routing, Notebook, Known], None], ...]] = (
    _channels_exist,
    _escalations_exist,
    _signals_exist,
    _sources_exist,
    _all_taken,
    _all_reached,
    _all_used,
    _quiet_names,
    _pagers_wake_for_alerts,
)
