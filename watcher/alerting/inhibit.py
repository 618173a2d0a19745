"""Inhibition: an alert of one signal mutes alerts of others in the same story. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from watcher.alerting.globs import any_glob
from watcher.alerting.silence import holds
from watcher.model.alert import Alert, Inhibition, Subject


def inhibited_by(inhibitions: Iterable[Inhibition], subject: Subject, others: Sequence[Alert]) -> str:
    """Which alert of the story mutes the subject, in a sentence; "" if none does.

    Only one that was told and is not over, and never one less severe than the subject.
    """
    for inhibition in inhibitions:
        if not all(holds(matcher, subject) for matcher in inhibition.matchers):
            continue
        for other in others:
            if _speaks_for(inhibition, other) and other.severity.rank >= subject.severity.rank:
                return f"{inhibition.name}: alert {other.id} of {other.signal_id} tells this story already"
    return ""


def may_be_inhibited(inhibitions: Iterable[Inhibition], subject: Subject) -> bool:
    """Whether some inhibition is about it: then the others of its story are judged first."""
    return any(all(holds(matcher, subject) for matcher in each.matchers) for each in inhibitions)


def _speaks_for(inhibition: Inhibition, other: Alert) -> bool:
    return (
        other.told
        and not other.status.over
        and any_glob(inhibition.by, other.signal_id)
        and other.severity.rank >= inhibition.min_severity.rank
    )
