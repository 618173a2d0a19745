"""`eval`, `diff`, `backtest` and `near-misses`, each a process of its own with the rules of Velmar."""

from __future__ import annotations

import json
import os
import pty
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.services.archived import HOUR, database, document, velmar_rules, work_off
from tests.support import velmar
from tests.support.service import PROGRAM, Ended, bare, command
from tests.support.velmar import DAM, Report, Velmar

WIDER = DAM.replace('"breach*"', '"breach*", "gives way", "gave way"')
GIVES_WAY = Report("Lomna dam gives way", "The Lomna dam in Velmar gave way near Lomna station at dawn.")


def line(number: int, report: Report, **labels: str) -> str:
    named = {name.replace("_", "-"): label for name, label in labels.items()}
    raw = {"id": f"dev-{number:04}", "language": "en", "title": report.title, "text": report.text, "labels": named}
    return json.dumps(raw) + "\n"


SET = (
    line(1, velmar.DAM_FAILS, dam_failure="fire"),
    line(2, velmar.DAM_FEARS, dam_failure="watch"),
    line(3, GIVES_WAY, dam_failure="fire"),
    line(4, velmar.FOOTBALL),
    line(5, velmar.STRIKE_DENIED, port_strike="fire", flood="fire"),
)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with `rules`, `wider` and `set.jsonl`."""
    Velmar(tmp_path / "rules")
    Velmar(tmp_path / "wider").signal("dam-failure", WIDER)
    (tmp_path / "set.jsonl").write_text("".join(SET), encoding="utf-8")
    return tmp_path


async def watcher(desk: Path, *arguments: str, stdin: str = "") -> Ended:
    environment = {"WATCHER_RULES": "rules", "WATCHER_DATA_DIR": "data"}
    return await command(environment, desk, *arguments, stdin=stdin.encode())


async def archived(desk: Path) -> None:
    """A database in which the service has told what came in the last hours."""
    now = datetime.now(UTC)
    (desk / "data").mkdir()
    async with database(desk / "data") as db:
        arrivals = [
            document(1, velmar.DAM_FAILS, now - 5 * HOUR),
            document(2, GIVES_WAY, now - 4 * HOUR),
            document(3, velmar.DAM_FEARS, now - 3 * HOUR, "herald.example"),
        ]
        await work_off(db, velmar_rules(desk / "then"), arrivals)


async def test_eval_reports_every_part_and_no_held_out_error(desk: Path) -> None:
    ended = await watcher(desk, "eval", "set.jsonl", "--holdout", "3", "--json")
    assert ended.code == 0
    report: dict[str, Any] = json.loads(ended.out)
    assert {name: part["documents"] for name, part in report["parts"].items()} == {
        "all": 5, "tuned_on": 4, "held_out": 1,
    }  # fmt: skip
    assert report["parts"]["tuned_on"]["signals"]["dam-failure"]["f1"] == 1.0
    assert report["parts"]["held_out"]["signals"]["dam-failure"]["recall"] == 0.0
    assert [error["id"] for error in report["misses"]] == ["dev-0005"]
    assert report["unknown_signals"] == {"flood": 1}
    assert ended.err == "watcher: labels of signals that are not in the rules are counted nowhere: flood (1)\n"


async def test_eval_lists_held_out_errors_when_asked(desk: Path) -> None:
    ended = await watcher(desk, "eval", "set.jsonl", "--holdout", "3", "--list", "--signal", "dam-failure", "--json")
    report = json.loads(ended.out)
    assert [(error["part"], error["id"]) for error in report["misses"]] == [("held_out", "dev-0003")]
    assert set(report["parts"]["all"]["signals"]) == {"dam-failure"}


async def test_eval_for_people(desk: Path) -> None:
    ended = await watcher(desk, "eval", "set.jsonl")
    assert ended.code == 0
    table = [row.split() for row in ended.out.splitlines()]
    assert ["dam-failure", "60", "1.000", "0.500", "0.667"] in [row[:5] for row in table]
    assert "Misses, worst first" in ended.out
    assert "dev-0003  dam-failure  " in ended.out
    assert "denied by “denie" in ended.out
    quiet = await watcher(desk, "eval", "set.jsonl", "--no-list")
    assert "Misses" not in quiet.out


async def test_eval_names_bad_lines_and_judges_the_others(desk: Path) -> None:
    lines = SET[0] + "no json\n" + line(6, velmar.FOOTBALL, dam_failure="perhaps")
    ended = await watcher(desk, "eval", "-", "--json", stdin=lines)
    assert ended.code == 1
    report = json.loads(ended.out)
    assert (report["bad_lines"], report["parts"]["all"]["documents"]) == (2, 1)
    assert ended.err.splitlines() == [
        "watcher: standard input: line 2: not JSON: Expecting value at character 0",
        "watcher: standard input: line 3: the label of dam-failure is 'perhaps': write fire, watch or none",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["eval", "set.jsonl", "--signal", "flood"], 2, "no signal flood in rules/signals"),
        (["eval", "nowhere.jsonl"], 1, "cannot read nowhere.jsonl"),
        (["diff", "rules", "wider"], 2, "give the documents"),
        (["diff", "rules", "wider", "--since", "a week"], 2, "write a duration"),
        (["backtest"], 1, "there is no database in data"),
        (["near-misses", "--since", "999999d"], 2, "before the calendar begins"),
    ],
)
async def test_wrong_usage_is_told(desk: Path, arguments: list[str], code: int, message: str) -> None:
    ended = await watcher(desk, *arguments)
    assert ended.code == code
    assert message in " ".join(ended.err.replace("│", " ").split())
    assert not (desk / "data").exists()


async def test_diff_of_a_file(desk: Path) -> None:
    ended = await watcher(desk, "diff", "rules", "wider", "--docs", "set.jsonl", "--json")
    assert (ended.code, ended.err) == (0, "")
    report = json.loads(ended.out)
    assert report["totals"] == {"gained": 1, "lost": 0, "moved": 0}
    (gained,) = report["signals"]["dam-failure"]["changes"]
    assert (gained["kind"], gained["id"], gained["title"]) == ("gained", "dev-0003", GIVES_WAY.title)
    told = await watcher(desk, "diff", "wider", "rules", "--docs", "set.jsonl")
    assert "dam-failure: 0 gained, 1 lost, 0 moved" in told.out
    assert "port-strike" not in told.out


async def test_the_archive(desk: Path) -> None:
    await archived(desk)
    same = json.loads((await watcher(desk, "backtest", "--since", "7h", "--json")).out)
    assert (same["documents"], same["alerts"], same["alerts_not_told_then"]) == (3, 1, 0)
    wider = await watcher(desk, "backtest", "--since", "7h", "--rules", "wider", "--json")
    assert (wider.code, wider.err) == (0, "")
    assert [telling["then"]["decision"] for telling in json.loads(wider.out)["tellings"]] == ["open", "none"]
    told = await watcher(desk, "backtest", "--rules", "wider")
    assert "then: told, score 70 (alr_" in told.out
    assert "then: no match" in told.out
    assert "2 alerts would open, 0 speak again; 1 of these were not told then, 0 of 1 told then" in told.out

    changed = await watcher(desk, "diff", "rules", "wider", "--since", "7h")
    assert changed.out.endswith("3 documents: 1 alerts gained, 0 lost, 0 scores moved by 5 points or more\n")

    (miss,) = json.loads((await watcher(desk, "near-misses", "--json")).out)
    assert (miss["signal"], miss["title"]) == ("dam-failure", velmar.DAM_FEARS.title)
    listed = await watcher(desk, "near-misses", "--since", "4h")
    assert f"{miss['distance']} short  dam-failure  {miss['score']}/60  {velmar.DAM_FEARS.title}" in listed.out
    assert (await watcher(desk, "near-misses", "--since", "1h")).out == "No near misses in the last 1h.\n"


def test_progress_is_for_terminals_only(desk: Path) -> None:
    """With standard error on a terminal there is some; `err == ""` above says that elsewhere there is none."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(desk)
        out = os.open(os.devnull, os.O_WRONLY)
        os.dup2(out, 1)
        environment = bare({"WATCHER_RULES": "rules", "TERM": "xterm", "COLUMNS": "120"})
        os.execve(sys.executable, [*PROGRAM, "eval", "set.jsonl"], environment)
    shown = b""
    try:
        while piece := os.read(terminal, 4096):
            shown += piece
    except OSError:  # the program has closed its end
        pass
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert b"documents" in shown
