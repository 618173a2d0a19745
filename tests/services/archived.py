"""Archives for tests: documents stored and worked off by the real pipeline, with a clock that follows them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from tests.support.clocks import NOON, HandClock
from tests.support.velmar import Report, Velmar
from watcher.detection.engine import Detector
from watcher.model.document import Document
from watcher.model.rulebook import Rulebook
from watcher.services import rules
from watcher.services.desk import Desk, DeskHolder
from watcher.services.pipeline import Pipeline
from watcher.sources.identity import content_hash
from watcher.storage import documents
from watcher.storage.engine import Database
from watcher.storage.migrate import migrate

HOUR = timedelta(hours=1)


def velmar_rules(root: Path, **signals: str) -> Rulebook:
    """The rules of Velmar, with some signals written otherwise (`dam_failure="…"`)."""
    directory = Velmar(root)
    for name, text in signals.items():
        directory.signal(name.replace("_", "-"), text)
    return load(root)


def load(root: Path) -> Rulebook:
    """Read with its routes: the pipeline needs them."""
    loaded, findings = rules.read(root)
    assert loaded, findings
    return loaded


def document(number: int, report: Report, at: datetime = NOON, publisher: str = "wire.example") -> Document:
    """A report first seen at that moment, published five minutes before."""
    return Document(
        id=f"doc-{number:03}",
        source_id=publisher.split(".", maxsplit=1)[0],
        publisher=publisher,
        guid=f"guid-{number}",
        url=f"https://{publisher}/{number}",
        canonical_url=f"https://{publisher}/{number}",
        title=report.title,
        text=report.text,
        language="en",
        published_at=at - timedelta(minutes=5),
        first_seen_at=at,
        content_hash=content_hash(report.title, report.text),
    )


@asynccontextmanager
async def database(folder: Path) -> AsyncIterator[Database]:
    """An empty one, on SQLite."""
    db = await Database.open(f"sqlite:///{folder / 'watcher.db'}")
    try:
        await migrate(db)
        yield db
    finally:
        await db.close()


async def work_off(db: Database, rulebook: Rulebook, arrivals: Iterable[Document]) -> None:
    """Store and tell each at the moment when it is first seen."""
    clock = HandClock()
    holder = DeskHolder(Desk(rulebook, Detector(rulebook.signals, rulebook.lexicons)))
    pipeline = Pipeline(db, holder, clock)
    for arrival in arrivals:
        clock.elapsed = (arrival.first_seen_at - clock.start).total_seconds()
        async with db.write() as conn:
            await documents.add(conn, [arrival])
        await pipeline.run_pending()
