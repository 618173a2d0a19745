"""Mentions: a round-up tells of several developments, and each of their stories hears of it.

A document has one story, its home. What its other parts tell is judged in the stories that these parts belong to, by
the same decision as any report's. A mention adds no publisher: a round-up repeats what others found out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.detection.score import corroborated
from watcher.model.alert import Silence
from watcher.model.match import Match
from watcher.model.story import Placement
from watcher.services.desk import Desk
from watcher.services.judging import Case, Standing, Verdict, judge
from watcher.services.parts import Part
from watcher.services.readings import Found
from watcher.storage import mentions
from watcher.storage.mentions import Mentioned


@dataclass(frozen=True, slots=True)
class Mention:
    """A story that some parts of a round-up are about; `matches` are theirs, the strongest of each signal."""

    placement: Placement
    section: int
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Touched:
    """What a round-up touches beside its home. `elsewhere` are signals of which all parts tell in these stories."""

    mentions: tuple[Mention, ...] = ()
    elsewhere: frozenset[str] = frozenset()


def beside(home: Placement, parts: Sequence[Part], placed: Mapping[int, Placement]) -> Touched:
    """The stories of the parts but for `home`; `placed` are the places of parts, by index, that belong somewhere."""
    by_story: dict[str, list[int]] = {}
    for index, placement in placed.items():
        if placement.story_id != home.story_id:
            by_story.setdefault(placement.story_id, []).append(index)
    away = {index for indexes in by_story.values() for index in indexes}
    at_home = {match.signal_id for index, part in enumerate(parts) if index not in away for match in _fired(part)}
    told = {match.signal_id for index in away for match in _fired(parts[index])}
    return Touched(
        tuple(
            Mention(placed[indexes[0]], parts[indexes[0]].number, _strongest([parts[index] for index in indexes]))
            for indexes in by_story.values()
        ),
        frozenset(told - at_home),
    )


def _fired(part: Part) -> list[Match]:
    return [match for match in part.matches if match.alert]


def _strongest(parts: Sequence[Part]) -> tuple[Match, ...]:
    best: dict[str, Match] = {}
    for match in (match for part in parts for match in _fired(part)):
        if match.signal_id not in best or match.score > best[match.signal_id].score:
            best[match.signal_id] = match
    return tuple(best.values())


@dataclass(frozen=True, slots=True)
class Heard:
    """`instead`: of signals that tell nothing at home, one verdict each; `besides`: all others."""

    instead: list[Verdict]
    besides: list[Verdict]


async def judge_mentions(
    conn: AsyncConnection,
    desk: Desk,
    one: Found,
    touched: Touched,
    known: Standing,
    muted_by: list[Silence],
    now: datetime,
    only: Mapping[str, str] | None = None,
) -> Heard:
    """Judge what a round-up tells of other stories than its own, and remember it.

    What was mentioned just so before (a live blog has many versions) is not judged again. With `only` the document
    comes by again for these signals alone.
    """
    heard = Heard([], [])
    before = await mentions.of_document(conn, one.document.id) if touched.mentions else {}
    rows: list[Mentioned] = []
    wanted = {match.signal_id for match in one.detection.matches} & touched.elsewhere
    for mention in touched.mentions:
        for match in mention.matches:
            first = match.signal_id in wanted
            case = _case(desk, one, mention, match)
            row = _row(one, mention, match, now)
            if case is None or (only is not None and match.signal_id not in only):
                continue
            if not first and before.get((row.story_id, row.signal_id)) == row.said:
                continue
            wanted.discard(match.signal_id)
            rows.append(row)
            (heard.instead if first else heard.besides).append(await judge(conn, desk, case, known, muted_by, now))
    await mentions.add(conn, rows)
    return heard


def _case(desk: Desk, one: Found, mention: Mention, match: Match) -> Case | None:
    signal = desk.rulebook.signal(match.signal_id)
    if signal is None:
        return None
    placement = mention.placement
    scored = corroborated(match, signal, placement.publishers)
    reason = f"mentioned in section {mention.section} of a text on several developments"
    return Case(one.document, one.detection.language, placement, signal, scored, (reason,))


def _row(one: Found, mention: Mention, match: Match, now: datetime) -> Mentioned:
    return Mentioned(
        document_id=one.document.id,
        story_id=mention.placement.story_id,
        signal_id=match.signal_id,
        section=mention.section,
        score=match.score,
        assertion=str(match.assertion),
        sentence=match.sentence,
        placed="; ".join(mention.placement.reasons),
        mentioned_at=now,
    )


def with_publishers(touched: Touched, publishers: Mapping[str, set[str]]) -> Touched:
    """With the number of those who tell each story; the round-up's own is none of them."""
    counted = tuple(
        replace(
            one, placement=replace(one.placement, publishers=max(1, len(publishers.get(one.placement.story_id, ()))))
        )
        for one in touched.mentions
    )
    return replace(touched, mentions=counted)
