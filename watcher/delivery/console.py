"""Alerts on a terminal, or as JSON Lines on standard output."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import asdict
from datetime import timedelta
from io import StringIO
from typing import Literal, TextIO

from pydantic import Field
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from watcher.delivery import console_listing, listing, wording
from watcher.delivery.console_listing import COLOURS, quoted
from watcher.delivery.context import ChannelContext
from watcher.delivery.inert import cut_parts, highlighted
from watcher.delivery.kind import ChannelOptions, options_of
from watcher.model.alert import Channel
from watcher.model.delivery import Delivery, DeliveryError, Message, Receipt

PLAIN_WIDTH = 100
# Several channels, and several threads, may write to one terminal.
_ONE_AT_A_TIME = threading.Lock()


class ConsoleOptions(ChannelOptions):
    """`width` None is the terminal's own, or 100 columns when the output is not a terminal."""

    format: Literal["text", "json"] = "text"
    width: int | None = Field(default=None, ge=40, le=400)


def render(message: Message, width: int, colour: bool) -> str:
    """The alert as a person reads it. Nothing from outside is ever parsed as markup or passed on as control codes."""
    target = StringIO()
    console = Console(
        file=target,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )
    if message.kind == "status":
        console.print(Text(wording.life(message), style="dim"))
        return target.getvalue()
    if message.kind == "notice":
        console.print(Text(f"{wording.summary(message)}. {wording.sentence(message)}".rstrip(), style="bold"))
        return target.getvalue()
    style = COLOURS.get(message.severity, "white")
    listed = message.kind in listing.KINDS
    title = Text(f" {listing.title(message) if listed else _title(message)} ", style="bold")
    body = console_listing.body(message, colour) if listed else _body(message, colour)
    if colour:
        console.print(Panel(body, title=title, title_align="left", border_style=style, width=width))
    else:
        console.print(title.plain.strip())
        console.print(body)
        console.print()  # a file or a pipe has no frames to tell one alert from the next
    return target.getvalue()


def render_json(delivery: Delivery) -> str:
    """One line of ASCII JSON: the delivery's id and the message's fields as they are stored."""
    return json.dumps({"delivery": delivery.id, **asdict(delivery.message)}, ensure_ascii=True) + "\n"


def _title(message: Message) -> str:
    return f"{wording.label(message)} · {wording.signal_name(message)} · score {message.score}"


def _body(message: Message, colour: bool) -> RenderableType:
    document = wording.reference(message.document)
    lines = [Text(document.title, style="bold")]
    origin = " · ".join(part for part in (document.publisher, document.published_at) if part)
    lines += [Text(line, style="dim") for line in (origin, document.url) if line]
    quote = quoted(cut_parts(highlighted(message.sentence, message.highlights), 500), colour)
    if quote.plain:
        lines.append(quote)
    lines.append(Text(f"{wording.corroboration(message)} · {wording.assertion(message)}"))
    return Group(*lines, *_small_print(message))


def _small_print(message: Message) -> list[Text]:
    lines = []
    ledger = wording.ledger(message)
    if ledger:
        lines.append(Text(f"score {message.score} = " + ", ".join(ledger), style="dim"))
    lines += [Text(f"why: {reason}", style="dim") for reason in wording.reasons(message)]
    lines += [Text(f"also: {other.publisher}: {other.title} {other.url}".rstrip()) for other in wording.others(message)]
    if wording.more_others(message):
        lines.append(Text(wording.more_others(message)))
    lines.append(Text(f"alert {wording.identifier(message.alert_id)}", style="dim"))
    return lines


class ConsoleAdapter:
    """Writes each message in one piece, so that alerts do not mix with log lines."""

    pace = timedelta(0)

    def __init__(self, options: ConsoleOptions, stream: TextIO) -> None:
        self.lane = "console"
        self._options = options
        self._stream = stream

    async def send(self, delivery: Delivery) -> Receipt:
        """Write it; raises a retryable DeliveryError if the stream is closed or broken."""
        try:
            # A terminal that is held (Ctrl-S) blocks its writer: that must not be the event loop.
            await asyncio.to_thread(self._write, self._rendered(delivery))
        except (OSError, ValueError) as error:
            raise DeliveryError(f"the console cannot be written to: {type(error).__name__}") from error
        return Receipt(detail="shown")

    async def close(self) -> None:
        """The stream belongs to the process: nothing to let go of."""

    def _rendered(self, delivery: Delivery) -> str:
        if self._options.format == "json":
            return render_json(delivery)
        terminal = self._stream.isatty()
        width = self._options.width or (Console(file=self._stream).width if terminal else PLAIN_WIDTH)
        return render(delivery.message, width, colour=terminal)

    def _write(self, text: str) -> None:
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        with _ONE_AT_A_TIME:
            self._stream.write(text.encode(encoding, "replace").decode(encoding))
            self._stream.flush()


def build(channel: Channel, context: ChannelContext) -> ConsoleAdapter:
    """Never fails: a terminal needs no setting up."""
    return ConsoleAdapter(options_of(channel, ConsoleOptions), context.console)
