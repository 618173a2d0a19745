"""Documents and members for the tests of this room."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from watcher.model.document import Document
from watcher.model.story import StoryMember, StoryStatus
from watcher.stories.signature import sign

NOW = datetime(2026, 7, 12, 12, 0, tzinfo=UTC)

WIRE_TITLE = "Iraqi court issues warrants for 11 as police storm drone workshop near Basra"
WIRE = "\n\n".join(
    (
        "BASRA, Iraq, July 12 (Example Wire) — Iraqi interior ministry forces stormed a walled compound south of Basra "
        "before dawn on Sunday and led away six men said to belong to Kataib Hezbollah, in what officials called the "
        "first raid on a drone workshop inside the province.",
        "A court in Baghdad issued warrants for another 11 people, the ministry said in a statement. It showed "
        "photographs of engines, wings and crates with foreign markings, and said that the machines were meant for "
        "attacks on ships in the Gulf.",
        'The group said that the compound was a farm and the men were its workers. "They have taken six peasants," a '
        "spokesman told a television channel close to it.",
        "Residents said that shots were fired for about twenty minutes and that a helicopter circled over the palm "
        "groves until sunrise. The road to the port was closed until noon.",
    )
)


def document(
    title: str = WIRE_TITLE,
    text: str = WIRE,
    *,
    id: str = "doc-1",
    publisher: str = "wire.example",
    url: str | None = None,
    content_hash: str | None = None,
) -> Document:
    """A document with an address of its own, unless `url` says otherwise."""
    address = f"https://{publisher}/news/{id}" if url is None else url
    return Document(
        id=id,
        source_id=f"{publisher}-feed",
        publisher=publisher,
        guid=id,
        url=address,
        canonical_url=address,
        title=title,
        text=text,
        language=None,
        published_at=NOW,
        first_seen_at=NOW,
        content_hash=hashlib.sha256(f"{title}\n{text}".encode()).hexdigest() if content_hash is None else content_hash,
    )


def member(
    of: Document, story_id: str = "story-1", status: StoryStatus = StoryStatus.NEW, seen_at: datetime = NOW
) -> StoryMember:
    """`of` as a member of a story."""
    return StoryMember(story_id, sign(of), status, seen_at)
