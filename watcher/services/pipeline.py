"""The story of a document, one verb a stage.

What was fetched is **read** for matches. A document that matches is **placed** in a story: a new one, an update, or a
copy of what is known. Each match is **judged**: an alert opens, speaks again, is suppressed or has nothing to say, with
the reasons; what is told is routed and put into the outbox. If it only half matched, its article may be **wanted**:
once that is fetched, the document comes by again and is read with it. Then the document is **marked** as done. Match,
story, alert and outbox rows are one transaction with that mark: a crash before its end repeats the work, a crash after
it loses nothing.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.model.document import Document
from watcher.model.errors import UserError
from watcher.model.ports import Clock
from watcher.services.articles import unsaid, want_article
from watcher.services.cases import cases
from watcher.services.composites import judge_composites
from watcher.services.desk import Desk, DeskHolder
from watcher.services.gates import together
from watcher.services.judging import Verdict, judge, record, standing
from watcher.services.mentions import judge_mentions
from watcher.services.placing import place_documents
from watcher.services.readings import Found, read_all
from watcher.services.reporting import report, report_mentions
from watcher.services.screening import Screen
from watcher.storage import documents, matches, silences
from watcher.storage.engine import Database
from watcher.storage.turn import take_turn
from watcher.stories.window import Windows

log = structlog.get_logger(__name__)
BATCH = 50
"""Documents of one transaction: enough to make storing cheap, few enough that a crash repeats little."""


class Pipeline:
    """Takes stored documents, in the order of their arrival, to the outbox."""

    def __init__(
        self,
        db: Database,
        holder: DeskHolder,
        clock: Clock,
        screen: Screen | None = None,
        *,
        on_told: Callable[[], None] = lambda: None,
        enriching: bool = False,
    ) -> None:
        self._db, self._holder, self._clock, self._on_told = db, holder, clock, on_told
        self._screen = screen or Screen(holder)
        self._enriching = enriching
        self._one_at_a_time = asyncio.Lock()
        self._set_aside: set[tuple[str, int]] = set()
        self.tally: Counter[str] = Counter()

    async def run_pending(self, stop: Callable[[], bool] = lambda: False) -> int:
        """Work off everything that waits; returns the number of documents."""
        done = 0
        async with self._one_at_a_time:
            while not stop() and (waiting := await self._waiting()):
                await self._work_off(waiting)
                done += len(waiting)
        return done

    async def _waiting(self) -> list[Document]:
        async with self._db.read() as conn:
            waiting = await documents.pending(conn, BATCH + len(self._set_aside))
        return [document for document in waiting if (document.id, document.version) not in self._set_aside][:BATCH]

    async def _work_off(self, waiting: list[Document]) -> None:
        """All together; at a fault of the program one by one. What it trips over waits for a restart, others go on."""
        try:
            await self._tell(waiting)
        except UserError:
            raise
        except Exception:
            if len(waiting) == 1:
                self._set_aside.add((waiting[0].id, waiting[0].version))
                self.tally["set_aside"] += 1
                log.exception("document.set_aside", document=waiting[0].id)
                return
            for document in waiting:
                await self._work_off([document])

    async def _tell(self, waiting: list[Document]) -> None:
        desk = self._holder.current
        found = await read_all(self._db, desk, self._screen, waiting)
        async with self._db.write() as conn:
            await take_turn(conn)
            left = await documents.still_pending(conn, waiting)
            waiting = [one for one in waiting if one.id in left]  # else another process was quicker
            found = [one for one in found if one.document.id in left]
            now = self._clock.now()
            for one in found:
                if one.article:
                    one.detection = await unsaid(conn, one.document, one.detection)
            matching = [one for one in found if one.detection.matches]
            verdicts, mentioned = await self._follow(conn, desk, matching, now)
            await self._mark(conn, desk, waiting)
        report(self.tally, waiting, verdicts, [one.detection for one in found])
        report_mentions(self.tally, mentioned)
        if any(verdict.deliveries for verdict in verdicts + mentioned):
            self._on_told()

    async def _follow(
        self, conn: AsyncConnection, desk: Desk, matching: list[Found], now: datetime
    ) -> tuple[list[Verdict], list[Verdict]]:
        """Place the documents, judge each match with its story's corroboration, and want the articles of the rest.
        Apart: what round-ups tell of other stories than their own."""
        if not matching:
            return [], []
        placed = await place_documents(conn, matching, Windows(desk.rulebook.signals), now)
        known = await standing(conn, placed.all())
        muted_by = await silences.active(conn, now)
        muted = await matches.muted(conn, [one.document for one in matching if not one.article])
        verdicts, mentioned = list[Verdict](), list[Verdict]()
        for one in matching:
            home, touched = placed.home[one.document.id], placed.touched[one.document.id]
            only = muted.get(one.document.id)
            asked = cases(desk, one, home, only, touched.elsewhere)
            of_it = [await judge(conn, desk, case, known, muted_by, now) for case in asked]
            heard = await judge_mentions(conn, desk, one, touched, known, muted_by, now, only)
            of_it += heard.instead
            mentioned += heard.besides
            if of_it and self._enriching and not one.article:
                self.tally["articles_wanted"] += await want_article(conn, desk, one.document, of_it, known, now)
            verdicts += of_it
        await record(conn, desk, verdicts, now)
        back = [(one, muted.get(one.document.id, {})) for one in matching]
        composed = await judge_composites(conn, desk, verdicts, muted_by, now, back)
        await record(conn, desk, composed, now)
        return verdicts + composed, mentioned

    @property
    def gates(self) -> Counter[str]:
        """Readings since the start, with where they ended."""
        return together(self.tally, self._screen.tally)

    async def _mark(self, conn: AsyncConnection, desk: Desk, done: list[Document]) -> None:
        versions = [(document.id, document.version) for document in done]
        await documents.mark_matched(conn, versions, desk.rulebook.fingerprint)
