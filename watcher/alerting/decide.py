"""Does a match open an alert, make it speak again, or stay unsaid, and why? Pure: data and `now` in, a decision out.

The checks come in the order in which a person would ask: does it matter, is it live, is it fresh, was it told, was it
muted, does it go anywhere. The first "no" is the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watcher.alerting.age import since
from watcher.alerting.figures import changed, moved
from watcher.alerting.inhibit import inhibited_by
from watcher.alerting.life import moment, snoozes
from watcher.alerting.quiet import quiet_by
from watcher.alerting.rise import rises
from watcher.alerting.silence import silenced_by
from watcher.model.alert import (
    Alert,
    AlertStatus,
    Decision,
    Destination,
    Inhibition,
    QuietHours,
    Silence,
    Speak,
    Subject,
    ToldFigure,
)
from watcher.model.document import HELD, Document
from watcher.model.match import Match
from watcher.model.signal import Severity, Signal, Status
from watcher.model.story import Placement


def decide(  # noqa: PLR0913 - a decider is given everything it decides by
    *,
    match: Match,
    signal: Signal,
    document: Document,
    placement: Placement,
    existing: Alert | None,
    subject: Subject,
    silences: Iterable[Silence],
    quiet_hours: Iterable[QuietHours],
    destinations: Sequence[Destination],
    now: datetime,
    previous: Match | None = None,
    told: Sequence[ToldFigure] = (),
    inhibitions: Sequence[Inhibition] = (),
    others: Sequence[Alert] = (),
) -> Decision:
    """What comes of `match` on `document`, given the alert of its signal and story so far.

    `previous` is what the same version of the document matched before, if it is read again: nothing is said of it a
    second time, but what could not be told then may be told now. `placement.publishers` counts the story's publishers
    with this document. `told` are the figures that this signal was told with, oldest first: all of the story, and the
    last of others. `others` are the story's alerts of other signals, which may inhibit this one. Times are UTC and
    aware.
    """
    if not match.alert:
        distance = match.alert_at - match.score
        below = f"score {match.score} is {distance} below the alert threshold {match.alert_at}"
        return Decision(Speak.QUIET, (below,), "below-threshold")
    reached = f"score {match.score} reaches the alert threshold {match.alert_at}"
    news = _news(match, signal, placement, existing, told)
    unsaid = _not_due(signal, document, now) or _told_already(news, existing, unchanged=previous == match)
    if unsaid:
        return replace(unsaid, reasons=(reached, *unsaid.reasons))
    spoken = (reached, *news)
    muted = (
        (_HELD_BACK if HELD in document.tags else None)
        or _snoozed(existing, subject, now)
        or _silenced(silences, subject, now)
        or _inhibited(inhibitions, subject, others)
        or _quiet(quiet_hours, subject, now)
    )
    if muted and muted.by:
        return Decision(Speak.SUPPRESSED, (*spoken, muted.reason), muted.by)
    if not destinations:
        return Decision(Speak.SUPPRESSED, (*spoken, "no route leads to a channel"), "no-route")
    said = Speak.AGAIN if existing and existing.told else Speak.OPEN
    routed = tuple(f"to {destination.channel}: {destination.reason}" for destination in destinations)
    return Decision(said, (*spoken, *((muted.reason,) if muted else ()), *routed))


def advance(
    existing: Alert | None,
    *,
    match: Match,
    placement: Placement,
    decision: Decision,
    title: str,
    now: datetime,
    new_id: str,
) -> Alert:
    """The alert after `decision`; for QUIET there is nothing to keep, so ask only for the others.

    What was told only grows. A rise that was suppressed is not written down as told: it can still be spoken later.
    Speaking reopens an alert that was snoozed or is over. One that somebody has stays theirs if it is only told by more
    publishers, and is open again if it grew more severe or more certain.
    """
    now_heard = Alert(
        id=new_id,
        signal_id=match.signal_id,
        story_id=placement.story_id,
        status=AlertStatus.OPEN,
        severity=Severity(match.severity),
        score=match.score,
        assertion=match.assertion,
        publishers=placement.publishers,
        version=0,
        told=False,
        opened_at=now,
        updated_at=now,
        title=title,
    )
    speaks = decision.speak in {Speak.OPEN, Speak.AGAIN}
    if existing is None:
        return replace(now_heard, told=True, version=1) if speaks else now_heard
    if speaks:
        strongest = _strongest(existing, now_heard) if existing.told else _first_told(existing, now_heard)
        spoken = replace(strongest, told=True, version=existing.version + 1, updated_at=now)
        return spoken if _stays_taken(existing, strongest) else _reopened(spoken)
    if existing.told or decision.speak is Speak.QUIET:
        return existing
    return replace(_strongest(existing, now_heard), updated_at=now)


def priority(severity: Severity) -> int:
    """The order in which deliveries leave when many wait: 0 (critical) to 3 (low)."""
    return Severity.CRITICAL.rank - severity.rank


@dataclass(frozen=True, slots=True)
class _Mute:
    """`by` is empty when the mute does not hold, and only its reason is worth telling."""

    by: str
    reason: str


_HELD_BACK = _Mute(by="quarantine", reason="its source floods and is quarantined; another report of this is told")


def _news(
    match: Match, signal: Signal, placement: Placement, existing: Alert | None, told: Sequence[ToldFigure]
) -> tuple[str, ...]:
    if existing is None:
        return ("first alert of this signal for the story", *changed(signal, match, told))
    if not existing.told:
        return ("nothing of this story was told for this signal so far", *changed(signal, match, told))
    return rises(existing, match, placement.publishers) + moved(signal, match, placement.story_id, told)


def _not_due(signal: Signal, document: Document, now: datetime) -> Decision | None:
    if signal.status is not Status.LIVE:
        reason = f"the signal is {signal.status}: it is scored and recorded, and never alerts"
        return Decision(Speak.SUPPRESSED, (reason,), "shadow")
    begun, origin = since(document, now)
    if now - begun <= signal.max_age:
        return None
    age, limit = _span(now - begun), _span(signal.max_age)
    return Decision(Speak.SUPPRESSED, (f"too old: {origin} {age} ago, the signal's max_age is {limit}",), "too-old")


def _told_already(news: tuple[str, ...], existing: Alert | None, *, unchanged: bool) -> Decision | None:
    if news or existing is None:
        return None
    if unchanged:
        return Decision(
            Speak.QUIET, ("the same version of the document, read again, says nothing new",), "already-told"
        )
    told = f"{existing.severity}, {existing.assertion}, publishers: {existing.publishers}"
    return Decision(Speak.SUPPRESSED, (f"alert {existing.id} has told as much already ({told})",), "already-told")


def _snoozed(existing: Alert | None, subject: Subject, now: datetime) -> _Mute | None:
    if existing is None or not snoozes(existing, now) or subject.severity.rank > existing.severity.rank:
        return None
    until = moment(existing.snoozed_until or now)
    return _Mute("snoozed", f"put off until {until}, and it is no more severe than it was")


def _silenced(silences: Iterable[Silence], subject: Subject, now: datetime) -> _Mute | None:
    silence = silenced_by(silences, subject, now)
    if silence is None:
        return None
    comment = f" ({silence.comment})" if silence.comment else ""
    said = f"silence {silence.id} of {silence.created_by}{comment}, until {moment(silence.ends_at)}"
    return _Mute("silence", said)


def _inhibited(inhibitions: Iterable[Inhibition], subject: Subject, others: Sequence[Alert]) -> _Mute | None:
    told = inhibited_by(inhibitions, subject, others)
    return _Mute("inhibited", told) if told else None


def _quiet(quiet_hours: Iterable[QuietHours], subject: Subject, now: datetime) -> _Mute | None:
    quiet = quiet_by(quiet_hours, subject, now)
    if quiet is None:
        return None
    hours, ends_at = quiet
    if subject.severity is Severity.CRITICAL:
        return _Mute("", f"quiet hours {hours.name} hold, but critical alerts speak through them")
    return _Mute("quiet-hours", f"quiet hours {hours.name} ({hours.timezone}), until {moment(ends_at)}")


def _stays_taken(existing: Alert, risen: Alert) -> bool:
    same = (existing.severity, existing.assertion) == (risen.severity, risen.assertion)
    return existing.status is AlertStatus.ACKNOWLEDGED and existing.told and same


def _reopened(alert: Alert) -> Alert:
    return replace(alert, status=AlertStatus.OPEN, owner="", ack_until=None, snoozed_until=None)


def _first_told(existing: Alert, heard: Alert) -> Alert:
    # What was only ever suppressed must not count as told.
    return replace(heard, id=existing.id, opened_at=existing.opened_at, title=existing.title or heard.title)


def _strongest(existing: Alert, heard: Alert) -> Alert:
    return replace(
        existing,
        severity=max(existing.severity, heard.severity, key=lambda severity: severity.rank),
        score=max(existing.score, heard.score),
        assertion=max(existing.assertion, heard.assertion, key=lambda assertion: assertion.strength),
        publishers=max(existing.publishers, heard.publishers),
    )


def _span(span: timedelta) -> str:
    """Two units at most, like the durations in the rules: 3d 4h, 2h 5m, 40s."""
    seconds, parts = int(span.total_seconds()), []
    for unit, length in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, length)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts[:2]) or "0s"
