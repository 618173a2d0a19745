"""Is the watcher itself well, and what of that is news to its operators? Pure: what was found in, checks out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.model.signal import Severity
from watcher.model.vitals import Check, Vitals

STUCK = timedelta(minutes=30)
"""A delivery that waits for so long: beyond the third try, and beyond what a burst takes at one message a second."""
STALLED = timedelta(minutes=2)
"""The same document at the head of the queue: a batch takes a second or two."""
SILENT = timedelta(minutes=30)
"""No source answered for so long, however many there are."""
LATE = timedelta(minutes=2)
"""A job that is overdue by so much: its longest request is over by then."""
LATE_OF = {"archive": timedelta(minutes=15), "enrich": timedelta(minutes=10), "subscribe": timedelta(minutes=10)}
"""Those that may honestly take longer."""
DISK_SHARE, DISK_ENOUGH, DISK_LEAST = 0.05, 5 * 10**9, 2 * 10**8
"""Nearly full: less than 5 % is free and less than 5 GB, or less than 200 MB in any case."""
AGAIN = timedelta(hours=1)
"""A trouble that changes its face (more dead ones, another channel) is told again after so long."""


@dataclass(frozen=True, slots=True)
class Told:
    """What operators know of a check: its state, since when, and when they were last told."""

    state: str
    since: datetime
    told_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """A check whose state is news; `recovered`: it is well again, after having been `since` then."""

    check: Check
    since: datetime
    recovered: bool = False


def examine(found: Vitals, now: datetime, started_at: datetime) -> tuple[Check, ...]:
    """Every check, well or not, in the order in which they are shown. What took place before the start, or could not
    while nobody ran, counts from `started_at`."""
    return (
        _pipeline(found),
        _schedule(found),
        _sources(found, now, started_at),
        _stuck(found, now, started_at),
        _dead(found),
        _orphaned(found),
        _disk(found),
        _rules(found),
    )


def news(told: Mapping[str, Told], checks: Iterable[Check], now: datetime) -> tuple[list[Change], dict[str, Told]]:
    """What is to be told, and what operators know afterwards: each change of state once, and its end."""
    changes: list[Change] = []
    after: dict[str, Told] = {}
    for check in checks:
        known = told.get(check.name)
        if check.ok:
            if known:
                changes.append(Change(check, known.since, recovered=True))
        elif known is None:
            changes.append(Change(check, now))
            after[check.name] = Told(check.state, now, now)
        elif check.state != known.state and now - known.told_at >= AGAIN:
            changes.append(Change(check, known.since))
            after[check.name] = Told(check.state, known.since, now)
        else:
            after[check.name] = known
    return changes, after


def _pipeline(found: Vitals) -> Check:
    name = "pipeline"
    if found.stalled_for >= STALLED:
        text = f"documents wait, and the first of them has for {_minutes(found.stalled_for)}"
        return Check(name, text, "stalled", Severity.CRITICAL, vital=True)
    if found.set_aside:
        text = f"{found.set_aside} documents could not be judged (document.set_aside in the log) and wait for a restart"
        return Check(name, text, "set aside")
    return Check(name, "documents are judged as they arrive", vital=True)


def _schedule(found: Vitals) -> Check:
    late = {name: by for name, by in found.late.items() if by >= LATE_OF.get(name, LATE)}
    if not late:
        return Check("schedule", "every job runs on time", vital=True)
    text = ", ".join(f"{name} by {_minutes(by)}" for name, by in sorted(late.items()))
    return Check("schedule", f"jobs are late: {text}", "late", vital=True)


def _sources(found: Vitals, now: datetime, started_at: datetime) -> Check:
    if found.polled_at is None:
        return Check("sources", "no source is polled", vital=True)
    silent = now - max(found.polled_at, started_at)
    if silent < SILENT:
        return Check("sources", f"the last good answer came {_ago(now - found.polled_at)}", vital=True)
    text = f"no source has answered for {_minutes(silent)}: `watcher sources` says why"
    return Check("sources", text, "silent", vital=True)


def _stuck(found: Vitals, now: datetime, started_at: datetime) -> Check:
    stuck = {name: (count, since) for name, (count, since) in found.waiting.items() if now - since >= STUCK}
    if not stuck:
        waiting = sum(count for count, _ in found.waiting.values())
        return Check("deliveries", f"{waiting} wait, none for long", vital=True)
    text = ", ".join(f"{count} for {name}, the oldest {_ago(now - since)}" for name, (count, since) in stuck.items())
    # Right after a stop everything is old, and about to leave.
    if now - started_at < STUCK / 2:
        return Check("deliveries", f"waiting since before the start: {text}", vital=True)
    return Check("deliveries", f"waiting: {text}", " ".join(sorted(stuck)), vital=True, channels=tuple(sorted(stuck)))


def _dead(found: Vitals) -> Check:
    if not found.dead:
        return Check("dead", "no delivery was given up")
    text = ", ".join(f"{count} for {name}" for name, count in sorted(found.dead.items()))
    state = " ".join(f"{name}={count}" for name, count in sorted(found.dead.items()))
    advice = "`watcher deliveries --status dead` says why, `watcher deliveries retry ID` tries again"
    return Check("dead", f"given up: {text}; {advice}", state, channels=tuple(sorted(found.dead)))


def _orphaned(found: Vitals) -> Check:
    if not found.orphaned:
        return Check("channels", "every delivery has its channel")
    text = ", ".join(f"{count} for {name}" for name, count in sorted(found.orphaned.items()))
    advice = "`watcher send-test` says what each lacks"
    said = f"deliveries wait for channels that routes.yaml no longer has, or that cannot be set up: {text}; {advice}"
    return Check("channels", said, " ".join(sorted(found.orphaned)), channels=tuple(sorted(found.orphaned)))


def _disk(found: Vitals) -> Check:
    if not found.disk_total:
        return Check("disk", "unknown")
    free, share = found.disk_free, found.disk_free / found.disk_total
    text = f"{share:.0%} of the disk of the data directory, {free / 10**9:.1f} GB, are free"
    if free < DISK_LEAST or (share < DISK_SHARE and free < DISK_ENOUGH):
        return Check("disk", f"nearly full: {text}", "full", Severity.CRITICAL, vital=free < DISK_LEAST)
    return Check("disk", text)


def _rules(found: Vitals) -> Check:
    if not found.refused:
        return Check("rules", "the rules that are there are those that run")
    more = f" (and {len(found.refused) - 1} more)" if len(found.refused) > 1 else ""
    return Check("rules", f"an edit was refused, the old rules run: {found.refused[0]}{more}", "refused")


def _ago(span: timedelta) -> str:
    return f"{_minutes(span)} ago"


def _minutes(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return f"{max(0, int(span.total_seconds()))} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
