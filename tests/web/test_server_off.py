"""Without WATCHER_WEB_BIND nothing is served, and whoever set up what needs it is warned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tests.support.clocks import HandClock
from tests.support.velmar import Velmar
from tests.web.conftest import NOW
from watcher.app import App
from watcher.settings import FixedSettings
from watcher.telemetry import Redactor
from watcher.web.server import serve


@pytest.mark.parametrize(
    ("more", "warned"),
    [
        ({}, False),
        ({"public_url": "https://watch.example"}, True),
        ({"api_token": SecretStr("a-token-that-is-long-enough")}, True),
        ({"pagerduty_webhook_secret": SecretStr("a-signing-secret")}, True),
    ],
    ids=["nothing needs it", "public url", "api token", "pagerduty"],
)
async def test_who_needs_the_web_server_is_told_that_it_is_off(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: dict[str, Any], warned: bool
) -> None:
    rules = Velmar(tmp_path / "rules")
    settings = FixedSettings(rules=rules.root, data_dir=tmp_path / "data", enrich_per_hour=0, **more)
    app = App(settings, Redactor(), clock=HandClock(NOW), environment={})
    async with app, serve("", app) as port:
        assert port == 0
    assert ("web.off" in capsys.readouterr().out) is warned
