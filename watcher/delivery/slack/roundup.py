"""Digests and summaries as Block Kit: many alerts in one message, by signal, the strongest first. Pure."""

from __future__ import annotations

from itertools import groupby

from watcher.delivery import wording
from watcher.delivery.inert import cut
from watcher.delivery.slack.blocks import (
    EMOJI,
    Block,
    context,
    escaped,
    header,
    linked,
    moment,
    section,
    units,
    within,
)
from watcher.model.delivery import Item, Message, Roundup

MOST_ITEMS = 15
MOST_OF_A_SIGNAL = 5
"""Where several signals have something to tell, so that a busy one hides no other."""
ROOM = 7_500
"""Characters for all items together; heading and small print come on top."""

_SECTION = 2_800
_MOST_SIGNALS = 15
_WHY = {
    "digest": "Digest",
    "group": "Alerts that came together",
    "limit": "More alerts than this channel's limit lets through",
}


def summary(message: Message) -> str:
    """One line that says it all: "CRITICAL: 12 alerts — Iraq: crackdown on militias — Raid in Basra; …"."""
    first = "; ".join(cut(item.document.title, 120) for item in message.items[:3])
    words = f"{wording.label(message)}: {cut(message.document.title, 60)} — {wording.signal_name(message)}"
    before = f"{wording.late(message)} — " if message.late else ""
    return f"{before}{words} — {first}" if first else f"{before}{words}"


def render(message: Message) -> list[Block]:
    """At most 20 blocks. What does not fit is counted, with the command that shows it."""
    told = message.roundup
    title = _WHY.get(told.why, "Alerts") if told else "Alerts"
    sections, shown = _signals(message.items)
    left = len(message.items) - shown
    return [
        header(f"{EMOJI.get(message.severity, '⚪')} {cut(message.document.title, 60)} · {title}"),
        context(
            " · ".join(part for part in (_window(told) if told else "", escaped(wording.late(message), 60)) if part)
        ),
        *sections,
        section(f"…and *{left} more*: `watcher alerts` lists them all." if left else ""),
        section("Nothing was told in this time." if not message.items else ""),
        context("\n".join(_unsaid(told)) if told else ""),
    ]


def _signals(items: tuple[Item, ...]) -> tuple[list[Block], int]:
    """A section a signal, and how many items stand in them; items come sorted by signal."""
    blocks: list[Block] = []
    room, shown = ROOM, 0
    several = len({item.signal_id for item in items}) > 1
    for _, grouped in groupby(items, key=lambda item: item.signal_id):
        of_signal = list(grouped)
        lines = [f"*{escaped(of_signal[0].signal_title or of_signal[0].signal_id, 150)}* ({len(of_signal)})"]
        most = min(MOST_ITEMS - shown, MOST_OF_A_SIGNAL if several else MOST_ITEMS)
        lines += [_line(item) for item in of_signal[:most]]
        kept = within(lines, min(room, _SECTION))
        if len(kept) < 2 or len(blocks) == _MOST_SIGNALS:
            break
        blocks.append(section("\n".join(kept)))
        shown += len(kept) - 1
        room -= sum(units(line) + 1 for line in kept)
        if shown == MOST_ITEMS:
            break
    return blocks, shown


def _line(item: Item) -> str:
    publishers = "1 publisher" if item.publishers == 1 else f"{item.publishers} publishers"
    facts = [escaped(item.document.publisher, 80), publishers, f"score {item.score}", escaped(item.assertion, 20)]
    again = " _(again)_" if item.kind == "update" else ""
    told = " · ".join(fact for fact in facts if fact)
    return (
        f"{EMOJI.get(item.severity, '⚪')} {linked(item.document.title, item.document.url, 200)}{again}\n      {told}"
    )


def _window(told: Roundup) -> str:
    since, until = moment(told.since), moment(told.until)
    return f"{since} to {until}" if since and until else ""


def _unsaid(told: Roundup) -> list[str]:
    """What was found and not told, so that nobody takes silence for calm."""
    counts = ", ".join(f"{count} {escaped(reason, 40)}" for reason, count in told.suppressed[:8])
    lines = [f"Not told: {counts}"] if counts else []
    if told.near_misses:
        lines.append(f"{told.near_misses} near misses, just below a signal's threshold")
    return lines
