"""Judging: what one match on one placed document comes to, with its alert, history and deliveries written down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.alerting.decide import advance, decide
from watcher.alerting.figures import tell
from watcher.alerting.route import destinations
from watcher.model.alert import Alert, Decision, Destination, Silence, Speak, Subject
from watcher.model.document import Document
from watcher.model.match import Match, ScoredOn
from watcher.model.signal import Severity, Signal
from watcher.model.story import Placement
from watcher.services import compose, escalate, gather
from watcher.services.desk import Desk
from watcher.services.identify import alert_id
from watcher.storage import alerts, figures, matches, stories
from watcher.storage.columns import JsonValue
from watcher.storage.matches import Finding

OTHERS = 5
"""Other documents of the story that a message names."""
_ON_ARTICLE = "read in the article that the item links to, not in the item itself"


@dataclass(frozen=True, slots=True)
class Case:
    """One match to be judged, with all that is known of it. `language` is the document's, given or detected.

    `reasons` are told with those of the decision: what a composite signal rests on.
    """

    document: Document
    language: str
    placement: Placement
    signal: Signal
    match: Match
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a case came to; `deliveries` were put into the outbox."""

    case: Case
    decision: Decision
    deliveries: int = 0


Standing: TypeAlias = dict[tuple[str, str], Alert]
"""The alerts there are, by signal and story: of all stories that are judged together."""


async def standing(conn: AsyncConnection, placements: Iterable[Placement]) -> Standing:
    """The alerts on these stories."""
    return await alerts.of_stories(conn, {placement.story_id for placement in placements})


async def judge(
    conn: AsyncConnection, desk: Desk, case: Case, known: Standing, silences: list[Silence], now: datetime
) -> Verdict:
    """Decide, and queue what is told; `known` gets the alert as it is then. `record` is the rest of it.

    The caller's transaction makes it one step.
    """
    subject = subject_of(case)
    routed = destinations(desk.rulebook.routing, subject, now)
    this = (case.signal.id, case.placement.story_id)
    existing = known.get(this)
    compared = bool(case.match.quantities)
    told = await figures.told(conn, case.signal.id, case.placement.story_id) if compared else ()
    decision = decide(
        match=case.match,
        signal=case.signal,
        document=case.document,
        placement=case.placement,
        existing=existing,
        subject=subject,
        silences=silences,
        quiet_hours=desk.rulebook.routing.quiet_hours,
        destinations=routed,
        now=now,
        told=told,
        inhibitions=desk.rulebook.routing.inhibitions,
        others=[one for (signal_id, story_id), one in known.items() if story_id == this[1] and signal_id != this[0]],
    )
    if case.match.scored_on is ScoredOn.ARTICLE:
        decision = replace(decision, reasons=(_ON_ARTICLE, *decision.reasons))
    decision = replace(decision, reasons=(*case.reasons, *decision.reasons))
    if decision.speak is Speak.QUIET:
        return Verdict(case, decision)
    alert = advance(
        existing,
        match=case.match,
        placement=case.placement,
        decision=decision,
        title=case.document.title,
        now=now,
        new_id=alert_id(case.signal.id, case.placement.story_id),
    )
    alert = known[this] = await alerts.save(conn, alert)
    await alerts.log(conn, alert.id, str(decision.speak), _history(case, decision), now)
    if decision.speak is Speak.SUPPRESSED:
        return Verdict(case, decision)
    await figures.add(conn, case.signal.id, tell(case.match, alert.story_id), now)
    return Verdict(case, decision, await _queue(conn, desk, case, alert, decision, routed, now))


async def record(conn: AsyncConnection, desk: Desk, verdicts: Iterable[Verdict], now: datetime) -> None:
    """Write the matches down with what was decided, told or not."""
    found = [Finding(one.case.document, one.case.placement, one.case.match, one.decision) for one in verdicts]
    await matches.add(conn, found, desk.rulebook.fingerprint, now)


async def _queue(
    conn: AsyncConnection,
    desk: Desk,
    case: Case,
    alert: Alert,
    decision: Decision,
    routed: tuple[Destination, ...],
    now: datetime,
) -> int:
    cited = await stories.citations(conn, case.placement.story_id, OTHERS + 1)
    others = [other for other in cited if other.url != case.document.url][:OTHERS]
    told = compose.message(
        alert, case.signal, case.document, case.match, decision, language=case.language, others=others, now=now
    )
    written = await gather.queue(conn, desk, alert, told, routed, subject_of(case), now)
    await escalate.start(conn, desk.rulebook.routing, alert, told, routed, now)
    return written


def subject_of(case: Case) -> Subject:
    """What silences and routes look at, of a case."""
    return Subject(
        signal_id=case.signal.id,
        severity=Severity(case.match.severity),
        assertion=case.match.assertion,
        score=case.match.score,
        source_id=case.document.source_id,
        publisher=case.document.publisher,
        tags=frozenset(case.document.tags) | frozenset(case.signal.tags),
        language=case.language,
        story_id=case.placement.story_id,
    )


def _history(case: Case, decision: Decision) -> dict[str, JsonValue]:
    return {
        "document": case.document.id,
        "version": case.document.version,
        "score": case.match.score,
        "severity": case.match.severity,
        "assertion": str(case.match.assertion),
        "scored_on": str(case.match.scored_on),
        "suppressed_by": decision.suppressed_by,
        "reasons": list(decision.reasons),
        "placed": list(case.placement.reasons),
    }
