"""Is a document new, an update or a copy? Compares it with recent members of stories, by no source's clock.

Two different developments in one story would hide one of them, two stories of one development tell it twice: the first
is worse, so everything in doubt is new.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from watcher.model.story import Placement, Signature, StoryMember, StoryStatus
from watcher.stories.likeness import Likeness, Rank, Seeming, confirmed, identity, seeming
from watcher.stories.retold import Evidence, wanted
from watcher.stories.veto import veto
from watcher.stories.window import Windows

_USUAL = Windows()

_DOUBT = 1.5
"""Points more for a report whose wording is alike and whose headline tells something else."""

_UNLIKE = Likeness(Rank.UNLIKE, StoryStatus.NEW, 0.0, "")
_Pair = tuple[Likeness, StoryMember]


class _Possible(NamedTuple):
    """A member that may tell the same development; `taken_up`: what its kernel has of the document's first page."""

    relation: Likeness
    member: StoryMember
    taken_up: frozenset[str]


def place(
    signature: Signature,
    candidates: Sequence[StoryMember],
    now: datetime,
    new_story_id: str,
    windows: Windows = _USUAL,
) -> Placement:
    """Where the document belongs, whatever the order of `candidates`; in `new_story_id` if none is alike.

    A member draws in what comes within its window; its own new versions, address and content do not age.
    """
    found = [(same, member) for member in candidates if (same := identity(signature, member.signature))]
    if not found:
        recent = [member for member in candidates if windows.reach(signature, member, now)]
        found = _alike(signature, recent)
    if not found:
        reason = f"nothing similar in the last {_span(windows.around(signature))}"
        return Placement(new_story_id, StoryStatus.NEW, (reason,))
    relation, member = min(found, key=_closest)
    return Placement(
        member.story_id,
        relation.status,
        (f"{relation.reason} {member.signature.document_id} from {member.signature.publisher} "
         f"(similarity {relation.similarity:.2f})",),
        _publishers(signature, relation.status, [other for other in candidates if other.story_id == member.story_id]),
    )  # fmt: skip


def _alike(signature: Signature, recent: Sequence[StoryMember]) -> list[_Pair]:
    """Of the recent members those to which the document belongs: the closest kind that there is."""
    looks = [(seems, one) for one in recent if (seems := seeming(signature, one.signature))]
    if same := _same_report(signature, looks):
        return [same]
    relations = {one.signature.document_id: confirmed(seems, signature, one.signature) for seems, one in looks}
    related = [(relations.get(one.signature.document_id) or _UNLIKE, one) for one in recent]
    retold = [pair for pair in related if pair[0].rank < Rank.DEVELOPMENT]
    return _not_outvoted(signature, retold, related) or _same_development(signature, related)


def _same_report(signature: Signature, looks: Sequence[tuple[Seeming, StoryMember]]) -> _Pair | None:
    """The closest member that has the same text or headline. What looks closest is confirmed first, and what is
    confirmed ends the search: nothing else can come closer than it looks."""
    ranked = sorted((_closest((seems.relation, one)), at) for at, (seems, one) in enumerate(looks))
    best: _Pair | None = None
    for closeness, at in ranked:
        if closeness[0] > Rank.REWORKED or (best and _closest(best) < closeness):
            break
        seems, member = looks[at]
        relation = confirmed(seems, signature, member.signature)
        if relation and relation.rank <= Rank.REWORKED and (not best or _closest((relation, member)) < _closest(best)):
            best = relation, member
    return best


def _same_development(signature: Signature, related: Sequence[_Pair]) -> list[_Pair]:
    """The closest member of those that tell it in other words or another language, if there is one."""
    possible = [
        _Possible(relation, member, signature.reach & member.signature.kernel)
        for relation, member in related
        if relation.rank is not Rank.CONTRADICTED
    ]
    evidence = Evidence(signature, _spread(possible))
    found: list[_Pair] = []
    for relation, member, taken_up in possible:
        doubt = _DOUBT if relation.rank is Rank.DOUBTFUL else 0
        least = wanted(signature, member.signature) + doubt
        points = evidence.points(member.signature, taken_up, least)
        if points >= least:
            found.append((Likeness(Rank.DEVELOPMENT, StoryStatus.UPDATE, points, ""), member))
    if not (kept := _not_outvoted(signature, found, related)):
        return []
    relation, member = min(kept, key=_closest)
    shown = ", ".join(evidence.shown(member.signature))
    return [(replace(relation, reason=f"the same development ({shown}), told differently, as"), member)]


def _not_outvoted(signature: Signature, found: Sequence[_Pair], related: Sequence[_Pair]) -> list[_Pair]:
    """Those of stories in which more members speak for it than against.

    One report that leaves out what sets two developments apart must not join them.
    """
    by_story: dict[str, list[_Pair]] = defaultdict(list)
    for pair in found:
        by_story[pair[1].story_id].append(pair)
    against = _against(signature, [pair for pair in related if pair[1].story_id in by_story])
    kept: list[_Pair] = []
    for story_id, pairs in by_story.items():
        speaking_for = [pair for pair in pairs if pair[1].signature.document_id not in against[story_id]]
        if len(speaking_for) > len(against[story_id]):
            kept += speaking_for
    return kept


def _against(signature: Signature, related: Sequence[_Pair]) -> dict[str, set[str]]:
    """Ids of the members that forbid it, by story: alike in wording and contradicting, or telling something else."""
    found: dict[str, set[str]] = defaultdict(set)
    for relation, member in related:
        if relation.rank is Rank.CONTRADICTED or veto(signature, member.signature):
            found[member.story_id].add(member.signature.document_id)
    return found


def _spread(possible: Iterable[_Possible]) -> Counter[str]:
    """In how many stories a feature of the document stands: what runs through many tells little of one."""
    by_story: dict[str, set[str]] = defaultdict(set)
    for _, member, taken_up in possible:
        by_story[member.story_id] |= taken_up
    return Counter(feature for features in by_story.values() for feature in features)


def _span(window: timedelta) -> str:
    hours, rest = divmod(window, timedelta(hours=1))
    return f"{window // timedelta(minutes=1)} minutes" if rest else f"{hours} hours"


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
