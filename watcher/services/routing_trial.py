"""Where an alert would go and why, without one: `watcher routes test`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from watcher.alerting.ladder import begin
from watcher.alerting.quiet import quiet_by
from watcher.alerting.route import destinations, unmet
from watcher.alerting.silence import holds, silenced_by
from watcher.model.alert import Channel, Destination, Routing, Silence, Subject
from watcher.model.signal import Severity
from watcher.services.compose import rfc3339


def trial(routing: Routing, subject: Subject, silences: Iterable[Silence], now: datetime) -> dict[str, Any]:
    """`{"routes": [...], "muted_by": [...], "goes_to": [...]}`, with a reason for everything.

    `muted_by` holds sentences; critical alerts are not held up by quiet hours. Of inhibitions it says which may mute
    it.
    """
    routed = destinations(routing, subject, now)
    return {
        "at": rfc3339(now),
        "routes": _routes(routing, subject, now),
        "muted_by": _mutes(routing, subject, silences, now),
        "may_be_muted_by": [
            f"{each.name}: while an alert of {', '.join(each.by)} stands for the same story"
            for each in routing.inhibitions
            if all(holds(matcher, subject) for matcher in each.matchers)
        ],
        "goes_to": [_destination(routing, one, subject, now) for one in routed],
    }


def _routes(routing: Routing, subject: Subject, now: datetime) -> list[dict[str, Any]]:
    rows, stopped = [], ""
    for number, route in enumerate(routing.routes, start=1):
        missing = unmet(route.when, subject, now)
        taken = not stopped and not missing
        if stopped:
            why = f"not read: {stopped}"
        elif missing:
            why = f"does not hold: {', '.join(missing)}"
        else:
            why = "holds" + (", and the search goes on" if route.proceed else "")
        rows.append({"route": number, "line": route.line, "taken": taken, "to": list(route.to), "why": why})
        if taken and not route.proceed:
            stopped = f"route {number} ended the search"
    return rows


def _mutes(routing: Routing, subject: Subject, silences: Iterable[Silence], now: datetime) -> list[str]:
    found = []
    if silence := silenced_by(silences, subject, now):
        found.append(f"silence {silence.id} of {silence.created_by}, until {rfc3339(silence.ends_at)}")
    if (quiet := quiet_by(routing.quiet_hours, subject, now)) and subject.severity is not Severity.CRITICAL:
        found.append(f"quiet hours {quiet[0].name}, until {rfc3339(quiet[1])}")
    return found


def _destination(routing: Routing, one: Destination, subject: Subject, now: datetime) -> dict[str, Any]:
    channel = routing.channels[one.channel]
    return {
        "channel": one.channel,
        "kind": channel.kind,
        "because": one.reason,
        "when": _when(channel, one, subject),
        "escalates": _ladder(routing, one, now),
    }


def _when(channel: Channel, one: Destination, subject: Subject) -> str:
    if channel.digest:
        times = ", ".join(f"{at:%H:%M}" for at in channel.digest.at)
        return f"in the digest at {times} {channel.digest.timezone}"
    if subject.severity is Severity.CRITICAL:
        return "at once"
    if one.grouping:
        return f"grouped by {', '.join(one.grouping.by)}, after {_length(one.grouping.wait)} without another"
    if channel.limit:
        per = _length(channel.limit.per)
        return f"at once, unless {channel.limit.most} were told in the last {per}"
    return "at once"


def _ladder(routing: Routing, one: Destination, now: datetime) -> list[str]:
    if one.escalate is None:
        return []
    ladder = routing.escalations[one.escalate]
    first = begin(ladder, "", "", now)
    steps = [f"after {_length(step.after)} to {', '.join(step.to)}" for step in ladder.steps]
    begins = f"{ladder.name}: first step at {rfc3339(first.next_at or now)}"
    again = [f"then {ladder.repeat} times more"] if ladder.repeat else []
    return [begins, *steps, *again]


def _length(time: timedelta) -> str:
    """In the largest unit in which it is whole."""
    seconds = int(time.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
