"""How one document is related to another by identity or wording: itself, a copy, a headline again, a retelling.

Names and languages play no part here: watcher.stories.retold sees through those.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import NamedTuple

from watcher.model.story import Signature, StoryStatus
from watcher.stories.conflict import figures_conflict, lead_conflict, title_conflict, unrelated_headlines
from watcher.stories.similarity import Overlap, contained, shared_words, text_overlap, title_similarity
from watcher.stories.veto import other_places, veto


class Rank(IntEnum):
    """Relations, the closest first. What is CONTRADICTED is alike and yet another development; what is DOUBTFUL needs
    more than wording."""

    ITSELF = 0
    IDENTICAL = 1
    COPY = 2
    HEADLINE = 3
    REWORKED = 4
    RETOLD_HEADLINE = 5
    RETOLD = 6
    DEVELOPMENT = 7
    DOUBTFUL = 8
    CONTRADICTED = 9
    UNLIKE = 10


# Measured on 200 labelled articles: pairs that share a report's wording start at a lead of 0.44 and a containment of
# 0.62 (copies) or 0.55 and 0.38 (a rewrite); two developments end at 0.17, 0.38 and a Jaccard of 0.08.
_COPY_JACCARD = 0.5
_COPY_CONTAINMENT = 0.55
_COPY_LEAD = 0.4
_RETOLD_LEAD = 0.4
_TEASER_LEAD = 0.8
_WHOLE_TEXT = 0.9
_WHOLE_SAMPLE = 40
_SAME_TITLE = 0.9
_CLOSE_TITLE = 0.6
_SOME_TITLE = 0.3  # spellings differ, but not in most words
_CLOSE_LEAD = 0.2
_ANY_LEAD = 0.1
_MIN_SAMPLE = 8
_MIN_TITLE = 4


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a document is to one member; `reason` is the beginning of a sentence that ends in the member's name."""

    rank: Rank
    status: StoryStatus
    similarity: float
    reason: str


class Seeming(NamedTuple):
    """A relation by wording alone: `confirmed` says what is left of it, which is never closer.

    `whole`: so much text is equal that it cannot be a feed's standing text.
    """

    relation: Likeness
    whole: bool


def identity(one: Signature, other: Signature) -> Likeness | None:
    """Whether it is the same document, content or address; whenever that was."""
    if one.document_id == other.document_id:
        return Likeness(Rank.ITSELF, StoryStatus.DUPLICATE, 1.0, "another version of")
    if one.content_hash and one.content_hash == other.content_hash:
        return Likeness(Rank.IDENTICAL, StoryStatus.DUPLICATE, 1.0, "same content as")
    if one.canonical_url and one.canonical_url == other.canonical_url and not _other_report(one, other):
        return Likeness(Rank.IDENTICAL, StoryStatus.DUPLICATE, 1.0, "same address as")
    return None


def _other_report(one: Signature, other: Signature) -> bool:
    """Some feeds give all their items one address: then only what they say can tell."""
    return (
        title_similarity(one, other) < 0.5
        and text_overlap(one, other).jaccard < 0.2
        and shared_words(one.lead_tokens, other.lead_tokens) < _CLOSE_LEAD
    )


def seeming(one: Signature, other: Signature) -> Seeming | None:
    """How alike the wording is. Cheap comparisons come first; what contradicts it is not looked for yet."""
    overlap = text_overlap(one, other, least=_COPY_JACCARD)
    lead = shared_words(one.lead_tokens, other.lead_tokens)
    if lead < _ANY_LEAD and one.hashes.isdisjoint(other.hashes) and _titles(one, other) < _SOME_TITLE:
        return None
    relation = _copy(one, other, overlap, lead) or _same_headline(one, other, lead) or _retold(one, other, lead)
    if relation is None:
        return None
    whole = overlap.jaccard >= _WHOLE_TEXT and overlap.sample >= _WHOLE_SAMPLE
    return Seeming(relation, whole)


def _titles(one: Signature, other: Signature) -> float:
    return shared_words(one.title_tokens, other.title_tokens)


def _copy(one: Signature, other: Signature, overlap: Overlap, lead: float) -> Likeness | None:
    similarity = max(overlap.jaccard, overlap.containment)
    if overlap.sample < _MIN_SAMPLE:
        return None
    if overlap.jaccard >= _COPY_JACCARD:
        if lead < _COPY_LEAD and (one.lead_tokens or other.lead_tokens):
            return Likeness(Rank.REWORKED, StoryStatus.UPDATE, similarity, "the same report with a new beginning as")
        return Likeness(Rank.COPY, StoryStatus.DUPLICATE, similarity, "near-verbatim copy of")
    if overlap.containment >= _COPY_CONTAINMENT and lead >= _COPY_LEAD:
        return Likeness(Rank.COPY, StoryStatus.DUPLICATE, similarity, "shortened copy of")
    return None


def _same_headline(one: Signature, other: Signature, lead: float) -> Likeness | None:
    """A headline without a text is known by its words. Two texts must share a little, or it is a standing title."""
    if min(len(one.title_tokens), len(other.title_tokens)) < _MIN_TITLE:
        return None
    likeness = title_similarity(one, other, least=_SAME_TITLE)
    if likeness < _SAME_TITLE:
        return None
    if not one.lead_tokens or not other.lead_tokens:
        return Likeness(Rank.HEADLINE, StoryStatus.DUPLICATE, likeness, "same headline as")
    if contained(one.lead_tokens, other.lead_tokens) >= _TEASER_LEAD:
        return Likeness(Rank.COPY, StoryStatus.DUPLICATE, likeness, "shortened copy of")
    if lead >= (_CLOSE_LEAD if one.publisher == other.publisher else _ANY_LEAD):
        return Likeness(Rank.RETOLD_HEADLINE, StoryStatus.UPDATE, likeness, "same headline, told differently, as")
    return None


def _retold(one: Signature, other: Signature, lead: float) -> Likeness | None:
    if lead < _CLOSE_LEAD:
        return None
    titles = _titles(one, other)
    long_enough = min(len(one.title_tokens), len(other.title_tokens)) >= _MIN_TITLE
    close = long_enough and titles >= _CLOSE_TITLE
    if not close and lead < _RETOLD_LEAD:
        return None
    return Likeness(Rank.RETOLD, StoryStatus.UPDATE, max(titles, lead), "the same development, told differently, as")


def confirmed(seems: Seeming, one: Signature, other: Signature) -> Likeness | None:
    """What is left of it where the two contradict each other: the same, or a more distant relation, or none."""
    relation = seems.relation
    retold = relation.rank in {Rank.RETOLD, Rank.RETOLD_HEADLINE}
    contradicted = replace(relation, rank=Rank.DOUBTFUL if retold else Rank.CONTRADICTED)
    if title_conflict(one, other):
        return contradicted
    if veto(one, other) if retold else other_places(one, other):
        return replace(relation, rank=Rank.CONTRADICTED)
    if relation.rank in {Rank.HEADLINE, Rank.RETOLD_HEADLINE}:
        return relation
    if lead_conflict(one, other):
        return contradicted
    if unrelated_headlines(one, other) and not seems.whole:
        return None
    return _with_figures(relation, one, other)


def _with_figures(relation: Likeness, one: Signature, other: Signature) -> Likeness | None:
    if not figures_conflict(one, other):
        return relation
    if relation.rank == Rank.RETOLD:
        return None
    return replace(
        relation, rank=Rank.REWORKED, status=StoryStatus.UPDATE, reason="the same report with other figures as"
    )
