"""Is a document new, an update or a copy? Compares it with recent members of stories, by no source's clock.

Two different developments in one story would hide one of them, two stories of one development tell it twice: the first
is worse, so everything in doubt is new.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watcher.model.story import Placement, Signature, StoryMember, StoryStatus
from watcher.stories.conflict import figures_conflict, lead_conflict, title_conflict, unrelated_headlines
from watcher.stories.retold import compare, wanted
from watcher.stories.similarity import Overlap, shared_words, text_overlap, title_similarity
from watcher.stories.veto import veto

WINDOW = timedelta(hours=72)
"""How long a member can draw similar documents into its story. Its own new versions, address and content do not age."""

# Measured on 200 labelled articles: pairs that share a report's wording start at a lead of 0.44 and a containment of
# 0.62 (copies) or 0.55 and 0.38 (a rewrite); two developments end at 0.17, 0.38 and a Jaccard of 0.08.
_COPY_JACCARD = 0.5
_COPY_CONTAINMENT = 0.55
_COPY_LEAD = 0.4
_RETOLD_LEAD = 0.4
_SAME_TITLE = 0.9
_CLOSE_TITLE = 0.6
_CLOSE_LEAD = 0.2
_ANY_LEAD = 0.1
_MIN_SAMPLE = 8
_MIN_TITLE = 4

# The closer the relation, the lower the rank.
_ITSELF, _IDENTICAL, _COPY, _HEADLINE, _REWORKED, _RETOLD_HEADLINE, _RETOLD, _DEVELOPMENT, _CONTRADICTED = range(9)


@dataclass(frozen=True, slots=True)
class _Likeness:
    """What a document is to one member; `reason` is the beginning of a sentence that ends in the member's name."""

    rank: int
    status: StoryStatus
    similarity: float
    reason: str


def place(signature: Signature, candidates: Sequence[StoryMember], now: datetime, new_story_id: str) -> Placement:
    """Where the document belongs, whatever the order of `candidates`; in `new_story_id` if none is alike."""
    found: list[tuple[_Likeness, StoryMember]] = []
    unlike: list[StoryMember] = []
    against: Counter[str] = Counter()
    for member in candidates:
        likeness = _identity(signature, member.signature)
        if likeness is None and now - member.seen_at <= WINDOW:
            likeness = _likeness(signature, member.signature)
            if likeness is None:
                unlike.append(member)
            elif likeness.rank == _CONTRADICTED:
                against[member.story_id] += 1
                likeness = None
        if likeness is not None:
            found.append((likeness, member))
    found = found or _same_development(signature, unlike, against)
    if not found:
        return Placement(new_story_id, StoryStatus.NEW, ("nothing similar in the last 72 hours",))
    likeness, member = min(found, key=_closest)
    return Placement(
        member.story_id,
        likeness.status,
        (f"{likeness.reason} {member.signature.document_id} from {member.signature.publisher} "
         f"(similarity {likeness.similarity:.2f})",),
        _publishers(signature, likeness.status, [other for other in candidates if other.story_id == member.story_id]),
    )  # fmt: skip


def _same_development(
    signature: Signature, members: Sequence[StoryMember], against: Counter[str]
) -> list[tuple[_Likeness, StoryMember]]:
    """The members that tell it in other words or another language, of stories in which more speak for it than against.

    One report that leaves out what sets two developments apart must not join them. `against` counts the members of each
    story that are alike in wording and contradict the document.
    """
    spread = _spread(signature, members)
    found: list[tuple[_Likeness, StoryMember]] = []
    for member in members:
        if veto(signature, member.signature):
            against[member.story_id] += 1
            continue
        told = compare(signature, member.signature, spread)
        if told.points >= wanted(signature, member.signature):
            shown = ", ".join(feature[2:] for feature in told.shared)
            reason = f"the same development ({shown}), told differently, as"
            found.append((_Likeness(_DEVELOPMENT, StoryStatus.UPDATE, told.points, reason), member))
    speaking_for = Counter(member.story_id for _, member in found)
    return [pair for pair in found if speaking_for[pair[1].story_id] > against[pair[1].story_id]]


def _spread(signature: Signature, members: Sequence[StoryMember]) -> Counter[str]:
    """In how many stories a feature of the kernel stands: what runs through many tells little of one."""
    by_story: dict[str, set[str]] = defaultdict(set)
    for member in members:
        by_story[member.story_id] |= signature.reach & member.signature.kernel
    return Counter(feature for features in by_story.values() for feature in features)


def _closest(pair: tuple[_Likeness, StoryMember]) -> tuple[int, float, datetime, str, str]:
    likeness, member = pair
    return (
        likeness.rank,
        -round(likeness.similarity, 2),
        member.seen_at,
        member.story_id,
        member.signature.document_id,
    )


