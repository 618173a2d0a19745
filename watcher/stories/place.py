"""Is a document new, an update or a copy? Compares it with recent members of stories, by no source's clock.

Two different developments in one story would hide one of them, two stories of one development tell it twice: the first
is worse, so everything in doubt is new.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from watcher.model.story import Placement, Signature, StoryMember, StoryStatus
from watcher.stories.likeness import Likeness, Rank, identity, likeness
from watcher.stories.retold import Evidence, wanted
from watcher.stories.veto import veto

WINDOW = timedelta(hours=72)
"""How long a member can draw similar documents into its story. Its own new versions, address and content do not age."""

_Pair = tuple[Likeness, StoryMember]


def place(signature: Signature, candidates: Sequence[StoryMember], now: datetime, new_story_id: str) -> Placement:
    """Where the document belongs, whatever the order of `candidates`; in `new_story_id` if none is alike."""
    found: list[_Pair] = []
    unlike: list[StoryMember] = []
    against: Counter[str] = Counter()
    for member in candidates:
        relation = identity(signature, member.signature)
        if relation is None and now - member.seen_at <= WINDOW:
            relation = likeness(signature, member.signature)
            if relation is None:
                unlike.append(member)
        if relation is None:
            continue
        if relation.rank is Rank.CONTRADICTED:
            against[member.story_id] += 1
        else:
            found.append((relation, member))
    found = found or _same_development(signature, unlike, against)
    if not found:
        return Placement(new_story_id, StoryStatus.NEW, ("nothing similar in the last 72 hours",))
    relation, member = min(found, key=_closest)
    return Placement(
        member.story_id,
        relation.status,
        (f"{relation.reason} {member.signature.document_id} from {member.signature.publisher} "
         f"(similarity {relation.similarity:.2f})",),
        _publishers(signature, relation.status, [other for other in candidates if other.story_id == member.story_id]),
    )  # fmt: skip


def _same_development(signature: Signature, members: Sequence[StoryMember], against: Mapping[str, int]) -> list[_Pair]:
    """The members that tell it in other words or another language, of stories in which more speak for it than against.

    One report that leaves out what sets two developments apart must not join them. `against` counts the members of each
    story that are alike in wording and contradict the document.
    """
    evidence = Evidence(signature, _spread(signature, members))
    by_story: dict[str, list[_Pair]] = defaultdict(list)
    for member in members:
        points = evidence.points(member.signature)
        if points >= wanted(signature, member.signature):
            reason = f"the same development ({', '.join(evidence.shown(member.signature))}), told differently, as"
            relation = Likeness(Rank.DEVELOPMENT, StoryStatus.UPDATE, points, reason)
            by_story[member.story_id].append((relation, member))
    vetoes = _vetoes(signature, (member for member in members if member.story_id in by_story))
    found: list[_Pair] = []
    for story_id, pairs in by_story.items():
        speaking_for = [pair for pair in pairs if pair[1].signature.document_id not in vetoes[story_id]]
        if len(speaking_for) > len(vetoes[story_id]) + against.get(story_id, 0):
            found += speaking_for
    return found


def _vetoes(signature: Signature, members: Iterable[StoryMember]) -> dict[str, set[str]]:
    """Ids of the members that forbid it, by story."""
    found: dict[str, set[str]] = defaultdict(set)
    for member in members:
        if veto(signature, member.signature):
            found[member.story_id].add(member.signature.document_id)
    return found


def _spread(signature: Signature, members: Sequence[StoryMember]) -> Counter[str]:
    """In how many stories a feature of the document stands: what runs through many tells little of one."""
    by_story: dict[str, set[str]] = defaultdict(set)
    for member in members:
        by_story[member.story_id] |= signature.reach & member.signature.kernel
    return Counter(feature for features in by_story.values() for feature in features)


def _closest(pair: _Pair) -> tuple[int, float, datetime, str, str]:
    relation, member = pair
    return (
        relation.rank,
        -round(relation.similarity, 2),
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
