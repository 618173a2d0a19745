"""The life of an alert in people's hands: open, acknowledged, snoozed, resolved, expired. Pure.

open ↔ acknowledged (an acknowledgement runs out, or a rise reopens it) · open, acknowledged → snoozed → what it was ·
any → resolved · open → expired when nothing has come of it for long. A later rise opens it again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from watcher.model.alert import Alert, AlertStatus
from watcher.model.life import Act, LifeChange, Verb

ACK_LASTS = timedelta(hours=12)
"""An acknowledgement that names no end: about one shift, so that what its owner forgot comes back."""
LONGEST = timedelta(days=30)
"""Nothing is acknowledged or snoozed for longer: what should stay quiet wants a silence, which others can see."""
EXPIRES_AFTER = timedelta(days=7)
"""An alert that nobody ended, and that had no news for so long, is over."""


def apply(alert: Alert, act: Act) -> LifeChange:
    """What `act` makes of the alert. An act that fits no more is answered by the reason, never by an error."""
    if act.verb is Verb.ACKNOWLEDGE:
        return _acknowledge(alert, act)
    if act.verb is Verb.SNOOZE:
        return _snooze(alert, act)
    if act.verb is Verb.RESOLVE:
        return _resolve(alert, act)
    return _reopen(alert, act)


def fall_due(alert: Alert, now: datetime) -> LifeChange | None:
    """What time alone does to it: a snooze or an acknowledgement ends, or it expires. None: nothing yet."""
    if alert.status is AlertStatus.SNOOZED and alert.snoozed_until and alert.snoozed_until <= now:
        held = bool(alert.owner and alert.ack_until and alert.ack_until > now)
        back = AlertStatus.ACKNOWLEDGED if held else AlertStatus.OPEN
        awake = replace(alert, snoozed_until=None) if held else _freed(alert)
        return _changed(awake, back, now, "woken", f"the snooze ended: {back} again")
    if alert.status is AlertStatus.ACKNOWLEDGED and alert.ack_until and alert.ack_until <= now:
        return _changed(
            _freed(alert), AlertStatus.OPEN, now, "ack-expired",
            f"the acknowledgement of {alert.owner or 'nobody'} has run out",
        )  # fmt: skip
    if alert.status is AlertStatus.OPEN and now - alert.updated_at >= EXPIRES_AFTER:
        days = EXPIRES_AFTER.days
        return _changed(_freed(alert), AlertStatus.EXPIRED, now, "expired", f"nothing came of it for {days} days")
    return None


def snoozes(alert: Alert, now: datetime) -> bool:
    """Whether a person has put it off for now."""
    return alert.status is AlertStatus.SNOOZED and alert.snoozed_until is not None and now < alert.snoozed_until


def _acknowledge(alert: Alert, act: Act) -> LifeChange:
    if alert.status.over:
        return _unchanged(alert, f"it is {alert.status}: reopen it first")
    until = _bounded(act, act.until or act.at + ACK_LASTS)
    if until <= act.at:
        return _unchanged(alert, "an acknowledgement must end in the future")
    taken = replace(alert, owner=act.actor.name, ack_until=until, snoozed_until=None)
    from_whom = alert.owner if alert.status is AlertStatus.ACKNOWLEDGED else ""
    if from_whom and from_whom != act.actor.name:
        words = f"{act.actor.name} takes it over from {from_whom} until {moment(until)}"
    else:
        words = f"{act.actor.name} has it until {moment(until)}"
    return _changed(taken, AlertStatus.ACKNOWLEDGED, act.at, "acknowledged", _noted(words, act))


def _snooze(alert: Alert, act: Act) -> LifeChange:
    if alert.status.over:
        return _unchanged(alert, f"it is {alert.status}: there is nothing to put off")
    if act.until is None or act.until <= act.at:
        return _unchanged(alert, "a snooze must end in the future")
    until = _bounded(act, act.until)
    words = f"{act.actor.name} put it off until {moment(until)}"
    return _changed(replace(alert, snoozed_until=until), AlertStatus.SNOOZED, act.at, "snoozed", _noted(words, act))


def _resolve(alert: Alert, act: Act) -> LifeChange:
    if alert.status is AlertStatus.RESOLVED:
        return _unchanged(alert, "it is resolved already")
    ended = replace(alert, owner=act.actor.name, ack_until=None, snoozed_until=None)
    words = f"{act.actor.name} ended it"
    return _changed(ended, AlertStatus.RESOLVED, act.at, "resolved", _noted(words, act))


def _reopen(alert: Alert, act: Act) -> LifeChange:
    if alert.status is AlertStatus.OPEN:
        return _unchanged(alert, "it is open already")
    words = f"{act.actor.name} opened it again"
    return _changed(_freed(alert), AlertStatus.OPEN, act.at, "reopened", _noted(words, act))


def _freed(alert: Alert) -> Alert:
    return replace(alert, owner="", ack_until=None, snoozed_until=None)


def _changed(alert: Alert, status: AlertStatus, at: datetime, kind: str, reason: str) -> LifeChange:
    kept = replace(alert, status=status, updated_at=at, revision=alert.revision + 1)
    return LifeChange(kept, kind, (reason,))


def _unchanged(alert: Alert, reason: str) -> LifeChange:
    return LifeChange(alert, "", (reason,))


def _bounded(act: Act, until: datetime) -> datetime:
    return min(until, act.at + LONGEST)


def _noted(words: str, act: Act) -> str:
    return f"{words} ({act.note})" if act.note else words


def moment(when: datetime) -> str:
    """A time as reasons tell it: to the minute, in UTC."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
