"""Drop counters add up: every reading of a document by a signal ends at exactly one gate, wherever it is counted."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from tests.services.archived import database, document, velmar_rules
from tests.services.test_replay import arrivals_of
from tests.support.clocks import HandClock
from tests.support.velmar import DAM, DAM_FAILS, DAM_FEARS
from watcher.detection.engine import Detector
from watcher.model.enrichment import Article
from watcher.model.rulebook import Rulebook
from watcher.services.desk import Desk, DeskHolder
from watcher.services.evaluation import Evaluation, Labelled
from watcher.services.gates import GATES, READINGS, gates_in
from watcher.services.matching import Matching
from watcher.services.metrics import Label
from watcher.services.pipeline import Pipeline
from watcher.services.replay import Replay
from watcher.services.screening import Screen
from watcher.storage import documents

COUNT = 30


@pytest.fixture(scope="module")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return velmar_rules(tmp_path_factory.mktemp("velmar") / "rules", dam_failure=DAM + "status: shadow\n")


def added_up(tally: Counter[str], readings: int) -> dict[str, int]:
    """The gates, of which the counts must add up to so many readings."""
    gates = gates_in(tally)
    assert tally[READINGS] == readings
    assert sum(gates.values()) == readings
    assert gates.keys() <= GATES.keys()
    assert all(count > 0 for count in gates.values())
    return gates


@pytest.mark.parametrize("seed", range(3))
async def test_in_the_service(seed: int, rulebook: Rulebook, tmp_path: Path) -> None:
    arrivals = arrivals_of(random.Random(seed), COUNT)
    clock = HandClock()
    holder = DeskHolder(Desk(rulebook, Detector(rulebook.signals, rulebook.lexicons)))
    screen = Screen(holder)
    async with database(tmp_path) as db:
        pipeline = Pipeline(db, holder, clock, screen=screen)
        for arrival in arrivals:
            clock.elapsed = (arrival.first_seen_at - clock.start).total_seconds()
            _, settled = await screen.settled([arrival])
            if arrival.id not in settled:
                async with db.write() as conn:
                    await documents.add(conn, [arrival])
                await pipeline.run_pending()
    gates = added_up(pipeline.gates, COUNT * len(rulebook.signals))
    assert gates["shadow"]
    assert gates["alert"] == pipeline.tally["open"] + pipeline.tally["again"]
    for name in ("already-told", "too-old", "shadow"):
        assert gates.get(name, 0) == pipeline.tally[f"suppressed:{name}"]


@pytest.mark.parametrize("seed", range(3))
def test_in_a_replay(seed: int, rulebook: Rulebook) -> None:
    replay = Replay(rulebook)
    for arrival in arrivals_of(random.Random(seed), COUNT):
        replay.take(arrival)
    gates = added_up(replay.tally, COUNT * len(rulebook.signals))
    assert gates["alert"] == replay.tally["open"] + replay.tally["again"]


def test_an_article_is_a_reading_of_its_own(rulebook: Rulebook) -> None:
    arrivals = arrivals_of(random.Random(1), COUNT)
    replay = Replay(rulebook, as_live=True)
    article = Article("https://wire.example/a", DAM_FAILS.title, DAM_FAILS.text)
    for arrival in arrivals:
        replay.take(arrival, article)
    assert added_up(replay.tally, 2 * COUNT * len(rulebook.signals))["other-reading"]


def test_in_match_and_in_eval(rulebook: Rulebook) -> None:
    matching, evaluation = Matching(rulebook), Evaluation(rulebook)
    alerts = 0
    for arrival in arrivals_of(random.Random(2), COUNT):
        alerts += sum(match["alert"] for match in matching.match(arrival, arrival.id)["matches"])
        evaluation.add(Labelled(arrival, {"dam-failure": Label.FIRE}))
    readings = COUNT * len(rulebook.signals)
    gates = added_up(matching.tally, readings)
    assert gates["alert"] == alerts
    assert gates["shadow"]
    report = evaluation.report()
    assert report["readings"] == readings == sum(report["gates"].values())
    assert report["gates"]["alert"] == gates["alert"] + gates["shadow"]


def test_a_forecast_ends_at_its_assertion(rulebook: Rulebook) -> None:
    matching = Matching(rulebook)
    matching.match(document(1, DAM_FEARS), "one")
    assert gates_in(matching.tally)["assertion"] == 1
