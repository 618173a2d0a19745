"""Help teaches, and every mistake is one clear line."""

from __future__ import annotations

import re

import pytest

from tests.cli.commands import commands
from tests.cli.conftest import Cli
from watcher import __version__

LINE = re.compile(r"watcher: .+\n")


@pytest.mark.parametrize("name", commands(), ids=" ".join)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_teaches_itself(cli: Cli, name: tuple[str, ...], flag: str) -> None:
    result = cli(*name, flag)
    assert (result.code, result.err) == (0, "")
    assert f"watcher {' '.join(name)}" in " ".join(result.out.split())
    assert len(result.out.splitlines()[2].strip()) > 10


def test_the_program_lists_its_commands(cli: Cli) -> None:
    result = cli("--help")
    assert result.code == 0
    assert {name[0] for name in commands()} <= set(re.findall(r"^  ([a-z-]+) ", result.out, re.MULTILINE))
    assert "Exit codes: 0 good" in " ".join(result.out.split())


def test_the_version(cli: Cli) -> None:
    assert cli("--version").out == f"signal-watch {__version__}\n"


def test_no_command_is_wrong_usage(cli: Cli) -> None:
    result = cli()
    assert result.code == 2
    assert "Usage:" in result.out + result.err


@pytest.mark.parametrize("group", ["sources", "alerts", "deliveries", "silences", "channels", "recipients"])
def test_list_may_be_written_and_means_the_same(cli: Cli, group: str) -> None:
    assert cli(group, "list", "--json").json == cli(group, "--json").json
    assert f"`watcher {group} list` is the same as `watcher {group}`" in " ".join(cli(group, "--help").out.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["run", "--twice"],
        ["alerts", "show"],
        ["alerts", "--limit", "0"],
        ["alerts", "--status", "asleep"],
        ["deliveries", "--status", "lost"],
        ["silences", "add", "signal=x"],
        ["alerts", "snooze", "alr_1", "--for", "soon"],
        ["routes", "list"],
        ["explain"],
        ["demo", "--seconds", "0"],
        ["test", "no-such-signal"],
        ["explain", "text.txt", "--signal", "no-such-signal"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2_without_a_traceback(cli: Cli, arguments: list[str]) -> None:
    result = cli(*arguments)
    assert (result.code, result.out) == (2, "")
    assert "Error: " in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["alerts", "show", "alr_nobody"], "no alert alr_nobody; `watcher alerts` lists them"),
        (["deliveries", "show", "dlv_nobody"], "no delivery dlv_nobody"),
        (["deliveries", "retry", "dlv_nobody"], "no dead delivery dlv_nobody"),
        (["silences", "expire", "sil_nobody"], "no silence sil_nobody in force"),
        (["silences", "add", "sgnal=x", "--for", "1h"], "no field 'sgnal'; did you mean signal?"),
        (["silences", "add", "signal", "--for", "1h"], "'signal' has no '='"),
        (["silences", "add", "signal=~x.*", "--for", "1h"], "no regular expressions"),
        (["silences", "add", "severity=huge", "--for", "1h"], "no severity 'huge'"),
        (["silences", "add", "signal=x", "--for", "soon"], "soon"),
        (["silences", "add", "signal=x", "--for", "0s"], "0s"),
        (["silences", "add", "signal=x", "--for", "400d"], "too long; 365d at most"),
        (["silences", "add", *(f"tag=t{number}" for number in range(21)), "--for", "1h"], "at most 20 matchers"),
        (["send-test", "nowhere"], "no channel nowhere; routes.yaml has: screen"),
        (["match", "missing.jsonl"], "cannot read missing.jsonl: No such file or directory"),
        (["explain", "missing.txt"], "missing.txt is no URL, no file and no stored document"),
        (["explain", "http://127.0.0.1:1/x"], "cannot fetch http://127.0.0.1:1/x: blocked-address"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value)[:40],
)
def test_a_mistake_is_one_line(cli: Cli, arguments: list[str], said: str) -> None:
    result = cli(*arguments)
    assert (result.code, result.out) == (1, "")
    assert LINE.fullmatch(result.err), result.err
    assert said in result.err


@pytest.mark.parametrize("command", ["run", "check", "test", "match", "sources", "send-test"])
def test_a_missing_rules_directory_is_named(cli: Cli, command: str) -> None:
    result = cli(command, "--rules", "elsewhere")
    assert result.code == 1
    assert "elsewhere" in result.out + result.err
    assert "Y124" in result.out + result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize("command", [["run"], ["sources"], ["status"], ["alerts"], ["check"], ["match"], ["migrate"]])
def test_a_wrong_setting_is_named_without_its_value(cli: Cli, command: list[str]) -> None:
    cli.set(SMTP_TLS="wr0ng-value")
    result = cli(*command)
    assert (result.code, result.out) == (1, "")
    assert LINE.fullmatch(result.err)
    assert result.err.startswith("watcher: WATCHER_SMTP_TLS: ")
    assert "wr0ng-value" not in result.err


@pytest.mark.parametrize("bind", ["nonsense", "127.0.0.1:99999", "203.0.113.7:8080"])
def test_an_address_that_cannot_be_bound_is_named(cli: Cli, bind: str) -> None:
    cli.set(WEB_BIND=bind)
    result = cli("run")
    assert result.code == 1
    last = result.err.splitlines()[-1]
    assert last.startswith("watcher: ")
    assert bind in last
    assert "Traceback" not in result.err


def test_a_data_directory_that_cannot_be_made_is_named(cli: Cli) -> None:
    cli.file("plain", "a file")
    cli.set(DATA_DIR="plain/data")
    result = cli("status")
    assert result.code == 1
    assert LINE.fullmatch(result.err)
    assert "WATCHER_DATA_DIR" in result.err


def test_a_database_that_is_none_is_named(cli: Cli) -> None:
    path = cli.file("letters.db", "this is a letter, not a database " * 40)
    cli.set(DATABASE_URL=f"sqlite:///{path}")
    result = cli("alerts")
    assert result.code == 1
    assert LINE.fullmatch(result.err)
    assert "not a database" in result.err
