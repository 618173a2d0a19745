"""The routing tree: which channels hear of a subject, and which line of routes.yaml says so."""

from __future__ import annotations

from dataclasses import replace

from watcher.alerting.globs import any_glob
from watcher.model.alert import Condition, Destination, Route, Routing, Subject


def destinations(routing: Routing, subject: Subject) -> tuple[Destination, ...]:
    """The channels of the first route that holds, and of those after it while they are marked `continue: true`.

    Each channel comes once, with the route that named it first; the first escalation named for it stays with it.
    """
    found: dict[str, Destination] = {}
    for number, route in enumerate(routing.routes, start=1):
        if not applies(route.when, subject):
            continue
        for channel in route.to:
            known = found.get(channel)
            if known is None:
                found[channel] = Destination(channel, _reason(number, route), route.escalate, route.grouping)
            elif known.escalate is None and route.escalate is not None:
                reason = f"{known.reason}; escalates by {_reason(number, route)}"
                found[channel] = replace(known, reason=reason, escalate=route.escalate)
        if not route.proceed:
            break
    return tuple(found.values())


def applies(condition: Condition, subject: Subject) -> bool:
    """Whether everything that the condition asks for holds; an empty one always does."""
    return (
        any_glob(condition.signal, subject.signal_id)
        and any_glob(condition.source, subject.source_id)
        and any_glob(condition.publisher, subject.publisher)
        and _strong_enough(condition, subject)
        and (not condition.assertion or subject.assertion in condition.assertion)
        and (not condition.tags or not subject.tags.isdisjoint(condition.tags))
        and (not condition.language or any(_same_language(one, subject.language) for one in condition.language))
    )


def _strong_enough(condition: Condition, subject: Subject) -> bool:
    return (
        (not condition.severity or subject.severity in condition.severity)
        and (condition.min_severity is None or subject.severity.rank >= condition.min_severity.rank)
        and (condition.min_score is None or subject.score >= condition.min_score)
    )


def _same_language(wanted: str, given: str) -> bool:
    """`en` is every English, `en-GB` only itself."""
    wanted, given = wanted.casefold().replace("_", "-"), given.casefold().replace("_", "-")
    return given == wanted or given.startswith(wanted + "-")


def _reason(number: int, route: Route) -> str:
    return f"route {number} (line {route.line})" if route.line else f"route {number}"
