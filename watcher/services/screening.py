"""Screening: documents are read once before they are stored, so that those that match nothing are stored as done.

Most documents are about nothing that the desk waits for: they never wait for the pipeline. What was found in the others
is kept for it, in memory and bounded; after a restart, or with another rulebook, it reads them again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable

import structlog

from watcher.detection.engine import Detection
from watcher.model.document import Document
from watcher.services.desk import Desk, DeskHolder
from watcher.services.gates import count_readings

log = structlog.get_logger(__name__)
KEPT = 2_000
"""Detections that wait for the pipeline; beyond, the oldest are forgotten and read again."""

IN_ONE_GO = 5_000
"""Characters read before polls and sends get their turn: milliseconds. A turn costs as much as a short text."""


class Screen:
    """What a document says, read once for the collector and the pipeline together.

    `tally` counts where the readings of documents ended that match nothing.
    """

    def __init__(self, holder: DeskHolder) -> None:
        self._holder = holder
        self._found: dict[tuple[str, int], tuple[Desk, Detection]] = {}
        self.tally: Counter[str] = Counter()

    async def settled(self, new: Iterable[Document]) -> tuple[str, frozenset[str]]:
        """The rulebook's fingerprint, and the ids of the documents that match nothing in it, not even nearly."""
        desk = self._holder.current
        nothing = set()
        read = 0
        for document in new:
            try:
                detection = desk.detector.detect(
                    document.title, document.text, document.language, document.first_seen_at.year
                )
            except Exception:  # the pipeline meets it again, and sets it aside
                log.exception("document.not_screened", document=document.id)
                continue
            if detection.matches:
                self._keep(document, desk, detection)
            else:
                nothing.add(document.id)
                count_readings(self.tally, [detection], 0)
            read += len(document.title) + len(document.text)
            if read >= IN_ONE_GO:  # one document is bounded in time
                read = 0
                await asyncio.sleep(0)
        return desk.rulebook.fingerprint, frozenset(nothing)

    def recall(self, desk: Desk, document: Document) -> Detection | None:
        """What was found in this version of the document by this desk, given out once."""
        read_by, detection = self._found.pop((document.id, document.version), (None, None))
        return detection if read_by is desk else None

    def _keep(self, document: Document, desk: Desk, detection: Detection) -> None:
        while len(self._found) >= KEPT:
            del self._found[next(iter(self._found))]
        self._found[document.id, document.version] = (desk, detection)
