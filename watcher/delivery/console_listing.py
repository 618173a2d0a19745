"""Digests and summaries on a terminal. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from watcher.delivery import bars, listing, wording
from watcher.delivery.inert import Part, cut
from watcher.delivery.listing import Bounds, Line
from watcher.delivery.moments import stretch
from watcher.model.delivery import Message

BOUNDS = Bounds(each=5, most=40, quote=200)
COLOURS = {"low": "cyan", "medium": "yellow", "high": "dark_orange", "critical": "red"}


def quoted(parts: Sequence[Part], colour: bool) -> Text:
    """The sentence with its evidence marked: by weight, or without colour by brackets."""
    quote = Text()
    for part in parts:
        style = "bold underline" if part.marked else ""
        quote.append(f"[{part.text}]" if part.marked and not colour else part.text, style=style)
    return Text.assemble("“", quote, "”") if quote.plain else quote


def body(message: Message, colour: bool) -> RenderableType:
    """Everything below the title; nothing from outside is parsed as markup."""
    told = message.roundup
    window = stretch(told.since, told.until) if told else ""
    head = (Text(wording.late(message), style="bold"), Text(window, style="dim"), Text(listing.because(message)))
    lines = [line for line in head if line.plain]
    sections = listing.sections(message, BOUNDS)
    for section in sections:
        lines += [Text(), Text(f"{section.signal} ({section.total})", style="bold underline")]
        for line in section.lines:
            lines += _line(line, colour)
        if section.more:
            lines.append(Text(f"  and {section.more} more"))
    left = listing.left_out(message, sections)
    lines += [Text(), Text(left)] if left else []
    return Group(*lines, *_facts(message))


def _line(line: Line, colour: bool) -> list[Text]:
    label = Text(line.label, style=COLOURS.get(line.severity, "white") if colour else "")
    facts = (
        f"score {line.score}",
        line.corroboration,
        line.assertion,
        line.document.publisher,
        f"alert {line.alert_id}",
    )
    shown = [
        Text.assemble("  ", label, " ", (line.document.title, "bold")),
        Text.assemble("  ", quoted(line.quote, colour)),
        Text("  " + " · ".join(fact for fact in facts if fact), style="dim"),
        Text(f"  {line.document.url}" if line.document.url else "", style="dim"),
    ]
    return [text for text in shown if text.plain.strip()]


def _facts(message: Message) -> list[Text]:
    rows, more = listing.activity(message)
    lines = [Text(sentence) for sentence in listing.not_told(message)]
    most = max((count for row in rows for count in row.counts), default=0)
    for row in rows:
        name = cut(row.signal_title, 120) or wording.identifier(row.signal_id)
        lines.append(Text(f"{bars.sparkline(row.counts, most)}  {name}: {sum(row.counts)} in {len(row.counts)} days"))
    lines += [Text(more)] if more else []
    return [Text(), *lines] if lines else []