def _publishers(signature: Signature, status: StoryStatus, members: Sequence[StoryMember]) -> int:
    """A copy adds nobody: its publisher has not looked for itself."""
    telling = {member.signature.publisher for member in members if member.status is not StoryStatus.DUPLICATE}
    if status is not StoryStatus.DUPLICATE:
        telling.add(signature.publisher)
    return max(1, len(telling))


def _identity(one: Signature, other: Signature) -> _Likeness | None:
    if one.document_id == other.document_id:
        return _Likeness(_ITSELF, StoryStatus.DUPLICATE, 1.0, "another version of")
    if one.content_hash and one.content_hash == other.content_hash:
        return _Likeness(_IDENTICAL, StoryStatus.DUPLICATE, 1.0, "same content as")
    if one.canonical_url and one.canonical_url == other.canonical_url and not _other_report(one, other):
        return _Likeness(_IDENTICAL, StoryStatus.DUPLICATE, 1.0, "same address as")
    return None


def _other_report(one: Signature, other: Signature) -> bool:
    """Some feeds give all their items one address: then only what they say can tell."""
    return (
        title_similarity(one, other) < 0.5
        and text_overlap(one, other).jaccard < 0.2
        and shared_words(one.lead_tokens, other.lead_tokens) < _CLOSE_LEAD
    )


def _likeness(one: Signature, other: Signature) -> _Likeness | None:
    """The cheap comparisons come first; only what looks alike is searched for contradictions."""
    overlap, lead = text_overlap(one, other), shared_words(one.lead_tokens, other.lead_tokens)
    for relation in (_copy(overlap, lead), _same_headline(one, other, lead), _retold(one, other, lead)):
        if relation is not None:
            return _unless_contradicted(relation, one, other)
    return None


def _copy(overlap: Overlap, lead: float) -> _Likeness | None:
    similarity = max(overlap.jaccard, overlap.containment)
    if overlap.sample < _MIN_SAMPLE:
        return None
    if overlap.jaccard >= _COPY_JACCARD:
        if lead < _COPY_LEAD:
            return _Likeness(_REWORKED, StoryStatus.UPDATE, similarity, "the same report with a new beginning as")
        return _Likeness(_COPY, StoryStatus.DUPLICATE, similarity, "near-verbatim copy of")
    if overlap.containment >= _COPY_CONTAINMENT and lead >= _COPY_LEAD:
        return _Likeness(_COPY, StoryStatus.DUPLICATE, similarity, "shortened copy of")
    return None


def _same_headline(one: Signature, other: Signature, lead: float) -> _Likeness | None:
    """A headline without a text is known by its words. Two texts must share a little, or it is a standing title."""
    likeness = title_similarity(one, other)
    if likeness < _SAME_TITLE or min(len(one.title_tokens), len(other.title_tokens)) < _MIN_TITLE:
        return None
    if not one.lead_tokens or not other.lead_tokens:
        return _Likeness(_HEADLINE, StoryStatus.DUPLICATE, likeness, "same headline as")
    if lead >= (_CLOSE_LEAD if one.publisher == other.publisher else _ANY_LEAD):
        return _Likeness(_RETOLD_HEADLINE, StoryStatus.UPDATE, likeness, "same headline, told differently, as")
    return None


def _retold(one: Signature, other: Signature, lead: float) -> _Likeness | None:
    titles = shared_words(one.title_tokens, other.title_tokens)
    long_enough = min(len(one.title_tokens), len(other.title_tokens)) >= _MIN_TITLE
    close = long_enough and titles >= _CLOSE_TITLE and lead >= _CLOSE_LEAD
    if not close and lead < _RETOLD_LEAD:
        return None
    return _Likeness(_RETOLD, StoryStatus.UPDATE, max(titles, lead), "the same development, told differently, as")


def _unless_contradicted(relation: _Likeness, one: Signature, other: Signature) -> _Likeness | None:
    contradicted = replace(relation, rank=_CONTRADICTED)
    if title_conflict(one, other):
        return contradicted
    if relation.rank in {_HEADLINE, _RETOLD_HEADLINE}:
        return relation
    if lead_conflict(one, other):
        return contradicted
    if unrelated_headlines(one, other):
        return None
    return _with_figures(relation, one, other)


def _with_figures(relation: _Likeness, one: Signature, other: Signature) -> _Likeness | None:
    if not figures_conflict(one, other):
        return relation
    if relation.rank == _RETOLD:
        return None
    return replace(relation, rank=_REWORKED, status=StoryStatus.UPDATE, reason="the same report with other figures as")
