"""A figure that moves makes the alert of its story speak again; one that hardly moves does not."""

from __future__ import annotations

import json
from typing import Any

from tests.support.office import Office
from watcher.services import inspect

POLL = """\
schema: signal/v1
id: harbour-poll
title: A poll on the harbour of Velmar
groups:
  poll:  {weight: 20, any: ["poll*", "survey*"]}
  view:  {weight: 30, any: ["support*", "back", "backs"]}
  topic: {weight: 20, required: true, any: ["harbour", "port orsa"]}
quantities:
  support: {unit: percent, near: view, subject: topic, moves: 3}
patterns: ["poll view within 12", "view poll within 20"]
alert_at: 60
tests:
  - {text: "Poll: 48% support the harbour of Port Orsa", expect: alert}
  - {text: "Support for the harbour", expect: silent}
  - sequence:
      - {at: 0m, text: "Poll: 48% support the harbour of Port Orsa", expect: alert}
      - {at: 5m, text: "Poll: 47% support the harbour of Port Orsa", same_story: true, expect: below}
      - {at: 9m, text: "Poll: 43% support the harbour of Port Orsa", same_story: true, expect: alert}
"""
TEXT = "The survey asked 1,200 adults in Velmar in May. The institute called it the largest of its kind this year."


def told(office: Office) -> list[tuple[str, str]]:
    return [(line["kind"], line["signal_id"]) for line in office.shown()]


async def reasons(office: Office) -> list[list[str]]:
    async with office.database() as db:
        rows = await inspect.alert_rows(db, 10)
        lives: list[dict[str, Any]] = [await inspect.alert_life(db, row["id"]) for row in rows]
    return [event["reasons"] for life in reversed(lives) for event in life["events"]]


async def test_the_alert_speaks_again_when_the_figure_moves(office: Office) -> None:
    office.rules.signal("harbour-poll", POLL)
    entry = office.feed("wire").add("Poll: 48% support the harbour of Port Orsa", TEXT)
    await office.cycle()
    assert told(office) == [("alert", "harbour-poll")]

    entry.title = "Poll: 46% support the harbour of Port Orsa"
    summary = await office.cycle()
    assert told(office) == [("alert", "harbour-poll")]
    assert summary.suppressed == {"already-told": 1}

    entry.title = "Poll: 43% support the harbour of Port Orsa"
    await office.cycle()
    assert told(office) == [("alert", "harbour-poll"), ("update", "harbour-poll")]
    assert "support (topic) moved from 48 to 43 percent" in (await reasons(office))[-1]

    entry.title = "Poll: 42% support the harbour of Port Orsa"
    await office.cycle()
    assert len(told(office)) == 2


async def test_a_new_poll_alerts_and_names_the_change(office: Office) -> None:
    office.rules.signal("harbour-poll", POLL)
    wire = office.feed("wire")
    wire.add("Poll: 48% support the harbour of Port Orsa", TEXT)
    await office.cycle()
    wire.add(
        "Survey by the Lisk institute: 47% back a larger harbour",
        "Young voters in the south were asked about cranes, taxes and noise. The harbour of Port Orsa came first.",
    )
    await office.cycle()

    assert told(office) == [("alert", "harbour-poll")] * 2
    second = next(found for found in await reasons(office) if any("last told" in one for one in found))
    assert "support (topic) is 47 percent, last told as 48" in second


async def test_match_shows_the_quantities_of_a_signal_that_asks_for_some(office: Office) -> None:
    office.rules.signal("harbour-poll", POLL)
    ended = await office.command("test")
    assert ended.code == 0, ended.out
    title, text = "Poll: 48% support the harbour of Port Orsa", "Dockers strike in Port Orsa, Velmar."
    office.root.joinpath("in.jsonl").write_text(json.dumps({"id": 1, "title": title, "text": text, "language": "en"}))
    ended = await office.command("match", "in.jsonl")
    found = {one["signal"]: one for one in json.loads(ended.out)["matches"]}
    assert found["harbour-poll"]["quantities"] == [
        {
            "name": "support", "value": 48.0, "unit": "percent", "subject": "topic",
            "field": "title", "start": 6, "end": 9, "text": "48%",
        }
    ]  # fmt: skip
    assert "quantities" not in found["port-strike"]
