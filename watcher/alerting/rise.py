"""What may make an alert that was told speak again."""

from __future__ import annotations

from watcher.model.alert import Alert
from watcher.model.match import Assertion, Match
from watcher.model.signal import Severity

HAPPENING = frozenset({Assertion.ASSERTED, Assertion.ATTRIBUTED, Assertion.DECIDED})
"""Assertions that report a development, against those that only talk of one."""

CORROBORATION = (3, 6)
"""Numbers of publishers worth another word. Two is often one report and its follow-up; three is independent
confirmation, six is everywhere. Each is crossed once, so a development speaks at most twice for it."""


def rises(existing: Alert, match: Match, publishers: int) -> tuple[str, ...]:
    """Why `match` says more than what `existing` told, in sentences; empty if it does not."""
    found = (_assertion(existing, match), _severity(existing, match), _publishers(existing, publishers))
    return tuple(reason for reason in found if reason)


def _assertion(existing: Alert, match: Match) -> str:
    told, new = existing.assertion, match.assertion
    if new.strength <= told.strength:
        return ""
    if new is Assertion.ASSERTED or (new in HAPPENING and told not in HAPPENING):
        return f"stronger assertion: {new}, was told as {told}"
    return ""


def _severity(existing: Alert, match: Match) -> str:
    new = Severity(match.severity)
    return f"higher severity: {new}, was told as {existing.severity}" if new.rank > existing.severity.rank else ""


def _publishers(existing: Alert, publishers: int) -> str:
    crossed = [step for step in CORROBORATION if existing.publishers < step <= publishers]
    return f"told by {publishers} publishers now, was {existing.publishers}" if crossed else ""
