"""`watcher routes test`: where an alert would go, and why."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Cli

CHANNELS = {
    "desk": {"kind": "console"},
    "duty": {"kind": "console", "limit": {"most": 3, "per": "1m"}},
    "mail": {"kind": "console", "digest": {"at": ["07:00"], "timezone": "Europe/London"}},
}
ROUTES = [
    {"when": {"severity": "critical"}, "to": ["duty"], "escalate": "ladder", "continue": True},
    {"when": {"signal": "dam-*", "hours": {"from": "08:00", "to": "18:00"}}, "to": ["desk", "mail"],
     "group": {"by": "signal", "wait": "30s"}},
    {"to": ["mail"]},
]  # fmt: skip
LADDER = {"ladder": [{"after": "0m", "to": ["duty"]}, {"after": "5m", "to": ["desk"]}]}
QUIET = [{"name": "night", "from": "22:00", "to": "06:00"}]
INHIBIT = [{"name": "dam-says-it", "by": ["dam-failure"], "mute": {"signal": "port-*"}}]
NOON, NIGHT = "2026-11-20T12:00:00Z", "2026-11-20T23:00:00+00:00"


@pytest.fixture
def desk(cli: Cli) -> Cli:
    cli.rules.routes(CHANNELS, ROUTES, escalations=LADDER, quiet_hours=QUIET, inhibit=INHIBIT)
    return cli


def test_it_shows_every_route_and_why_it_was_taken_or_not(desk: Cli) -> None:
    shown = desk("routes", "test", "--signal", "dam-failure", "--severity", "high", "--at", NOON)
    assert shown.code == 0
    assert "  route 1 (line" in shown.out and "does not hold: severity" in shown.out
    assert "→ route 2 (line" in shown.out
    assert "not read: route 2 ended the search" in shown.out
    assert "desk (console): grouped by signal, after 30 s without another, by route 2" in shown.out
    assert "mail (console): in the digest at 07:00 Europe/London, by route 2" in shown.out


def test_critical_alerts_go_at_once_and_climb_the_ladder(desk: Cli) -> None:
    found = desk("routes", "test", "--signal", "port-strike", "--severity", "critical", "--at", NIGHT, "--json").json
    assert [(one["channel"], one["when"]) for one in found["goes_to"]] == [
        ("duty", "at once"),
        ("mail", "in the digest at 07:00 Europe/London"),
    ]
    assert found["goes_to"][0]["escalates"] == [
        "ladder: first step at 2026-11-20T23:00:00Z", "after 0 s to duty", "after 5 min to desk",
    ]  # fmt: skip
    assert found["muted_by"] == []  # they speak through quiet hours


def test_what_would_mute_it(desk: Cli) -> None:
    desk("silences", "add", "signal=port-*", "--for", "1h")
    now = desk("routes", "test", "--signal", "port-strike", "--json").json
    assert "silence sil_" in now["muted_by"][0]
    assert now["may_be_muted_by"] == ["dam-says-it: while an alert of dam-failure stands for the same story"]
    night = desk("routes", "test", "--signal", "port-strike", "--at", NIGHT)
    assert "muted now: quiet hours night, until 2026-11-21T06:00:00Z" in night.out


def test_nowhere_is_a_finding(cli: Cli) -> None:
    cli.rules.routes({"screen": {"kind": "console"}}, [{"when": {"tags": "africa"}, "to": ["screen"]}])
    lost = cli("routes", "test", "--signal", "dam-failure")
    assert lost.code == 1
    assert "It goes nowhere" in lost.out


def test_wrong_usage_says_what_there_is(desk: Cli) -> None:
    assert "signals are dam-failure" in desk("routes", "test", "--signal", "dam").err
    assert "is no time" in desk("routes", "test", "--signal", "dam-failure", "--at", "noon").err


def test_a_source_brings_its_tags_and_its_publisher(cli: Cli) -> None:
    sourced = {"when": {"tags": "tagged", "publisher": "wire.example"}, "to": ["desk"]}
    cli.rules.routes({"desk": {"kind": "console"}}, [sourced])
    added = cli("sources", "add", "https://wire.example/other", "--id", "other-wire", "--tags", "tagged")
    assert added.code == 0, added.err
    assert cli("routes", "test", "--signal", "dam-failure").code == 1
    assert cli("routes", "test", "--signal", "dam-failure", "--source", "other-wire").code == 0
    assert (
        "no source nobody; `watcher sources` lists them"
        in cli("routes", "test", "--signal", "dam-failure", "--source", "nobody").err
    )
