"""Composite signals: after documents were judged, what fired lately is looked at together, in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.alerting.composite import CLOCK_SLACK, publishers, stand
from watcher.alerting.composite import Standing as Held
from watcher.alerting.composite import contributions as rests_on
from watcher.alerting.composite_match import as_match
from watcher.model.alert import Silence
from watcher.model.composite import Composite
from watcher.model.story import Placement, StoryStatus
from watcher.services.desk import Desk
from watcher.services.identify import occurrence_id
from watcher.services.judging import Case, Verdict, judge, standing
from watcher.storage import composites


async def judge_composites(
    conn: AsyncConnection, desk: Desk, verdicts: Sequence[Verdict], muted_by: list[Silence], now: datetime
) -> list[Verdict]:
    """A verdict for each composite that holds and to which one of `verdicts` adds something."""
    found = []
    for composite in desk.rulebook.composites:
        fired = [one for one in verdicts if one.case.match.alert and one.case.signal.id in composite.named]
        if fired and (verdict := await _judge(conn, desk, composite, fired, muted_by, now)):
            found.append(verdict)
    return found


async def _judge(
    conn: AsyncConnection,
    desk: Desk,
    composite: Composite,
    fired: list[Verdict],
    muted_by: list[Silence],
    now: datetime,
) -> Verdict | None:
    since = now - composite.within - CLOCK_SLACK
    firings = await composites.fired(conn, composite.named, since)
    known = await composites.contributions(conn, composite.signal.id, since)
    held = stand(composite, firings, known, now)
    carrying = {(story.signal_id, story.story_id) for story in held.stories}
    adding = [one.case for one in fired if (one.case.signal.id, one.case.placement.story_id) in carrying]
    if not held.holds or not adding:
        return None
    occurrence = held.occurrence_id or _begin(composite, held)
    await composites.remember(conn, composite.signal.id, composite.signal.title, rests_on(held, occurrence), now)
    status = StoryStatus.UPDATE if held.occurrence_id else StoryStatus.NEW
    placement = Placement(occurrence, status, held.reasons, publishers(held))
    latest = adding[-1]
    match = as_match(composite, held)
    case = Case(latest.document, latest.language, placement, composite.signal, match, held.reasons)
    return await judge(conn, desk, case, await standing(conn, [placement]), muted_by, now)


def _begin(composite: Composite, held: Held) -> str:
    first = held.stories[0]
    return occurrence_id(composite.signal.id, first.signal_id, first.story_id)
