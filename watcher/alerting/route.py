"""The routing tree: which channels hear of a subject, and which line of routes.yaml says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from watcher.alerting.globs import any_glob
from watcher.alerting.recurring import within
from watcher.model.alert import Condition, Destination, Route, Routing, Subject


def destinations(routing: Routing, subject: Subject, now: datetime) -> tuple[Destination, ...]:
    """The channels of the first route that holds at `now`, and of those after it while they say `continue: true`.

    Each channel comes once, with the route that named it first; the first escalation named for it stays with it.
    """
    found: dict[str, Destination] = {}
    for number, route in enumerate(routing.routes, start=1):
        if not applies(route.when, subject, now):
            continue
        for channel in route.to:
            known = found.get(channel)
            if known is None:
                found[channel] = Destination(
                    channel, _reason(number, route), route.escalate, route.grouping, route.expire_after
                )
            elif known.escalate is None and route.escalate is not None:
                reason = f"{known.reason}; escalates by {_reason(number, route)}"
                found[channel] = replace(known, reason=reason, escalate=route.escalate)
        if not route.proceed:
            break
    return tuple(found.values())


def applies(condition: Condition, subject: Subject, now: datetime) -> bool:
    """Whether everything that the condition asks for holds; an empty one always does."""
    return not unmet(condition, subject, now)


def unmet(condition: Condition, subject: Subject, now: datetime) -> tuple[str, ...]:
    """The keys of the condition that do not hold, as routes.yaml names them."""
    held = {
        "signal": any_glob(condition.signal, subject.signal_id),
        "source": any_glob(condition.source, subject.source_id),
        "publisher": any_glob(condition.publisher, subject.publisher),
        "severity": not condition.severity or subject.severity in condition.severity,
        "min_severity": condition.min_severity is None or subject.severity.rank >= condition.min_severity.rank,
        "min_score": condition.min_score is None or subject.score >= condition.min_score,
        "assertion": not condition.assertion or subject.assertion in condition.assertion,
        "tags": not condition.tags or not subject.tags.isdisjoint(condition.tags),
        "language": not condition.language or any(_same_language(one, subject.language) for one in condition.language),
        "hours": condition.hours is None or within(condition.hours, now),
    }
    return tuple(name for name, holds in held.items() if not holds)


def _same_language(wanted: str, given: str) -> bool:
    """`en` is every English, `en-GB` only itself."""
    wanted, given = wanted.casefold().replace("_", "-"), given.casefold().replace("_", "-")
    return given == wanted or given.startswith(wanted + "-")


def _reason(number: int, route: Route) -> str:
    return f"route {number} (line {route.line})" if route.line else f"route {number}"
