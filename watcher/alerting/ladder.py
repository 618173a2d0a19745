"""Escalation: which step of a ladder comes when. Pure.

Steps keep their distance to the step before as it was really taken: after a stop, or a jump of the clock, the next one
does not follow at once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from watcher.alerting.instant import instant
from watcher.model.alert import Hours, Ladder, LadderRun

LONGEST_WAIT = 9
"""Days within which hours of duty come round again, whatever days they name."""


def begin(ladder: Ladder, run_id: str, alert_id: str, now: datetime) -> LadderRun:
    """The run before its first step."""
    due = on_duty(ladder.hours, now + ladder.steps[0].after)
    return LadderRun(run_id, alert_id, ladder, 0, 0, due, now)


def climb(run: LadderRun, now: datetime) -> LadderRun:
    """The run after its step was taken at `now`; ended after the last one."""
    if run.step + 1 < len(run.ladder.steps):
        return _due(replace(run, step=run.step + 1), now)
    if run.round < run.ladder.repeat:
        return _due(replace(run, step=0, round=run.round + 1), now)
    return replace(run, next_at=None, ended="the last step was taken")


def resettled(run: LadderRun, now: datetime) -> LadderRun | None:
    """The run, due at the latest as if the step before had been taken just now; None if it is.

    It is due later only if the clock was ahead when that step was taken and has gone back since.
    """
    latest = _due(run, now)
    if run.next_at is None or latest.next_at is None or run.next_at <= latest.next_at:
        return None
    return latest


def _due(run: LadderRun, now: datetime) -> LadderRun:
    """The run whose next step comes as long after `now` as after the step before it."""
    steps = run.ladder.steps
    if run.step:
        gap = steps[run.step].after - steps[run.step - 1].after
    else:
        gap = steps[0].after + (run.ladder.pause if run.round else timedelta(0))
    return replace(run, next_at=on_duty(run.ladder.hours, now + gap))


def end(run: LadderRun, why: str) -> LadderRun:
    """The run, ended before its last step."""
    return replace(run, next_at=None, ended=why)


def on_duty(hours: Hours | None, moment: datetime) -> datetime:
    """`moment` if somebody is on duty then, else when duty next begins (UTC). Raises ZoneInfoNotFoundError."""
    if hours is None:
        return moment
    zone = ZoneInfo(hours.timezone)
    today = moment.astimezone(zone).date()
    for offset in range(-1, LONGEST_WAIT):
        day = today + timedelta(days=offset)
        if day.weekday() not in hours.days:
            continue
        start = instant(datetime.combine(day, hours.start), zone)
        end_ = instant(datetime.combine(day, hours.end), zone)
        if moment < start:
            return start
        if moment < end_:
            return moment
    return moment  # hours that never come would swallow the step
