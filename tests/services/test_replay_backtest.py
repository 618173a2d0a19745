"""A backtest over an archive that the service itself has told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.services.archived import HOUR, database, document, load, velmar_rules, work_off
from tests.support import velmar
from tests.support.clocks import NOON
from tests.support.velmar import DAM, Report
from watcher.model.document import Document
from watcher.model.rulebook import Rulebook
from watcher.services import backtest, nearmiss

GIVES_WAY = Report("Lomna dam gives way", "The Lomna dam in Velmar gave way near Lomna station at dawn.")
WIDER = DAM.replace('"breach*"', '"breach*", "gives way", "gave way"')

ARRIVALS = [
    document(1, velmar.DAM_FAILS),
    document(2, velmar.DOCKERS_STRIKE, NOON + HOUR),
    document(3, GIVES_WAY, NOON + 2 * HOUR),
    document(4, velmar.DAM_COPY, NOON + 3 * HOUR, "post.example"),
    document(5, velmar.DAM_FEARS, NOON + 4 * HOUR, "herald.example"),
]


async def run_on(tmp_path: Path, new: Rulebook, arrivals: list[Document], **options: Any) -> dict[str, Any]:
    old = velmar_rules(tmp_path / "old", dam_failure=options.pop("old_dam", DAM))
    async with database(tmp_path) as db:
        await work_off(db, old, arrivals)
        since = options.pop("since", NOON)
        return await backtest.run(db, new, since, NOON + 9 * HOUR, **{"limit": 50, **options})


async def test_the_same_rules_tell_the_same(tmp_path: Path) -> None:
    same = velmar_rules(tmp_path / "new")
    report = await run_on(tmp_path, same, ARRIVALS)
    assert (report["documents"], report["alerts"], report["opened"]) == (5, 2, 2)
    assert (report["alerts_not_told_then"], report["told_then"], report["told_then_not_now"]) == (0, 2, 0)
    assert report["suppressed"] == {"already-told": 1}
    assert {telling["then"]["decision"] for telling in report["tellings"]} == {"open"}
    assert report["lost"] == []


async def test_a_wider_rule_tells_more(tmp_path: Path) -> None:
    wider = velmar_rules(tmp_path / "new", dam_failure=WIDER)
    report = await run_on(tmp_path, wider, ARRIVALS)
    (gained,) = [telling for telling in report["tellings"] if telling["then"]["alert"] is None]
    assert gained["title"] == GIVES_WAY.title
    assert gained["then"] == {"decision": "none", "suppressed_by": "", "score": None, "alert": None, "told_by": None}
    assert report["signals"]["dam-failure"] == {
        "opened": 2, "again": 0, "not_told_then": 1, "told_then": 1, "told_then_not_now": 0,
    }  # fmt: skip


async def test_a_signal_that_is_gone_loses_its_alert(tmp_path: Path) -> None:
    root = tmp_path / "new"
    velmar_rules(root)
    (root / "signals" / "port-strike.yaml").unlink()
    report = await run_on(tmp_path, load(root), ARRIVALS)
    (lost,) = report["lost"]
    assert (lost["signal"], lost["title"], lost["document"]) == (
        "port-strike",
        velmar.DOCKERS_STRIKE.title,
        "doc-002",
    )
    assert lost["alert"].startswith("alr_")
    assert report["told_then_not_now"] == 1


async def test_a_story_told_by_another_document_then_is_no_news(tmp_path: Path) -> None:
    """The new rules hear the first report, which the old ones missed, and so stay silent at the second."""
    deaf = DAM.replace("alert_at: 60", 'exclude: ["one hour"]\nalert_at: 60')
    arrivals = [document(1, velmar.DAM_COPY), document(2, velmar.DAM_FAILS, NOON + HOUR, "post.example")]
    report = await run_on(tmp_path, velmar_rules(tmp_path / "new"), arrivals, old_dam=deaf)
    (telling,) = report["tellings"]
    assert telling["document"] == "doc-001"
    assert telling["then"]["told_by"] == "doc-002"
    assert (report["alerts_not_told_then"], report["told_then_not_now"]) == (0, 0)


async def test_a_story_that_began_before_is_known(tmp_path: Path) -> None:
    report = await run_on(tmp_path, velmar_rules(tmp_path / "new"), ARRIVALS, since=NOON + HOUR)
    assert (report["documents_before"], report["documents"]) == (1, 4)
    assert [telling["signal"] for telling in report["tellings"]] == ["port-strike"]
    assert report["suppressed"] == {"already-told": 1}


async def test_the_newest_are_listed_and_all_are_counted(tmp_path: Path) -> None:
    report = await run_on(tmp_path, velmar_rules(tmp_path / "new"), ARRIVALS, limit=1)
    assert [telling["document"] for telling in report["tellings"]] == ["doc-002"]
    assert report["alerts"] == 2


async def test_an_empty_archive(tmp_path: Path) -> None:
    seen: list[tuple[float, int]] = []
    report = await run_on(
        tmp_path, velmar_rules(tmp_path / "new"), [], progress=lambda done, documents: seen.append((done, documents))
    )
    assert (report["documents"], report["alerts"], report["signals"], seen) == (0, 0, {}, [])


async def test_near_misses_say_what_was_wanting(tmp_path: Path) -> None:
    async with database(tmp_path) as db:
        await work_off(db, velmar_rules(tmp_path / "rules"), ARRIVALS)
        (row,) = await nearmiss.rows(db, NOON, 10)
        assert await nearmiss.rows(db, NOON + 5 * HOUR, 10) == []
    assert (row["document"], row["signal"], row["title"]) == ("doc-005", "dam-failure", velmar.DAM_FEARS.title)
    assert row["distance"] == row["alert_at"] - row["score"] > 0
    assert row["wanting"][0].startswith("hypothetical: “may” (-")
