"""Reporting: the pipeline's counts and log lines, only after their transaction holds."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence

import structlog

from watcher.detection.engine import Detection
from watcher.model.alert import Speak
from watcher.model.document import Document
from watcher.model.match import ScoredOn
from watcher.model.story import StoryStatus
from watcher.services.gates import count_decision, count_readings
from watcher.services.judging import Verdict

log = structlog.get_logger(__name__)


def report(
    tally: Counter[str], read: Sequence[Document], verdicts: Sequence[Verdict], detections: Sequence[Detection]
) -> None:
    """Count and log what became of the documents that were read, and where each reading of them ended."""
    _count_gates(tally, detections, verdicts)
    tally["documents"] += len(read)
    placements = [verdict.case.placement for verdict in verdicts]
    tally["stories"] += len({placed.story_id for placed in placements if placed.status is StoryStatus.NEW})
    tally["articles_matched"] += len({verdict.case.document.id for verdict in verdicts if _by_article(verdict)})
    for verdict in verdicts:
        decision, match = verdict.decision, verdict.case.match
        suppressed = decision.speak is Speak.SUPPRESSED
        tally[f"suppressed:{decision.suppressed_by}" if suppressed else str(decision.speak)] += 1
        tally["matches" if match.alert else "near_misses"] += 1
        log.log(
            logging.DEBUG if decision.speak is Speak.QUIET else logging.INFO,
            f"match.{decision.speak}",
            signal=match.signal_id,
            document=verdict.case.document.id,
            story=verdict.case.placement.story_id,
            score=match.score,
            scored_on=str(match.scored_on),
            severity=match.severity,
            assertion=str(match.assertion),
            why=decision.suppressed_by or None,
            deliveries=verdict.deliveries,
        )


def report_mentions(tally: Counter[str], mentioned: Sequence[Verdict]) -> None:
    """What round-ups told of other stories than their own: these are no matches more, but may be alerts."""
    tally["mentions"] += len(mentioned)
    for verdict in mentioned:
        if verdict.decision.speak in {Speak.OPEN, Speak.AGAIN}:
            tally[str(verdict.decision.speak)] += 1
        log.info(
            "story.mentioned",
            signal=verdict.case.signal.id,
            document=verdict.case.document.id,
            story=verdict.case.placement.story_id,
            decision=str(verdict.decision.speak),
            deliveries=verdict.deliveries,
        )


def _count_gates(tally: Counter[str], detections: Sequence[Detection], verdicts: Sequence[Verdict]) -> None:
    """A composite reads no text."""
    judged = [verdict for verdict in verdicts if verdict.case.signal.groups]
    count_readings(tally, detections, len(judged))
    for verdict in judged:
        count_decision(tally, verdict.case.match, verdict.decision)


def _by_article(verdict: Verdict) -> bool:
    match = verdict.case.match
    return match.alert and match.scored_on is ScoredOn.ARTICLE
