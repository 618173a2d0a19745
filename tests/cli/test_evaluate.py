"""`eval`, `diff`, `backtest` and `near-misses` with the rules of Velmar."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli
from tests.services.archived import HOUR, database, document, velmar_rules, work_off
from tests.support import velmar
from tests.support.service import BOUND, PROGRAM, bare, command
from tests.support.velmar import DAM, Report, Velmar
from watcher.services.gates import GATES

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
def desk(cli: Cli) -> Cli:
    """The command line in a folder with `rules`, `wider` and `set.jsonl`."""
    Velmar(cli.folder / "wider").signal("dam-failure", WIDER)
    cli.file("set.jsonl", "".join(SET))
    return cli


async def _archive(folder: Path) -> None:
    now = datetime.now(UTC)
    (folder / "data").mkdir()
    async with database(folder / "data") as db:
        arrivals = [
            document(1, velmar.DAM_FAILS, now - 5 * HOUR),
            document(2, GIVES_WAY, now - 4 * HOUR),
            document(3, velmar.DAM_FEARS, now - 3 * HOUR, "herald.example"),
        ]
        await work_off(db, velmar_rules(folder / "then"), arrivals)


@pytest.fixture
def archive(desk: Cli) -> Cli:
    """The same, with a database in which the service has told what came in the last hours."""
    asyncio.run(_archive(desk.folder))
    return desk


def test_eval_reports_every_part_and_no_held_out_error(desk: Cli) -> None:
    ended = desk("eval", "set.jsonl", "--holdout", "3", "--json")
    assert ended.code == 0
    report: dict[str, Any] = ended.json
    assert {name: part["documents"] for name, part in report["parts"].items()} == {
        "all": 5, "tuned_on": 4, "held_out": 1,
    }  # fmt: skip
    assert report["parts"]["tuned_on"]["signals"]["dam-failure"]["f1"] == 1.0
    assert report["parts"]["held_out"]["signals"]["dam-failure"]["recall"] == 0.0
    assert [error["id"] for error in report["misses"]] == ["dev-0005"]
    assert report["unknown_signals"] == {"flood": 1}
    assert ended.err == "watcher: labels of signals that are not in the rules are counted nowhere: flood (1)\n"


def test_eval_lists_held_out_errors_when_asked(desk: Cli) -> None:
    ended = desk("eval", "set.jsonl", "--holdout", "3", "--list", "--signal", "dam-failure", "--json")
    report = ended.json
    assert [(error["part"], error["id"]) for error in report["misses"]] == [("held_out", "dev-0003")]
    assert set(report["parts"]["all"]["signals"]) == {"dam-failure"}


def test_eval_for_people(desk: Cli) -> None:
    ended = desk("eval", "set.jsonl")
    assert ended.code == 0
    table = [row.split() for row in ended.out.splitlines()]
    assert ["dam-failure", "60", "1.000", "0.500", "0.667"] in [row[:5] for row in table]
    assert "Misses, worst first" in ended.out
    assert "dev-0003  dam-failure  " in ended.out
    assert "denied by “denie" in ended.out
    quiet = desk("eval", "set.jsonl", "--no-list")
    assert "Misses" not in quiet.out


def test_eval_names_bad_lines_and_judges_the_others(desk: Cli) -> None:
    lines = SET[0] + "no json\n" + line(6, velmar.FOOTBALL, dam_failure="perhaps")
    path = desk.file("bad.jsonl", lines)
    ended = desk("eval", path, "--json")
    assert ended.code == 1
    report = ended.json
    assert (report["bad_lines"], report["parts"]["all"]["documents"]) == (2, 1)
    assert ended.err.splitlines() == [
        f"watcher: {path}: line 2: not JSON: Expecting value at character 0",
        f"watcher: {path}: line 3: the label of dam-failure is 'perhaps': write fire, watch or none",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["eval", "set.jsonl", "--signal", "flood"], 2, "no signal `flood`"),
        (["eval", "set.jsonl", "--stories", "--signal", "flood"], 2, "no signal `flood`"),
        (["eval", "nowhere.jsonl"], 1, "cannot read nowhere.jsonl"),
        (["diff", "rules", "wider"], 2, "give the documents"),
        (["diff", "rules", "wider", "--since", "a week"], 2, "write a duration"),
        (["backtest"], 1, "there is no database in data"),
        (["near-misses", "--since", "999999d"], 2, "before the calendar begins"),
    ],
)
def test_wrong_usage_is_told(desk: Cli, arguments: list[str], code: int, message: str) -> None:
    ended = desk(*arguments)
    assert ended.code == code
    assert message in " ".join(ended.err.replace("│", " ").split())
    assert not (desk.folder / "data").exists()


def test_diff_of_a_file(desk: Cli) -> None:
    ended = desk("diff", "rules", "wider", "--docs", "set.jsonl", "--json")
    assert (ended.code, ended.err) == (0, "")
    report = ended.json
    assert report["totals"] == {"gained": 1, "lost": 0, "moved": 0}
    (gained,) = report["signals"]["dam-failure"]["changes"]
    assert (gained["kind"], gained["id"], gained["title"]) == ("gained", "dev-0003", GIVES_WAY.title)
    told = desk("diff", "wider", "rules", "--docs", "set.jsonl")
    assert "dam-failure: 0 gained, 1 lost, 0 moved" in told.out
    assert "port-strike" not in told.out


def test_the_archive(archive: Cli) -> None:
    same = archive("backtest", "--since", "7h", "--json").json
    assert (same["documents"], same["alerts"], same["alerts_not_told_then"]) == (3, 1, 0)
    wider = archive("backtest", "--since", "7h", "--rules", "wider", "--json")
    assert (wider.code, wider.err) == (0, "")
    assert [telling["then"]["decision"] for telling in wider.json["tellings"]] == ["open", "none"]
    told = archive("backtest", "--rules", "wider")
    assert re.search(r"then: told, score \d+ \(alr_", told.out)
    assert "then: no match" in told.out
    assert "2 alerts would open, 0 speak again; 1 of these were not told then, 0 of 1 told then" in told.out

    changed = archive("diff", "rules", "wider", "--since", "7h")
    assert changed.out.endswith("3 documents: 1 alerts gained, 0 lost, 0 scores moved by 5 points or more\n")

    (miss,) = archive("near-misses", "--json").json
    assert (miss["signal"], miss["title"]) == ("dam-failure", velmar.DAM_FEARS.title)
    listed = archive("near-misses", "--since", "4h")
    assert f"{miss['distance']} short  dam-failure  {miss['score']}/60  {velmar.DAM_FEARS.title}" in listed.out
    assert archive("near-misses", "--since", "1h").out == "No near misses in the last 1h.\n"


def keys(value: Any) -> set[str]:
    """The keys of an object and of what is in it, but not ids: what stands below those is told once for all."""
    if isinstance(value, list):
        return set().union(*map(keys, value))
    if not isinstance(value, dict):
        return set()
    own = {key for key in value if key.replace("_", "").isalpha() and key not in {"en", "flood"}}
    return own | set().union(*map(keys, value.values()))


def test_every_key_is_documented(archive: Cli) -> None:
    commands = (
        ("eval", "set.jsonl", "--holdout", "3", "--list"),
        ("diff", "rules", "wider", "--docs", "set.jsonl"),
        ("backtest", "--rules", "wider"),
        ("near-misses",),
    )
    reference = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
    for command_line in commands:
        section = reference.split(f"### `watcher {command_line[0]}", 1)[1].split("\n### ", 1)[0]
        named = set(re.findall(r"`(\w+)`", section)) | set(GATES)
        assert keys(archive(*command_line, "--json").json) - named == set(), command_line


def test_gates_are_told_when_asked_for_and_add_up(archive: Cli) -> None:
    for command_line in (("eval", "set.jsonl", "--no-list"), ("backtest",)):
        assert " by where they ended:" not in archive(*command_line).out
        _, _, told = archive(*command_line, "--gates").out.partition(" by where they ended:\n")
        report = archive(*command_line, "--json").json
        assert sum(report["gates"].values()) == report["readings"] > 0
        assert [(int(one.split()[0]), one.split()[1]) for one in told.splitlines()] == [
            (count, gate) for gate, count in report["gates"].items()
        ]


async def test_eval_reads_standard_input(desk: Cli) -> None:
    lines = SET[0] + "no json\n"
    ended = await command({"WATCHER_RULES": "rules"}, desk.folder, "eval", "-", "--json", stdin=lines.encode())
    assert (ended.code, ended.err) == (1, "watcher: standard input: line 2: not JSON: Expecting value at character 0\n")
    assert json.loads(ended.out)["parts"]["all"]["documents"] == 1


def _read_all(terminal: int) -> bytes:
    shown = b""
    try:
        while piece := os.read(terminal, 4096):
            shown += piece
    except OSError:  # nobody has the other end any more
        pass
    return shown


async def test_progress_is_shown_on_a_terminal(desk: Cli) -> None:
    """`err == ""` above says that elsewhere there is none."""
    terminal, other_end = pty.openpty()
    environment = bare({"WATCHER_RULES": "rules", "TERM": "xterm", "COLUMNS": "120"})
    process = await asyncio.create_subprocess_exec(
        *PROGRAM, "eval", "set.jsonl", cwd=desk.folder, env=environment, stdout=asyncio.subprocess.DEVNULL,
        stderr=other_end,
    )  # fmt: skip
    os.close(other_end)
    async with asyncio.timeout(BOUND):
        shown = await asyncio.to_thread(_read_all, terminal)
        assert await process.wait() == 0
    os.close(terminal)
    assert b"documents" in shown


def test_stories_are_measured_in_both_forms(desk: Cli) -> None:
    told = (
        {"id": "d-1", "story": "dam", "labels": {"dam-failure": "fire"}},
        {"id": "d-2", "story": "dam", "labels": {"dam-failure": "fire"}},
        {"id": "d-3", "story": "strike"},
    )
    reports = (velmar.DAM_FAILS, velmar.DAM_COPY, velmar.DOCKERS_STRIKE)
    lines = [
        {**one, "language": "en", "title": report.title, "text": report.text}
        for one, report in zip(told, reports, strict=True)
    ]
    desk.file("stories.jsonl", "".join(json.dumps(one) + "\n" for one in lines))
    ended = desk("eval", "stories.jsonl", "--stories", "--holdout", "3", "--json")
    assert ended.code == 0, ended.err
    parts = json.loads(ended.out)["parts"]
    assert set(parts) == {"all", "tuned_on", "held_out"}
    figures = parts["all"]["all"]
    assert (figures["documents"], figures["developments"], figures["pairs_found"], figures["f1"]) == (3, 2, 1, 1.0)
    assert set(parts["all"]["signals"]) == {"dam-failure"}
    assert parts["all"]["copies"]["made"] > 0
    shown = desk("eval", "stories.jsonl", "--stories")
    assert "3 documents with a story" in shown.out
    assert "Copies made of them" in shown.out
