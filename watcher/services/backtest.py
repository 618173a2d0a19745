"""Backtest: what a rulebook would have told of the archive, beside what was really told then."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from watcher.model.alert import Speak
from watcher.model.rulebook import Rulebook
from watcher.services import archive
from watcher.services.compose import rfc3339
from watcher.services.gates import READINGS, gates_in
from watcher.services.identify import alert_id
from watcher.services.replay import Replay, Telling
from watcher.services.shortfall import strongest
from watcher.storage import documents, matches
from watcher.storage.engine import Database
from watcher.storage.matches import RecordedMatch
from watcher.stories.window import Windows

TOLD = frozenset({Speak.OPEN, Speak.AGAIN})
Progress = Callable[[float, int], None]


async def run(
    db: Database,
    rulebook: Rulebook,
    since: datetime,
    now: datetime,
    *,
    limit: int,
    as_live: bool = False,
    progress: Progress = lambda _done, _documents: None,
) -> dict[str, Any]:
    """Replay the documents first seen since then; a report as docs/commands.md describes it.

    Stories that began before are known: the days from which they go on are replayed too, without being reported. Of
    what would have been told the newest `limit` are listed, and as many of what was told then and would not be now.
    """
    async with db.read() as conn:
        told_then = await matches.told(conn, since)
    replay = Replay(rulebook, as_live=as_live, follow={recorded.document_id for recorded in told_then})
    tellings: list[Telling] = []
    earlier: list[Telling] = []
    before: Counter[str] | None = None
    taken = 0
    async for document, article in archive.stream(db, before_stories(rulebook, since)):
        reported = document.first_seen_at >= since
        if reported and before is None:
            before = replay.tally.copy()
        (tellings if reported else earlier).extend(replay.take(document, article))
        taken += 1
        progress(taken, taken)
    before = replay.tally.copy() if before is None else before
    async with db.read() as conn:
        recorded = await matches.for_documents(conn, {telling.document_id for telling in tellings})
    past = Past(recorded, told_then, replay.placed)
    lost = past.lost([*earlier, *tellings])
    return {
        "since": rfc3339(since),
        "until": rfc3339(now),
        "fingerprint": rulebook.fingerprint,
        **_counts(replay.tally - before, before),
        "alerts": len(tellings),
        "alerts_not_told_then": sum(past.told_of(telling) is None for telling in tellings),
        "told_then": len(told_then),
        "told_then_not_now": len(lost),
        "signals": _by_signal(tellings, past, lost),
        "tellings": [_row(telling, past) for telling in tellings[-limit:]],
        "lost": await _lost_rows(db, lost[-limit:]),
    }


def before_stories(rulebook: Rulebook, since: datetime) -> datetime:
    """The first moment at which a story may have begun that goes on at `since`."""
    return since - Windows(rulebook.signals).longest


def _counts(tally: Counter[str], before: Counter[str]) -> dict[str, Any]:
    suppressed = {
        name.removeprefix("suppressed:"): count
        for name, count in sorted(tally.items())
        if name.startswith("suppressed:")
    }
    return {
        "documents": tally["documents"],
        "documents_before": before["documents"],
        "near_misses": tally["near_misses"],
        "opened": tally["open"],
        "again": tally["again"],
        "suppressed": suppressed,
        "readings": tally[READINGS],
        "gates": gates_in(tally),
    }


class Past:
    """What was decided then: `recorded` on the documents told of now, `told` everywhere, `placed` in which story now.

    A story of then and a story of now are the same to a telling if they share its document.
    """

    def __init__(
        self, recorded: Sequence[RecordedMatch], told: Sequence[RecordedMatch], placed: Mapping[str, str]
    ) -> None:
        self.told = told
        self._placed = placed
        self._stories = {one.document_id: one.story_id for one in recorded if one.story_id}
        self._decided: dict[tuple[str, str], RecordedMatch] = {}
        for one in recorded:
            key = (one.match.signal_id, one.document_id)
            known = self._decided.get(key)
            if known is None or known.decision.speak not in TOLD or one.decision.speak in TOLD:
                self._decided[key] = one
        self._told_in: dict[tuple[str, str], RecordedMatch] = {}
        for one in told:
            for key in self._keys(one):
                self._told_in.setdefault(key, one)

    def _keys(self, told: RecordedMatch) -> list[tuple[str, str]]:
        stories = (told.story_id, self._placed.get(told.document_id))
        return [(told.match.signal_id, story) for story in stories if story]

    def _keys_now(self, telling: Telling) -> list[tuple[str, str]]:
        stories = (self._stories.get(telling.document_id), telling.story_id)
        return [(telling.match.signal_id, story) for story in stories if story]

    def decided(self, telling: Telling) -> RecordedMatch | None:
        """What came of the same signal on the same document then: of several versions what was told, else the last."""
        return self._decided.get((telling.match.signal_id, telling.document_id))

    def told_of(self, telling: Telling) -> RecordedMatch | None:
        """What was told then of this: by the same document, else by another one of its story."""
        same = self.decided(telling)
        if same and same.decision.speak in TOLD:
            return same
        return next((self._told_in[key] for key in self._keys_now(telling) if key in self._told_in), None)

    def lost(self, tellings: Iterable[Telling]) -> list[RecordedMatch]:
        """What was told then and is not now, neither by its document nor by its story, in the order of its telling."""
        now: set[tuple[str, str]] = set()
        for telling in tellings:
            now |= {(telling.match.signal_id, telling.document_id), *self._keys_now(telling)}
        return [one for one in self.told if now.isdisjoint({(one.match.signal_id, one.document_id), *self._keys(one)})]


def _by_signal(tellings: Sequence[Telling], past: Past, lost: Sequence[RecordedMatch]) -> dict[str, dict[str, int]]:
    """For each signal that told or was told: opened, again, not told then, told then, told then but not now."""
    rows: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for telling in tellings:
        row = rows[telling.match.signal_id]
        row["opened" if telling.decision.speak is Speak.OPEN else "again"] += 1
        row["not_told_then"] += past.told_of(telling) is None
    for recorded in past.told:
        rows[recorded.match.signal_id]["told_then"] += 1
    for recorded in lost:
        rows[recorded.match.signal_id]["told_then_not_now"] += 1
    names = ("opened", "again", "not_told_then", "told_then", "told_then_not_now")
    return {signal_id: {name: row[name] for name in names} for signal_id, row in sorted(rows.items())}


def _row(telling: Telling, past: Past) -> dict[str, Any]:
    match = telling.match
    return {
        "at": rfc3339(telling.at),
        "speak": str(telling.decision.speak),
        "signal": match.signal_id,
        "status": str(telling.status),
        "score": match.score,
        "severity": match.severity,
        "assertion": str(match.assertion),
        "scored_on": str(match.scored_on),
        "document": telling.document_id,
        "title": telling.title,
        "url": telling.url,
        "publisher": telling.publisher,
        "publishers": telling.publishers,
        "story": telling.story_id,
        "sentence": match.sentence,
        "reasons": list(telling.reasons),
        "why": strongest(match.ledger),
        "then": _then(telling, past),
    }


def _then(telling: Telling, past: Past) -> dict[str, Any]:
    """`decision` is what came of the document then (`none`: no match), `alert` what was told of it or of its story."""
    same, told = past.decided(telling), past.told_of(telling)
    return {
        "decision": str(same.decision.speak) if same else "none",
        "suppressed_by": same.decision.suppressed_by if same else "",
        "score": same.match.score if same else None,
        "alert": alert_id(told.match.signal_id, told.story_id) if told and told.story_id else None,
        "told_by": told.document_id if told else None,
    }


async def _lost_rows(db: Database, lost: Sequence[RecordedMatch]) -> list[dict[str, Any]]:
    async with db.read() as conn:
        named = await documents.headlines(conn, {recorded.document_id for recorded in lost})
    rows = []
    for recorded in lost:
        title, url, publisher = named.get(recorded.document_id, ("", "", ""))
        match = recorded.match
        rows.append(
            {
                "at": rfc3339(recorded.created_at), "speak": str(recorded.decision.speak), "signal": match.signal_id,
                "score": match.score, "severity": match.severity, "assertion": str(match.assertion),
                "document": recorded.document_id, "title": title, "url": url, "publisher": publisher,
                "story": recorded.story_id,
                "alert": alert_id(match.signal_id, recorded.story_id) if recorded.story_id else None,
            }
        )  # fmt: skip
    return rows
