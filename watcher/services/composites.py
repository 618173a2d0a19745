"""Composite signals: after documents were judged, what fired lately is looked at together, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.alerting.composite import CLOCK_SLACK, publishers, stand
from watcher.alerting.composite import Standing as Held
from watcher.alerting.composite import contributions as rests_on
from watcher.alerting.composite_match import as_match
from watcher.alerting.unmute import REASONS
from watcher.model.alert import Silence
from watcher.model.composite import Composite
from watcher.model.story import Placement, StoryStatus
from watcher.services.desk import Desk
from watcher.services.identify import occurrence_id
from watcher.services.judging import Case, Verdict, judge, standing
from watcher.services.readings import Found
from watcher.storage import composites


async def judge_composites(
    conn: AsyncConnection,
    desk: Desk,
    verdicts: Sequence[Verdict],
    muted_by: list[Silence],
    now: datetime,
    back: Sequence[tuple[Found, Mapping[str, str]]] = (),
) -> list[Verdict]:
    """A verdict for each composite that holds and to which one of `verdicts` adds something.

    `back` are documents that come by again, with what is no longer muted of each and by which mute it was: a composite
    among them, which the document set off, is judged once more if it still holds.
    """
    found = []
    for composite in desk.rulebook.composites:
        id_ = composite.signal.id
        fired = [one for one in verdicts if one.case.match.alert and one.case.signal.id in composite.named]
        again = [(one, muted[id_]) for one, muted in back if id_ in muted]
        if (fired or again) and (verdict := await _judge(conn, desk, composite, fired, again, muted_by, now)):
            found.append(verdict)
    return found


async def _judge(
    conn: AsyncConnection,
    desk: Desk,
    composite: Composite,
    fired: list[Verdict],
    again: list[tuple[Found, str]],
    muted_by: list[Silence],
    now: datetime,
) -> Verdict | None:
    since = now - composite.within - CLOCK_SLACK
    firings = await composites.fired(conn, composite.named, since)
    known = await composites.contributions(conn, composite.signal.id, since)
    held = stand(composite, firings, known, now)
    carrying = {(story.signal_id, story.story_id) for story in held.stories}
    adding = [one.case for one in fired if (one.case.signal.id, one.case.placement.story_id) in carrying]
    said = [(one.document, one.language) for one in adding] or [
        (one.document, one.detection.language) for one, _ in again
    ]
    if not held.holds or not said:
        return None
    occurrence = held.occurrence_id or _begin(composite, held)
    await composites.remember(conn, composite.signal.id, composite.signal.title, rests_on(held, occurrence), now)
    status = StoryStatus.UPDATE if held.occurrence_id else StoryStatus.NEW
    placement = Placement(occurrence, status, held.reasons, publishers(held))
    document, language = said[-1]
    match = as_match(composite, held)
    reasons = (*(REASONS[by] for _, by in again[-1:]), *held.reasons)
    case = Case(document, language, placement, composite.signal, match, reasons)
    return await judge(conn, desk, case, await standing(conn, [placement]), muted_by, now)


def _begin(composite: Composite, held: Held) -> str:
    first = held.stories[0]
    return occurrence_id(composite.signal.id, first.signal_id, first.story_id)
