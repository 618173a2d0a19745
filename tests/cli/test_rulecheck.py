"""`watcher check` and `watcher test`: what an editor sees."""

from __future__ import annotations

import re
from shutil import copytree

from tests.cli.conftest import Cli
from tests.support.velmar import DAM, SIGNALS, STRIKE

FINDING = re.compile(r"(\S+\.yaml):(\d+): ([A-Z]\d{3}) .+")


def test_good_rules_are_one_line(cli: Cli) -> None:
    result = cli("check")
    assert (result.code, result.err) == (0, "")
    good = "rules: good: 3 signals, 1 lexicons, 1 sources, 1 channels"
    assert result.out == f"{good} (and 3 notes: --notes shows them)\n"


def test_notes_are_told_when_asked_for_and_never_count(cli: Cli) -> None:
    result = cli("check", "--notes", "--strict")
    assert result.code == 0
    *notes, good = result.out.splitlines()
    assert [" T606 " in line and line.endswith(" (note)") for line in notes] == [True] * 3
    assert "notes" not in good
    assert {one["level"] for one in cli("check", "--notes", "--json").json} == {"note"}


def test_variables_that_are_not_set_are_told_always_and_never_count(cli: Cli) -> None:
    hook = {"kind": "webhook", "url": "https://hook.example/in", "secret": "env:WATCHER_HOOK_SECRET"}
    cli.rules.routes(channels={"hook": hook}, routes=[{"to": ["hook"]}])
    unset = "R427 `secret` is env:WATCHER_HOOK_SECRET, and this variable is not set here"
    result = cli("check", "--strict")
    assert (result.code, unset in result.out) == (0, True)
    assert [(one["code"], one["level"]) for one in cli("check", "--json").json] == [("R427", "note")]
    cli.set(HOOK_SECRET="whsec_" + "c2VjcmV0" * 4)
    assert "R427" not in cli("check", "--strict").out
    cli.set(HOOK_SECRET="")
    cli.file(".env", "WATCHER_HOOK_SECRET=whsec_c2VjcmV0c2VjcmV0c2VjcmV0\n")
    assert unset not in cli("check").out  # an empty variable is one that is not set: .env speaks


def test_a_changed_meaning_under_an_old_version_is_told_against_a_directory(cli: Cli) -> None:
    copytree(cli.folder / "rules", cli.folder / "before")
    assert cli("check", "--strict", "--against", "before").code == 0
    cli.rules.signal("dam-failure", DAM.replace('"reservoir"', '"barrage"'))
    result = cli("check", "--strict", "--against", "before")
    assert result.code == 1
    assert "rules/signals/dam-failure.yaml:2: S235 `dam-failure` means something else" in result.out
    assert "write `version: 2`" in result.out
    cli.rules.signal("dam-failure", DAM.replace('"reservoir"', '"barrage"').replace("id: d", "version: 2\nid: d"))
    assert cli("check", "--strict", "--against", "before").code == 0


def test_against_something_that_is_not_there(cli: Cli) -> None:
    result = cli("check", "--against", "no-such-thing")
    assert result.code == 1
    assert "no-such-thing is no directory" in result.err
    assert "such as HEAD" in result.err


def test_findings_name_path_line_and_code_and_the_exit_code_is_1(cli: Cli) -> None:
    cli.rules.signal("dam-failure", DAM.replace("dam fail within", "dam fial within"))
    cli.rules.signal("port-strike", STRIKE.replace("alert_at: 60", "alert_at: sixty"))
    result = cli("check")
    assert result.code == 1
    found = [match.groups() for line in result.out.splitlines() if (match := FINDING.fullmatch(line))]
    assert len(found) == len(result.out.splitlines())
    assert ("rules/signals/dam-failure.yaml", "10", "S213") in found
    assert ("rules/signals/port-strike.yaml", "9", "S203") in found


def test_a_warning_is_marked_and_counts_only_if_it_is_asked_for(cli: Cli) -> None:
    cli.rules.signal("dam-failure", DAM.partition("tests:")[0])
    result = cli("check")
    assert result.code == 0
    *warnings, good = result.out.splitlines()
    assert [line.endswith(" (warning)") for line in warnings] == [True, True]
    assert good.startswith("rules: good, with 2 warnings: ")
    strict = cli("check", "--strict")
    assert strict.code == 1
    assert "rules: not good, as --strict counts 2 warnings: " in strict.out
    assert [(one["code"], one["error"]) for one in cli("check", "--json").json] == [("T601", False), ("T602", False)]


def test_findings_as_json(cli: Cli) -> None:
    assert cli("check", "--json").json == []
    cli.rules.signal("dam-failure", "schema: signal/v1\nid: dam-failure\n")
    result = cli("check", "--json")
    assert result.code == 1
    assert [list(finding) for finding in result.json] == [["path", "line", "code", "message", "error", "level"]] * len(
        result.json
    )
    assert {finding["code"] for finding in result.json} == {"S202"}


def test_schemas_for_editors(cli: Cli) -> None:
    schemas = cli("check", "--schema").json
    assert isinstance(schemas, dict)
    assert any("signal" in name for name in schemas)
    assert all(isinstance(schema, dict) and schema for schema in schemas.values())


def test_another_directory_may_be_checked(cli: Cli) -> None:
    (cli.folder / "rules").rename(cli.folder / "elsewhere")
    assert cli("check", "--rules", "elsewhere").out.startswith("elsewhere: good")
    cli.set(RULES="elsewhere")
    assert cli("check").code == 0


def test_embedded_tests_pass(cli: Cli) -> None:
    result = cli("test")
    assert (result.code, result.out) == (0, "6 passed, 0 failed in 3 signals\n")


def test_an_embedded_test_that_fails_says_what_came_and_why(cli: Cli) -> None:
    cli.rules.signal("dam-failure", DAM.replace("expect: below", "expect: alert"))
    result = cli("test")
    assert result.code == 1
    first, last = result.out.splitlines()
    assert first.startswith("rules/signals/dam-failure.yaml:15: T610 expected alert, got ")
    assert "hypothetical" in first
    assert last == "5 passed, 1 failed in 3 signals"


def test_one_signal_may_be_tested(cli: Cli) -> None:
    assert cli("test", "dam-failure").out == "2 passed, 0 failed in 1 signals\n"
    results = cli("test", "dam-failure", "port-strike", "--json").json
    assert [result["signal"] for result in results] == ["dam-failure"] * 2 + ["port-strike"] * 2
    assert all(result["passed"] for result in results)


def test_rules_without_tests_say_so(cli: Cli) -> None:
    for name, text in SIGNALS.items():
        cli.rules.signal(name, text.partition("tests:")[0])
    result = cli("test")
    assert result.code == 0
    assert "No signal has a test yet" in result.out
