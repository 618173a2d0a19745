"""The replay against the service itself: the same documents are told in the same way."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.services.archived import HOUR, database, document, velmar_rules, work_off
from tests.support import velmar
from tests.support.clocks import NOON
from tests.support.velmar import DAM, Report
from watcher.detection.engine import Detection
from watcher.model.document import Document
from watcher.model.enrichment import Article
from watcher.model.rulebook import Rulebook
from watcher.model.signal import STORY_WINDOW
from watcher.services.replay import Replay, Stories, Telling
from watcher.storage import matches
from watcher.stories.window import Windows

NOTHING = Detection("en", (), truncated=False)
REPORTS = (
    velmar.DAM_FAILS, velmar.DAM_COPY, velmar.DAM_TOLL, velmar.DAM_FEARS, velmar.DOCKERS_STRIKE, velmar.STRIKE_DENIED,
    velmar.TREATY_SIGNED, velmar.TREATY_OPINION, velmar.FOOTBALL,
)  # fmt: skip
PUBLISHERS = ("wire.example", "post.example", "herald.example", "echo.example")


@pytest.fixture(scope="module")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return velmar_rules(tmp_path_factory.mktemp("velmar") / "rules")


def replayed(rulebook: Rulebook, arrivals: list[Document], *, as_live: bool = False) -> list[Telling]:
    replay = Replay(rulebook, as_live=as_live)
    return [telling for arrival in arrivals for telling in replay.take(arrival)]


def arrivals_of(chance: random.Random, count: int) -> list[Document]:
    """Reports in any order from anybody, up to two days apart, some too old when they are first seen."""
    at, found = NOON, []
    for number in range(count):
        at += chance.choice((timedelta(minutes=7), 5 * HOUR, 47 * HOUR))
        arrival = document(number, chance.choice(REPORTS), at, chance.choice(PUBLISHERS))
        found.append(arrival)
    return found


@pytest.mark.parametrize("seed", range(3))
async def test_it_tells_what_the_service_tells(seed: int, rulebook: Rulebook, tmp_path: Path) -> None:
    arrivals = arrivals_of(random.Random(seed), 40)
    async with database(tmp_path) as db:
        await work_off(db, rulebook, arrivals)
        async with db.read() as conn:
            told = await matches.told(conn, NOON)
            recorded = await matches.for_documents(conn, [arrival.id for arrival in arrivals])
    tellings = replayed(rulebook, arrivals)
    assert len(tellings) > 5
    assert {(one.document_id, one.match, one.decision.speak, one.story_id) for one in told} == {
        (one.document_id, one.match, one.decision.speak, one.story_id) for one in tellings
    }
    replay = Replay(rulebook)
    for arrival in arrivals:
        replay.take(arrival)
    kinds = {"open": 0, "again": 0} | {name: 0 for name in replay.tally if name.startswith("suppressed:")}
    for one in recorded:
        name = str(one.decision.speak)
        name = f"suppressed:{one.decision.suppressed_by}" if name == "suppressed" else name
        kinds[name] = kinds.get(name, 0) + 1
    del kinds["quiet"]
    assert {name: replay.tally[name] for name in kinds} == kinds


WINDOWED = {
    "dam_failure": DAM.replace("title: A dam", "story_window: 6d\ntitle: A dam"),
    "port_strike": velmar.STRIKE.replace("title: Dockers stop", "max_age: 2h\nstory_window: 4h\ntitle: Dockers stop"),
}


async def test_each_signal_has_stories_as_long_as_it_wants(tmp_path: Path) -> None:
    """A dam's story of five days, and strikes that are new after five hours: in the service and in the replay."""
    own = velmar_rules(tmp_path / "own", **WINDOWED)
    usual = velmar_rules(tmp_path / "usual")
    days = [0, 5, 10, 17]
    dams = [document(n, velmar.DAM_COPY if n else velmar.DAM_FAILS, NOON + d * 24 * HOUR, f"p{n}.example")
            for n, d in enumerate(days)]  # fmt: skip
    strikes = [document(10 + n, velmar.DOCKERS_STRIKE, NOON + n * 5 * HOUR, f"q{n}.example") for n in range(3)]
    arrivals = sorted(dams + strikes, key=lambda one: one.first_seen_at)
    arrivals = [replace(one, published_at=one.first_seen_at, content_hash=one.id) for one in arrivals]
    async with database(tmp_path) as db:
        await work_off(db, own, arrivals)
        async with db.read() as conn:
            told = {(one.document_id, one.decision.speak) for one in await matches.told(conn, NOON)}
    assert told == {(one.document_id, one.decision.speak) for one in replayed(own, arrivals)}
    opened = sorted(id_ for id_, speak in told if speak == "open")
    assert opened == ["doc-000", "doc-003", "doc-010", "doc-011", "doc-012"]
    usually = sorted(one.document_id for one in replayed(usual, arrivals) if one.decision.speak == "open")
    assert usually == ["doc-000", "doc-001", "doc-002", "doc-003", "doc-010"]


