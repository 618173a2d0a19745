"""Parts: what the sections of a round-up or a live blog say, each read by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from watcher.detection.engine import Detection, Detector
from watcher.model.document import Document
from watcher.model.match import Evidence, Match, ScoredOn
from watcher.model.story import Signature
from watcher.stories.roundup import is_roundup
from watcher.stories.sections import Section, sections
from watcher.stories.signature import sign


@dataclass(frozen=True, slots=True)
class Part:
    """A section that alerts. `number` counts sections from 1; offsets of `matches` point into the whole text."""

    number: int
    text: str
    matches: tuple[Match, ...]
    signature: Signature


def parts_of(detector: Detector, document: Document, text: str, found: Detection) -> tuple[Part, ...]:
    """The parts of a document on several developments that alert, in their order; none of any other document.

    `text` is what was read (the item's, or the article's), `found` what it says as a whole.
    """
    if not found.matches or not is_roundup(document.title, text):
        return ()
    cut = sections(text)
    if len(cut) < 2:
        return ()
    parts = []
    for number, section in enumerate(cut, 1):
        said = detector.detect(document.title, section.text, found.language, document.first_seen_at.year)
        own = (match for match in said.matches if _of_text(match, document.title))
        matches = tuple(_moved(match, section, found.matches[0].scored_on) for match in own)
        if any(match.alert for match in matches):
            parts.append(Part(number, section.text, matches, _signature(document, section, number, said, matches)))
    return tuple(parts)


def _of_text(match: Match, title: str) -> bool:
    """Whether the section says it, and not the headline of the whole."""
    in_title = bool(match.sentence) and match.sentence.strip(" …") in title
    return not in_title and any(one.field == "text" for one in match.evidence)


def _signature(
    document: Document, section: Section, number: int, said: Detection, matches: Sequence[Match]
) -> Signature:
    """As of a report of its own, which the first sentence heads."""
    report = replace(
        document, id=f"{document.id}#{number}", title=section.head, text=section.told, canonical_url="", content_hash=""
    )
    return replace(sign(report, said.language, matches), genre="")


def _moved(match: Match, section: Section, scored_on: ScoredOn) -> Match:
    """With offsets into the whole text, and read in what the whole was read in."""
    return replace(
        match,
        scored_on=scored_on,
        evidence=tuple(_shifted(one, section.start) for one in match.evidence),
        quantities=tuple(replace(one, evidence=_shifted(one.evidence, section.start)) for one in match.quantities),
    )


def _shifted(evidence: Evidence, by: int) -> Evidence:
    if evidence.field != "text":
        return evidence
    return replace(evidence, start=evidence.start + by, end=evidence.end + by)
