"""Placing: which stories documents belong to, decided by watcher.stories on what storage knows.

All documents of a batch are placed together: what they may be compared with is read in a few queries, each that is
placed is there for the next, and what came of it is written at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.model.document import Document
from watcher.model.story import Placement, Signature, StoryMember, StoryStatus
from watcher.services.identify import story_id
from watcher.services.mentions import Touched, beside, with_publishers
from watcher.services.readings import Found
from watcher.storage import stories
from watcher.storage.stories import Neighbours
from watcher.stories.candidates import in_reach, nearest
from watcher.stories.place import place
from watcher.stories.signature import sign
from watcher.stories.touched import PLACED, home_of, touched
from watcher.stories.window import Windows


@dataclass(frozen=True, slots=True)
class Placed:
    """By document id: where it belongs, and what else it touches."""

    home: dict[str, Placement]
    touched: dict[str, Touched]

    def all(self) -> list[Placement]:
        """Every place."""
        beside = (mention.placement for one in self.touched.values() for mention in one.mentions)
        return [*self.home.values(), *beside]


async def place_documents(conn: AsyncConnection, found: Sequence[Found], windows: Windows, now: datetime) -> Placed:
    """Place documents with what was found in them in their order, and remember it.

    A new version of a placed document stays where it is, whatever it says now. Only some of a story's members were
    candidates; its publishers are counted over all of them. A round-up that no story takes as a whole goes where the
    first of its parts belongs that belongs anywhere.
    """
    new = [one.document for one in found]
    signatures = {one.document.id: sign(one.document, one.detection.language, one.detection.matches) for one in found}
    present = await stories.placed(conn, signatures)
    wanted = {key for id_, signature in signatures.items() if id_ not in present for key in signature.keys}
    wanted |= {key for one in found for part in one.parts[:PLACED] for key in part.signature.keys}
    book = _Book(await stories.neighbours(conn, wanted, now - windows.longest), windows, now)
    decided: dict[str, Placement] = {}
    beside_home: dict[str, Touched] = {}
    for one in found:
        document = one.document
        member, signature = present.get(document.id), signatures[document.id]
        placement = _kept(document, member) if member else book.place(signature)
        parts = book.touched(one)
        if placement.status is StoryStatus.NEW and parts:
            placement = home_of(parts)
        decided[document.id] = placement
        beside_home[document.id] = beside(placement, one.parts, parts)
        book.add(placement, signature)
    placed = Placed(decided, beside_home)
    known = await stories.publishers(conn, {placement.story_id for placement in placed.all()})
    await stories.add_members(conn, [(decided[one.id], signatures[one.id], one.title) for one in new], now)
    told: dict[str, set[str]] = defaultdict(set, known)
    for document in new:
        placement = decided[document.id]
        if placement.status is not StoryStatus.DUPLICATE:
            told[placement.story_id].add(document.publisher)
        decided[document.id] = replace(placement, publishers=max(1, len(told[placement.story_id])))
        beside_home[document.id] = with_publishers(beside_home[document.id], told)
    return placed


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
        new_story = story_id(signature.document_id)
        return place(signature, self._alike(signature), self._now, new_story, self._windows)

    def touched(self, one: Found) -> dict[int, Placement]:
        """Where the parts of a round-up belong, those that belong anywhere, by their index."""
        parts = [part.signature for part in one.parts]
        return touched(one.document.id, parts, self._alike, self._now, self._windows)

    def _alike(self, signature: Signature) -> list[StoryMember]:
        windows, now = self._windows, self._now
        known = ([self._members[id_] for id_ in self._by_key.get(key, ())] for key in signature.keys)
        return nearest(in_reach(signature, members, windows, now) for members in known)

    def add(self, placement: Placement, signature: Signature) -> None:
        id_ = signature.document_id
        self._members[id_] = StoryMember(placement.story_id, signature, placement.status, self._now)
        for key in signature.keys:
            self._by_key[key].append(id_)
