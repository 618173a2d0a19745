"""Matches: recorded once per version and signal, with every reason."""

from __future__ import annotations

from tests.storage.examples import MINUTE, NOW, QUIET, TOLD, a_document, a_match, place
from watcher.model.alert import Decision, Speak
from watcher.storage import documents, matches
from watcher.storage.engine import Database
from watcher.storage.matches import Finding, RecordedMatch


async def test_a_match_comes_back_whole(db: Database) -> None:
    async with db.write() as conn:
        placement = await place(conn)
        await matches.add(conn, [Finding(a_document(1), placement, a_match(), TOLD)], "rules-1", NOW)
        await matches.add(
            conn, [Finding(a_document(1), None, a_match("iran", score=20, alert=False), QUIET)], "rules-1", NOW
        )
    async with db.read() as conn:
        recorded = await matches.for_document(conn, "doc-1")
    assert recorded == [
        RecordedMatch("doc-1", 1, a_match(), "story-1", placement.status, TOLD, "rules-1", NOW),
        RecordedMatch("doc-1", 1, a_match("iran", score=20, alert=False), None, None, QUIET, "rules-1", NOW),
    ]


async def test_matching_again_overwrites_and_a_new_version_does_not(db: Database) -> None:
    async with db.write() as conn:
        await documents.add(conn, [a_document(1)])
        for version, score in ((1, 50), (1, 70), (2, 60)):
            document = a_document(1, version=version)
            await matches.add(conn, [Finding(document, None, a_match(score=score), TOLD)], "rules-1", NOW)
        found = await matches.for_document(conn, "doc-1")
        assert [(match.version, match.match.score) for match in found] == [(2, 60), (1, 70)]
        assert [match.version for match in await matches.for_document(conn, "doc-1", version=1)] == [1]


async def test_near_misses_are_sorted_by_their_distance(db: Database) -> None:
    async with db.write() as conn:
        await documents.add(conn, [a_document(1)])
        for signal_id, score, alert_at, when in (
            ("far", 10, 60, NOW),
            ("near", 58, 60, NOW),
            ("nearer", 79, 80, NOW),
            ("old", 59, 60, NOW - 5 * MINUTE),
        ):
            miss = a_match(signal_id, score=score, alert_at=alert_at, alert=False)
            await matches.add(conn, [Finding(a_document(1), None, miss, QUIET)], "f", when)
        await matches.add(conn, [Finding(a_document(1), None, a_match("hit"), TOLD)], "f", NOW)
        found = await matches.near_misses(conn, NOW - MINUTE, 10)
        assert [recorded.match.signal_id for recorded in found] == ["nearer", "near", "far"]
        assert len(await matches.near_misses(conn, NOW - MINUTE, 1)) == 1


async def test_counts_by_decision(db: Database) -> None:
    again = Decision(Speak.AGAIN, ("a stronger assertion",))
    async with db.write() as conn:
        await documents.add(conn, [a_document(1)])
        for number, decision in enumerate((TOLD, QUIET, QUIET, again)):
            await matches.add(
                conn, [Finding(a_document(1), None, a_match(f"s{number}"), decision)], "f", NOW + number * MINUTE
            )
        assert await matches.counts(conn) == {"open": 1, "suppressed": 2, "again": 1}
        assert await matches.counts(conn, NOW + 2 * MINUTE) == {"suppressed": 1, "again": 1}
