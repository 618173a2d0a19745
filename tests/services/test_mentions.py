"""A round-up or live blog updates every story that it touches, and opens none of its own beside better reports."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.services.archived import velmar_rules
from tests.services.fakes import desk, document
from tests.services.test_pipeline import pipeline, store
from tests.support.clocks import HandClock
from tests.support.velmar import DAM_FAILS, DOCKERS_STRIKE, TREATY_SIGNED, Report
from watcher.detection.engine import Detector
from watcher.model.document import Document
from watcher.services import inspect
from watcher.services.matching import Matching
from watcher.services.parts import parts_of
from watcher.services.replay import Replay
from watcher.storage import documents, matches
from watcher.storage.engine import Database

SAID = Report(
    "Tarsk dam collapses after week of rain, mayor says",
    DAM_FAILS.text.replace("heavy rain.", "heavy rain, the mayor said."),
)
STRIKE = (
    "09:10 Dockers walked out at the container terminal of Port Orsa on Tuesday over a pay offer of two per cent. "
    "Eleven ships lay at anchor by the evening, and the operator diverted three more to the south."
)
DAM = (
    "10:20 The Tarsk dam in northern Velmar collapsed on Monday after a week of heavy rain, and water reached the "
    "outskirts of the town within an hour."
)
CUP = "11:45 Football: the cup final in Lisk ended in a draw after extra time and penalties."
TREATY = "12:30 Velmar signed the grain treaty with Ostrana on Wednesday after four years of talks in the town hall."


def blog(*entries: str, title: str = "As it happened: the day in the north") -> Report:
    return Report(title, "\n\n".join(entries))


class Day:
    """Two reports in the morning, and what comes later."""

    def __init__(self, root: Path, db: Database, clock: HandClock) -> None:
        self.db, self.clock = db, clock
        self.runner = pipeline(db, clock, desk(root / "rules"))

    async def report(self, number: int, report: Report, publisher: str) -> Document:
        self.clock.advance(timedelta(hours=1))
        one = document(number, report, publisher=publisher, published_at=self.clock.now())
        await store(self.db, one)
        await self.runner.run_pending()
        return one

    async def begin(self) -> None:
        await self.report(1, SAID, "wire.example")
        await self.report(2, DOCKERS_STRIKE, "post.example")

    async def lives(self) -> dict[str, list[dict[str, Any]]]:
        """The alerts of each signal with all that is known of them."""
        found: dict[str, list[dict[str, Any]]] = {}
        for row in await inspect.alert_rows(self.db, 100):
            found.setdefault(row["signal_id"], []).append(await inspect.alert_life(self.db, row["id"]))
        return found


@pytest.fixture
def day(tmp_path: Path, db: Database, clock: HandClock) -> Day:
    return Day(tmp_path, db, clock)


async def test_each_story_that_a_live_blog_touches_hears_of_it(day: Day) -> None:
    await day.begin()
    await day.report(3, blog(STRIKE, DAM, CUP), "live.example")
    lives = await day.lives()
    assert {signal: len(found) for signal, found in lives.items()} == {"dam-failure": 1, "port-strike": 1}
    ((dam,), (strike,)) = lives["dam-failure"], lives["port-strike"]
    assert (dam["version"], dam["assertion"], strike["version"]) == (2, "asserted", 1)
    assert [event["kind"] for event in dam["events"]] == ["open", "again"]
    assert "mentioned in section 2 of a text on several developments" in dam["events"][1]["reasons"]
    (mention,) = dam["mentions"]
    assert (mention["title"], mention["section"]) == ("As it happened: the day in the north", 2)
    assert "Tarsk dam in northern Velmar collapsed on Monday" in mention["sentence"]
    assert "doc_0001" in mention["why"]
    assert dam["publishers"] == 1, "a round-up repeats what others found out"
    assert strike["mentions"] == []
    assert day.runner.tally["stories"] == 2


async def test_what_only_the_round_up_tells_is_told(day: Day) -> None:
    await day.begin()
    await day.report(3, blog(STRIKE, DAM, TREATY), "live.example")
    lives = await day.lives()
    (treaty,) = lives["grain-treaty"]
    assert treaty["told"]
    assert [len(lives[signal]) for signal in ("dam-failure", "port-strike")] == [1, 1]
    assert [event["suppressed_by"] for event in lives["port-strike"][0]["events"][1:]] == ["already-told"]


async def test_before_any_report_it_is_told_itself(day: Day) -> None:
    await day.report(3, blog(DAM, CUP, CUP), "live.example")
    lives = await day.lives()
    assert {signal: len(found) for signal, found in lives.items()} == {"dam-failure": 1}
    assert lives["dam-failure"][0]["mentions"] == []


async def test_a_live_blog_that_grows_mentions_only_what_is_new(day: Day) -> None:
    await day.begin()
    first = await day.report(3, blog(STRIKE, DAM, CUP), "live.example")
    await day.report(4, TREATY_SIGNED, "herald.example")
    before = {signal: len(found[0]["events"]) for signal, found in (await day.lives()).items()}
    grown = replace(first, text=f"{first.text}\n\n{TREATY}", version=2)
    async with day.db.write() as conn:
        await documents.revise(conn, [grown])
    await day.runner.run_pending()
    lives = await day.lives()
    assert [(one["section"], one["document"]) for one in lives["grain-treaty"][0]["mentions"]] == [(4, "doc_0003")]
    assert {signal: len(found) for signal, found in lives.items()} == dict.fromkeys(before, 1)
    async with day.db.read() as conn:
        kept = await matches.for_document(conn, "doc_0003", 2)
    assert {one.match.signal_id for one in kept} == {"dam-failure", "grain-treaty", "port-strike"}


async def test_the_gates_add_up_with_mentions(day: Day) -> None:
    await day.begin()
    await day.report(3, blog(STRIKE, DAM, TREATY), "live.example")
    gates = day.runner.gates
    assert gates["readings"] == sum(count for key, count in gates.items() if key.startswith("gate:")) == 9


async def test_all_in_one_batch(day: Day) -> None:
    """The reports were not stored before the round-up is placed."""
    reports = [(1, SAID), (2, DOCKERS_STRIKE), (3, blog(STRIKE, DAM, CUP))]
    now = day.clock.now()
    await store(day.db, *(document(n, r, publisher=f"p{n}.example", published_at=now) for n, r in reports))
    await day.runner.run_pending()
    assert {signal: len(found) for signal, found in (await day.lives()).items()} == {"dam-failure": 1, "port-strike": 1}


def test_the_replay_and_the_matching_say_the_same(tmp_path: Path) -> None:
    rulebook = velmar_rules(tmp_path / "rules")
    reports = [(1, SAID), (2, DOCKERS_STRIKE), (3, blog(STRIKE, DAM, CUP))]
    given = [document(n, r, publisher=f"p{n}.example") for n, r in reports]
    replay = Replay(rulebook)
    told = [
        (one.document_id, one.match.signal_id, str(one.decision.speak)) for doc in given for one in replay.take(doc)
    ]
    assert told == [
        ("doc_0001", "dam-failure", "open"), ("doc_0002", "port-strike", "open"), ("doc_0003", "dam-failure", "again"),
    ]  # fmt: skip
    matching = Matching(rulebook)
    stories = [matching.match(doc, doc.id)["matches"][0]["story"]["id"] for doc in given]
    assert stories[2] in stories[:2]


def test_offsets_of_a_part_point_into_the_whole_text(tmp_path: Path) -> None:
    rulebook = velmar_rules(tmp_path / "rules")
    detector = Detector(rulebook.signals, rulebook.lexicons)
    one = document(3, blog(CUP, STRIKE, DAM))
    parts = parts_of(detector, one, one.text, detector.detect(one.title, one.text, "en"))
    assert [part.number for part in parts] == [2, 3]
    assert [[match.signal_id for match in part.matches] for part in parts] == [["port-strike"], ["dam-failure"]]
    for evidence in (found for part in parts for match in part.matches for found in match.evidence):
        assert evidence.field == "text"
        assert one.text[evidence.start : evidence.end] == evidence.text
    plain = document(4, DAM_FAILS)
    assert parts_of(detector, plain, plain.text, detector.detect(plain.title, plain.text, "en")) == ()


def test_what_the_headline_of_the_whole_says_is_no_parts(tmp_path: Path) -> None:
    rulebook = velmar_rules(tmp_path / "rules")
    detector = Detector(rulebook.signals, rulebook.lexicons)
    one = document(3, blog(CUP, STRIKE, CUP, title="Live: Tarsk dam in Velmar collapses"))
    parts = parts_of(detector, one, one.text, detector.detect(one.title, one.text, "en"))
    assert [[match.signal_id for match in part.matches] for part in parts] == [["port-strike"]]
