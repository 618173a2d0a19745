"""The queries that run every second read an index from its front, however long the queues are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.storage.examples import MINUTE, NOW, a_document
from watcher.storage import documents, enrichments, outbox, sources, stories
from watcher.storage.claiming import claim
from watcher.storage.engine import Database
from watcher.storage.migrate import migrate

Query = Callable[[AsyncConnection], Awaitable[object]]


async def _claim(conn: AsyncConnection) -> object:
    return await claim(conn, NOW, "me", MINUTE, 5, ["desk"])


QUERIES: list[tuple[str, Query]] = [
    ("ix_delivery_claim", _claim),
    ("ix_delivery_claim", lambda conn: outbox.next_due(conn, ["desk", "duty"])),
    ("ix_delivery_lease", outbox.owners),
    ("ix_delivery_alert", lambda conn: outbox.thread(conn, "alert-1", "desk")),
    ("ix_document_pending", lambda conn: documents.pending(conn, 5)),
    ("ix_document_guid", lambda conn: documents.known(conn, "world", ["a", "b"], [], [])),
    ("ix_document_canonical", lambda conn: documents.known(conn, "world", [], ["a", "b"], [])),
    ("ix_document_content", lambda conn: documents.known(conn, "world", [], [], ["a", "b"])),
    ("ix_document_url_key", lambda conn: documents.find_by_url(conn, "a")),
    ("ix_enrichment_pending", lambda conn: enrichments.claim(conn, NOW, MINUTE, 2, ["a"])),
    ("ix_enrichment_fetched", lambda conn: enrichments.spent(conn, NOW)),
    ("ix_document_canonical_key", lambda conn: enrichments.asked_elsewhere(conn, a_document(1), NOW)),
    ("ix_source_state_due", lambda conn: sources.due(conn, NOW, 5, ["a"])),
    ("ix_source_state_due", lambda conn: sources.next_due(conn, ["a"])),
    ("ix_story_key_key", lambda conn: stories.neighbours(conn, [1, 2], NOW)),
    ("ix_story_member_story", lambda conn: stories.publishers(conn, ["story-1"])),
]
OF_SUBQUERIES = ("SCAN (subquery", "SCAN anon_")
SORTED_BY_INDEX = {"ix_document_pending", "ix_source_state_due"}


@pytest.mark.parametrize(("index", "query"), QUERIES, ids=[f"{n}-{index}" for n, (index, _) in enumerate(QUERIES)])
async def test_the_query_reads_its_index(tmp_path: Path, index: str, query: Query) -> None:
    db = await Database.open(f"sqlite:///{tmp_path}/watch.db")
    await migrate(db)
    seen: list[tuple[str, object]] = []

    def note(_conn: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        seen.append((statement, parameters))

    async with db.write() as conn:
        assert conn.sync_connection is not None
        event.listen(conn.sync_connection, "before_cursor_execute", note)
        await query(conn)
        event.remove(conn.sync_connection, "before_cursor_execute", note)
        plans = [await conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters) for sql, parameters in seen]
        steps = [str(row[3]) for plan in plans for row in plan]
    await db.close()
    assert any(index in step for step in steps), steps
    scans = [step for step in steps if step.startswith("SCAN") and not step.startswith(OF_SUBQUERIES)]
    assert all("INDEX" in step for step in scans), steps
    if index in SORTED_BY_INDEX or query is _claim:
        assert not any("TEMP B-TREE" in step for step in steps), steps
