"""`watcher recipients`."""

from __future__ import annotations

import json

from tests.cli.conftest import Cli


def test_mute_list_and_resume(cli: Cli) -> None:
    assert "Every recipient is sent everything." in cli("recipients").out
    assert cli("recipients", "mute", "editor", "desk@example.org").code == 0
    assert "already" in cli("recipients", "mute", "editor", "desk@example.org").err
    (row,) = json.loads(cli("recipients", "--json").out)
    assert (row["channel"], row["target"], row["via"]) == ("editor", "desk@example.org", "command")
    assert "again" in cli("recipients", "resume", "editor", "desk@example.org").out
    assert cli("recipients", "resume", "editor", "desk@example.org").code == 1
    assert json.loads(cli("recipients", "--json").out) == []
