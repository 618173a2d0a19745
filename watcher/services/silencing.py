"""Silencing: a person mutes what matches, until a given time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from watcher.alerting.recurrence import RecurrenceError, parse_recurrence
from watcher.alerting.recurrence import written as recurrence_written
from watcher.alerting.silence import MatcherError, parse_matchers
from watcher.alerting.silence import written as as_written
from watcher.model.alert import Silence
from watcher.model.errors import UserError
from watcher.model.ports import Clock
from watcher.rulebook.durations import parse_duration
from watcher.services.compose import rfc3339
from watcher.services.identify import fresh_silence_id
from watcher.storage import silences
from watcher.storage.engine import Database

LONGEST = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Wish:
    """A silence as a person writes it: matchers, how long, why, by whom; `every` are hours in a `timezone`, or "".

    See `watcher.alerting.silence` and `watcher.alerting.recurrence` for the forms.
    """

    matchers: list[str]
    lasts: str
    comment: str
    author: str
    every: str = ""
    timezone: str = "UTC"


async def add(db: Database, clock: Clock, wish: Wish) -> dict[str, Any]:
    """Store a silence from now on; UserError if a matcher, the duration or the hours cannot be read."""
    try:
        matchers = parse_matchers(wish.matchers)
        recurs = parse_recurrence(wish.every, wish.timezone) if wish.every else None
    except (MatcherError, RecurrenceError) as error:
        raise UserError(str(error)) from None
    length = _length(wish.lasts)
    now = clock.now()
    silence = Silence(fresh_silence_id(), matchers, now, now + length, wish.author, wish.comment, now, recurs)
    async with db.write() as conn:
        await silences.add(conn, silence)
    return _row(silence)


def _length(lasts: str) -> timedelta:
    try:
        length = parse_duration(lasts)
    except ValueError as error:
        raise UserError(f"a silence cannot last {lasts[:40]!r}", str(error)) from None
    if length <= timedelta(0):
        raise UserError(f"a silence of {lasts} mutes nothing", "30m, 2h or 7d for example")
    if length > LONGEST:
        raise UserError(f"a silence of {lasts} is too long", "365d at most: mutes that never end hide what matters")
    return length


async def rows(db: Database, clock: Clock, everything: bool) -> list[dict[str, Any]]:
    """The silences in force, or all of them."""
    async with db.read() as conn:
        found = await silences.listing(conn, clock.now(), everything)
    return [_row(silence) for silence in found]


async def expire(db: Database, clock: Clock, silence_id: str) -> None:
    """End a silence; UserError if none of that id is in force."""
    async with db.write() as conn:
        if not await silences.expire(conn, silence_id, clock.now()):
            raise UserError(f"no silence {silence_id} in force", "`watcher silences` lists them")


def _row(silence: Silence) -> dict[str, Any]:
    return {
        "id": silence.id,
        "matchers": " ".join(as_written(matcher) for matcher in silence.matchers),
        "starts_at": rfc3339(silence.starts_at),
        "ends_at": rfc3339(silence.ends_at),
        "every": recurrence_written(silence.recurs) if silence.recurs else "",
        "created_by": silence.created_by,
        "comment": silence.comment,
    }
