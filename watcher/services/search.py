"""Search: stored documents that contain words, for people who look something up. What they type is only ever words."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime
from typing import Any

from watcher.model.errors import UserError
from watcher.services.archive import index_new
from watcher.services.compose import rfc3339
from watcher.storage import search
from watcher.storage.engine import Database
from watcher.storage.search import BEGIN, END, Term

MOST_TERMS = 20
MOST_CHARACTERS = 500
_PIECE = re.compile(r'"([^"]*)"|(\S+)')
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def terms(typed: str) -> tuple[Term, ...]:
    """Words that must all be there; "several words" in quotes as they stand, word* with any ending.

    Nothing else means anything. Raises UserError if there is no word in it, or too much.
    """
    clean = _CONTROL.sub(" ", typed)
    if len(clean) > MOST_CHARACTERS:
        raise UserError(f"at most {MOST_CHARACTERS} characters can be searched for")
    found = []
    for phrase, word in _PIECE.findall(clean):
        words = (phrase or word).replace('"', " ").strip()
        prefix = bool(word) and words.endswith("*") and any(map(str.isalnum, words))
        if any(map(str.isalnum, words)):
            found.append(Term(words.rstrip("*") if prefix else words, prefix))
    if not found:
        raise UserError("there is no word to search for")
    return tuple(found[:MOST_TERMS])


async def rows(
    db: Database, typed: str, limit: int, *, since: datetime | None, source_id: str | None, language: str | None
) -> list[dict[str, Any]]:
    """At most `limit`, the newest first, with what arrived just now; plain data that is JSON already.

    `hits` are the places in the snippet that were searched for: [start, end] each.
    """
    wanted = terms(typed)
    await index_new(db)
    async with db.read() as conn:
        found = await search.find(conn, wanted, limit, since=since, source_id=source_id, language=language)
    listed = []
    for hit in found:
        snippet, hits = marked(hit.snippet)
        published = rfc3339(hit.published_at) if hit.published_at else None
        times = {"published_at": published, "first_seen_at": rfc3339(hit.first_seen_at)}
        listed.append(asdict(hit) | times | {"snippet": snippet, "hits": hits})
    return listed


def marked(snippet: str) -> tuple[str, list[list[int]]]:
    """The snippet on one line without its marks, and where they stood."""
    text, hits = "", []
    for number, piece in enumerate(" ".join(snippet.split()).split(BEGIN)):
        inside, mark, after = piece.partition(END) if number else ("", "", piece)
        if mark:
            hits.append([len(text), len(text) + len(inside)])
        text += inside + after
    return text, hits
