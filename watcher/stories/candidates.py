"""Which members a document is compared with, of all that share a key with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from watcher.model.story import Signature, StoryMember
from watcher.stories.likeness import identity
from watcher.stories.window import Windows

CANDIDATES = 200
"""Members that one document is compared with: a busy key never makes one placement slow."""


def nearest(by_key: Iterable[Iterable[StoryMember]]) -> list[StoryMember]:
    """Of the members found under each key those under the most, then the newest: at most CANDIDATES."""
    shared: Counter[str] = Counter()
    members: dict[str, StoryMember] = {}
    for found in by_key:
        for member in found:
            id_ = member.signature.document_id
            shared[id_] += 1
            members[id_] = member
    ranked = sorted(members, key=lambda id_: (shared[id_], members[id_].seen_at, id_), reverse=True)
    return [members[id_] for id_ in ranked[:CANDIDATES]]


def in_reach(
    signature: Signature, members: Iterable[StoryMember], windows: Windows, now: datetime
) -> Iterable[StoryMember]:
    """Of members within the longest window those that are recent enough for their signals, and those that are the
    same report, which does not age."""
    if windows.alike:
        return members
    return [one for one in members if windows.reach(signature, one, now) or identity(signature, one.signature)]
