"""Which members a document is compared with, of all that share a key with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from operator import attrgetter

from watcher.model.story import Signature, StoryMember
from watcher.stories.likeness import identity
from watcher.stories.window import Windows

_ID = attrgetter("signature.document_id")
CANDIDATES = 200
"""Members that one document is compared with: a busy key never makes one placement slow."""


def nearest(by_key: Iterable[Iterable[StoryMember]]) -> list[StoryMember]:
    """Of the members found under each key those under the most, then the newest: at most CANDIDATES."""
    found = list(chain.from_iterable(by_key))
    ids = list(map(_ID, found))
    shared = Counter(ids)
    members = dict(zip(ids, found, strict=True))
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
