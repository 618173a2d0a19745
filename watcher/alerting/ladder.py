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
    ladder, taken = run.ladder, run.ladder.steps[run.step]
    if run.step + 1 < len(ladder.steps):
        gap = ladder.steps[run.step + 1].after - taken.after
        return replace(run, step=run.step + 1, next_at=on_duty(ladder.hours, now + gap))
    if run.round < ladder.repeat:
        due = on_duty(ladder.hours, now + ladder.pause + ladder.steps[0].after)
        return replace(run, step=0, round=run.round + 1, next_at=due)
    return replace(run, next_at=None, ended="the last step was taken")


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
