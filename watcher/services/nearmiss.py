"""Near misses: stored matches below their threshold, the nearest first, with what was wanting."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from watcher.services.compose import rfc3339
from watcher.services.shortfall import wanting_match
from watcher.storage import documents, matches
from watcher.storage.engine import Database


async def rows(db: Database, since: datetime, limit: int) -> list[dict[str, Any]]:
    """At most `limit`, recorded since then; plain data that is JSON already."""
    async with db.read() as conn:
        found = await matches.near_misses(conn, since, limit)
        named = await documents.headlines(conn, {recorded.document_id for recorded in found})
    listed = []
    for recorded in found:
        match = recorded.match
        title, url, publisher = named.get(recorded.document_id, ("", "", ""))
        listed.append(
            {
                "distance": match.alert_at - match.score,
                "signal": match.signal_id,
                "score": match.score,
                "alert_at": match.alert_at,
                "assertion": str(match.assertion),
                "cue": match.cue,
                "scored_on": str(match.scored_on),
                "wanting": wanting_match(match),
                "pattern": match.pattern,
                "sentence": match.sentence,
                "document": recorded.document_id,
                "version": recorded.version,
                "title": title,
                "url": url,
                "publisher": publisher,
                "recorded_at": rfc3339(recorded.created_at),
            }
        )
    return listed
