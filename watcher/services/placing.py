"""Placing: which stories documents belong to, decided by watcher.stories on what storage knows.

All documents of a batch are placed together: what they may be compared with is read in a few queries, each that is
placed is there for the next, and what came of it is written at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.detection.engine import Detection
from watcher.model.document import Document
from watcher.model.story import Placement, Signature, StoryMember, StoryStatus
from watcher.services.identify import story_id
from watcher.storage import stories
from watcher.storage.stories import Neighbours
from watcher.stories.candidates import in_reach, nearest
from watcher.stories.place import place
from watcher.stories.signature import sign
from watcher.stories.window import Windows


async def place_documents(
    conn: AsyncConnection, found: Sequence[tuple[Document, Detection]], windows: Windows, now: datetime
) -> dict[str, Placement]:
    """Place documents with what was found in them in their order, and remember it; placements by document id.

    A new version of a placed document stays where it is, whatever it says now. Only some of a story's members were
    candidates; its publishers are counted over all of them.
    """
    new = [document for document, _ in found]
    signatures = {document.id: sign(document, said.language, said.matches) for document, said in found}
    present = await stories.placed(conn, signatures)
    wanted = {key for id_, signature in signatures.items() if id_ not in present for key in signature.keys}
    book = _Book(await stories.neighbours(conn, wanted, now - windows.longest), windows, now)
    decided = {}
    for document in new:
        member, signature = present.get(document.id), signatures[document.id]
        decided[document.id] = _kept(document, member) if member else book.place(signature)
        book.add(decided[document.id], signature)
    known = await stories.publishers(conn, {placement.story_id for placement in decided.values()})
    await stories.add_members(conn, [(decided[one.id], signatures[one.id], one.title) for one in new], now)
    told: dict[str, set[str]] = defaultdict(set, known)
    for document in new:
        placement = decided[document.id]
        if placement.status is not StoryStatus.DUPLICATE:
            told[placement.story_id].add(document.publisher)
        decided[document.id] = replace(placement, publishers=max(1, len(told[placement.story_id])))
    return decided


def _kept(document: Document, member: StoryMember) -> Placement:
    status = StoryStatus.DUPLICATE if member.status is StoryStatus.DUPLICATE else StoryStatus.UPDATE
    return Placement(member.story_id, status, (f"version {document.version} of a document already in this story",))


class _Book:
    """Neighbours from storage, and those that were placed just now."""

    def __init__(self, neighbours: Neighbours, windows: Windows, now: datetime) -> None:
        self._windows, self._now = windows, now
        self._members = dict(neighbours.members)
        self._by_key: dict[int, list[str]] = defaultdict(list)
        for key, newest_first in neighbours.by_key.items():
            self._by_key[key] = list(reversed(newest_first))

    def place(self, signature: Signature) -> Placement:
        windows, now = self._windows, self._now
        known = ([self._members[id_] for id_ in self._by_key.get(key, ())] for key in signature.keys)
        alike = nearest(in_reach(signature, members, windows, now) for members in known)
        return place(signature, alike, now, story_id(signature.document_id), windows)

    def add(self, placement: Placement, signature: Signature) -> None:
        id_ = signature.document_id
        self._members[id_] = StoryMember(placement.story_id, signature, placement.status, self._now)
        for key in signature.keys:
            self._by_key[key].append(id_)
