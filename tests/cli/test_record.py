"""One thing with its fields, for people: no quotes and brackets of Python's."""

from __future__ import annotations

import pytest

from watcher.cli.output import Output

REASONS = ["score 86 of 60", 'told by "wire.example"']
LIFE = {
    "id": "alr_1",
    "owner": None,
    "figures": {"documents": 3, "gates": {"words": 2, "read": 0}},
    "events": [
        {"at": "2026-01-01T08:00:00Z", "kind": "open", "reasons": REASONS, "placed": [], "by": ""},
        {"at": "2026-01-01T09:00:00Z", "kind": "sent", "to": [{"channel": "desk", "target": ""}]},
    ],
    "labels": ["one", "two"],
}


def test_reasons_stand_below_their_event_one_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    Output().record(LIFE)
    assert capsys.readouterr().out.splitlines() == [
        "id: alr_1",
        "owner: ",
        "figures: documents=3  gates=(words=2  read=0)",
        "events:",
        "  at=2026-01-01T08:00:00Z  kind=open",
        "    reasons:",
        "      score 86 of 60",
        '      told by "wire.example"',
        "  at=2026-01-01T09:00:00Z  kind=sent",
        "    to:",
        "      channel=desk",
        "labels:",
        "  one",
        "  two",
    ]


def test_what_somebody_else_wrote_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    Output().record({"events": [{"kind": "open", "reasons": ["a\nb\x1b[2J"]}]})
    assert capsys.readouterr().out.splitlines()[-1] == "      a b�[2J"


def test_json_is_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    Output(as_json=True).record({"events": [{"reasons": REASONS}]})
    assert capsys.readouterr().out == '{"events": [{"reasons": ["score 86 of 60", "told by \\"wire.example\\""]}]}\n'
