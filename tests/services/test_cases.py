"""One document, several signals: an alert of one may mute another's, whichever is stronger."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.services.fakes import desk, document
from tests.services.test_pipeline import store
from tests.support.clocks import HandClock
from tests.support.velmar import Report
from watcher.services import inspect
from watcher.services.desk import DeskHolder
from watcher.services.pipeline import Pipeline
from watcher.storage.engine import Database

BOTH = Report(
    "Tarsk dam collapses, dockers strike in Port Orsa",
    "The Tarsk dam in Velmar collapsed on Monday. Dockers walked out in Port Orsa the same day.",
)


@pytest.mark.parametrize(("by", "mutes"), [("dam-failure", "port-strike"), ("port-strike", "dam-failure")])
async def test_an_alert_mutes_the_other_of_its_story(
    tmp_path: Path, db: Database, clock: HandClock, by: str, mutes: str
) -> None:
    rule = {"name": "one-is-enough", "by": [by], "mute": {"signal": mutes}}
    over = desk(tmp_path / "rules", inhibit=[rule])
    await store(db, document(1, BOTH))
    await Pipeline(db, DeskHolder(over), clock).run_pending()
    rows = {row["signal_id"]: row for row in await inspect.alert_rows(db, 10)}
    lives = {name: await inspect.alert_life(db, row["id"]) for name, row in rows.items()}
    assert (rows[by]["told"], rows[mutes]["told"]) == (True, False)
    assert lives[mutes]["events"][0]["suppressed_by"] == "inhibited"
    assert len(await inspect.delivery_rows(db, 10)) == 1
