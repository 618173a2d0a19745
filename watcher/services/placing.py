"""Placing: which story a document belongs to, decided by watcher.stories on what storage knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.model.document import Document
from watcher.model.story import Placement, StoryStatus
from watcher.services.identify import story_id
from watcher.storage import stories
from watcher.stories.place import WINDOW, place
from watcher.stories.signature import sign


async def place_document(conn: AsyncConnection, document: Document, now: datetime) -> Placement:
    """Place and remember it. A new version of a placed document stays where it is, whatever it says now."""
    signature = sign(document)
    if member := await stories.for_document(conn, document.id):
        status = StoryStatus.DUPLICATE if member.status is StoryStatus.DUPLICATE else StoryStatus.UPDATE
        reason = f"version {document.version} of a document already in this story"
        placement = Placement(member.story_id, status, (reason,))
    else:
        candidates = await stories.candidates(conn, signature.keys, now - WINDOW)
        placement = place(signature, candidates, now, story_id(document.id))
    await stories.add_member(conn, placement, signature, document.title, now)
    # Only some of a story's members were candidates; its publishers are counted over all of them.
    return replace(placement, publishers=max(1, len(await stories.publishers(conn, placement.story_id))))
