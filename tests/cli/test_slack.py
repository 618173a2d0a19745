"""`watcher slack manifest`: what an app is made from, and that it asks for no more than is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.cli.conftest import Cli

DOCS = Path(__file__).parents[2] / "docs"
LEAST = ["chat:write", "users:read", "channels:history", "groups:history"]


def desks(cli: Cli, *channels: dict[str, Any]) -> None:
    named = {f"desk-{number}": {"kind": "slack", **channel} for number, channel in enumerate(channels)}
    cli.rules.routes(named, [{"to": list(named)}])


def test_it_asks_for_what_the_channels_need_and_no_more(cli: Cli) -> None:
    desks(cli, {"channel": "C0123456789"})
    assert yaml.safe_load(cli("slack", "manifest").out)["oauth_config"] == {"scopes": {"bot": LEAST}}
    desks(cli, {"channel": "#desk"}, {"channel": "C0123456789", "allow": {"usergroups": ["S0614TZR7"]}})
    asked = cli("slack", "manifest", "--json").json["oauth_config"]["scopes"]["bot"]
    assert asked == [*LEAST, "channels:read", "groups:read", "usergroups:read"]


def test_with_a_public_address_slack_sends_requests_there(cli: Cli) -> None:
    desks(cli, {"channel": "C0123456789"})
    assert cli("slack", "manifest", "--json").json["settings"]["socket_mode_enabled"] is True
    cli.set(PUBLIC_URL="https://watch.example/")
    told = cli("slack", "manifest", "--json").json["settings"]
    assert told["interactivity"]["request_url"] == "https://watch.example/slack/interactions"
    assert told["socket_mode_enabled"] is False
    assert cli("slack", "manifest", "--socket", "--json").json["settings"]["socket_mode_enabled"] is True


def test_an_address_that_slack_would_refuse(cli: Cli) -> None:
    refused = cli("slack", "manifest", "--url", "http://watch.example")
    assert refused.code == 1 and "no https address" in refused.err


def test_the_manifest_in_the_docs_is_what_is_printed(cli: Cli) -> None:
    desks(cli, {"channel": "C0123456789"})
    assert cli("slack", "manifest").out == (DOCS / "slack-app.yaml").read_text(encoding="utf-8")