def test_one_development_is_one_alert(rulebook: Rulebook) -> None:
    copies = [document(1, velmar.DAM_FAILS), document(2, velmar.DAM_COPY, NOON + HOUR, "post.example")]
    (telling,) = replayed(rulebook, copies)
    assert (telling.document_id, telling.match.signal_id) == ("doc-001", "dam-failure")
    assert "first alert of this signal for the story" in telling.reasons
    assert not any("nothing is sent" in reason for reason in telling.reasons)


def test_what_was_published_long_ago_is_not_told(rulebook: Rulebook) -> None:
    old = document(1, velmar.DAM_FAILS, NOON)
    replay = Replay(rulebook)
    assert replay.take(replace(old, published_at=NOON - 60 * HOUR)) == []
    assert replay.tally["suppressed:too-old"] == 1


def test_a_fetched_article_answers_what_the_item_left_open(rulebook: Rulebook) -> None:
    teaser = document(1, Report("Tarsk dam", "What we know about the dam in Velmar."))
    article = Article(teaser.url, teaser.title, velmar.DAM_FAILS.text)
    assert replayed(rulebook, [teaser]) == []
    (telling,) = Replay(rulebook).take(teaser, article)
    assert (telling.document_id, telling.match.scored_on) == ("doc-001", "article")
    (clear,) = Replay(rulebook).take(document(2, velmar.DAM_FAILS), article)
    assert clear.match.scored_on == "item"


def test_a_shadow_signal_tells_only_when_asked(tmp_path: Path) -> None:
    shadow = velmar_rules(tmp_path / "rules", dam_failure=DAM.replace("title: A dam", "status: shadow\ntitle: A dam"))
    arrivals = [document(1, velmar.DAM_FAILS)]
    assert replayed(shadow, arrivals) == []
    (telling,) = replayed(shadow, arrivals, as_live=True)
    assert telling.status == "shadow"


def test_stories_are_forgotten_when_nothing_can_join_them() -> None:
    stories = Stories(Windows())
    first, _ = stories.place(document(1, velmar.DAM_FAILS), NOON, NOTHING)
    assert stories.forget(NOON + STORY_WINDOW) == []
    later = NOON + STORY_WINDOW + timedelta(seconds=1)
    assert stories.forget(later) == [first.story_id]
    again, _ = stories.place(document(2, velmar.DAM_FAILS, later), later, NOTHING)
    assert (again.status, again.publishers) == ("new", 1)


def test_an_arrival_that_is_dated_back_does_not_turn_the_clock_back(rulebook: Rulebook) -> None:
    arrivals = [document(1, velmar.DAM_FAILS, NOON), document(2, velmar.DOCKERS_STRIKE, NOON - HOUR)]
    assert [telling.at for telling in replayed(rulebook, arrivals)] == [NOON, NOON]


def test_memory_does_not_grow_with_the_archive(rulebook: Rulebook) -> None:
    replay = Replay(rulebook)
    for number in range(300):
        report = Report(f"Tarsk dam {number} collapses", f"Dam {number} in Velmar collapsed near village {number}.")
        replay.take(document(number, report, NOON + number * 10 * HOUR))
    assert replay.tally["open"] == 300
    assert len(replay._alerts) <= 8  # the stories of 72 hours
    assert len(replay._stories._members) <= 8
