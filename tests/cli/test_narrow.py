"""Tables on narrow terminals: nothing that somebody copies is cut."""

from __future__ import annotations

from typing import Any

import pytest

from watcher.cli.output import Output

COLUMNS = ("id", "status", "owner", "updated_at", "title")
ROW: dict[str, Any] = {
    "id": "alr_39d5701c05bd39ce",
    "status": "acknowledged",
    "updated_at": "2026-11-22T10:59:09Z",
    "title": "Iraqi forces arrest 12 militia members in Basra " * 3,
}


def shown(capsys: pytest.CaptureFixture[str], width: int, **more: str) -> list[str]:
    Output(wide=width).table([ROW | more], COLUMNS, empty="")
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def test_there_is_room_for_all_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, 220)[0].split() == ["id", "status", "owner", "updated", "title"]


def test_columns_without_anything_leave_first(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, 80)
    assert lines[0].split() == ["id", "status", "updated", "title"]
    assert lines[1].startswith("alr_39d5701c05bd39ce  acknowledged  11-22 10:59Z  Iraqi")


@pytest.mark.parametrize("width", [40, 60, 80])
def test_then_each_row_is_a_block_with_its_id_whole(capsys: pytest.CaptureFixture[str], width: int) -> None:
    lines = shown(capsys, width, owner="somebody with a long name")
    assert lines[0] == "alr_39d5701c05bd39ce"
    assert max(map(len, lines)) <= width
    told = " ".join(" ".join(lines).split())
    assert "status acknowledged · owner somebody with a long name · updated 11-22 10:59Z · title Iraqi" in told
    assert told.count("in Basra") == 3
