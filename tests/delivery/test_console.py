"""Alerts on a terminal."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.delivery.contract import NEVER_SHOWN, ChannelContract, Received, Stage, build, failure
from tests.delivery.roundups import DIGEST, ESCALATION, NOTICE, QUIET, STATUS, SUMMARY, flood, hostile_digest
from tests.delivery.samples import FIRST, HOSTILE, UPDATE, delivery
from watcher.delivery.console import ConsoleOptions, render
from watcher.delivery.context import ChannelContext
from watcher.model.alert import Channel
from watcher.model.delivery import Message


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@dataclass
class ConsoleStage:
    """A stream in place of the terminal; messages are told apart by their last line."""

    stream: io.TextIOBase = field(default_factory=io.StringIO)
    channel: Channel = field(default_factory=lambda: Channel("screen", "console", ConsoleOptions(width=120)))
    secrets: tuple[str, ...] = ()

    def context(self, patience: float) -> ChannelContext:
        return ChannelContext(console=self.stream)

    def received(self) -> list[Received]:
        text = self.stream.getvalue()
        shown = [part for part in text.split("alert al_7f3c\n") if part.strip()]
        return [Received("", part) for part in shown]

    async def idle(self) -> None:
        assert not self.stream.closed


class TestConsole(ChannelContract):
    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        yield ConsoleStage()

    async def test_json_is_one_line_each(self) -> None:
        stage = ConsoleStage(channel=Channel("screen", "console", ConsoleOptions(format="json")))
        adapter = build(stage)
        await adapter.send(delivery(HOSTILE))
        await adapter.send(delivery())
        lines = stage.stream.getvalue().splitlines()
        hostile, first = (json.loads(line) for line in lines)
        assert hostile["document"]["title"] == HOSTILE.document.title
        assert first["delivery"] == "dl_01hx3zq9"
        assert first["score"] == 91
        assert all(line.isascii() for line in lines)

    async def test_a_terminal_gets_colour_and_a_stream_none(self) -> None:
        stage = ConsoleStage(stream=Terminal())
        await build(stage).send(delivery())
        assert "\x1b[" in stage.stream.getvalue()
        assert "\x1b" not in render(FIRST, 80, colour=False)

    async def test_a_closed_stream_is_tried_again(self) -> None:
        stage = ConsoleStage()
        stage.stream.close()
        error = await failure(stage)
        assert not error.permanent

    async def test_a_narrow_encoding_does_not_fail(self) -> None:
        raw = io.BytesIO()
        stage = ConsoleStage(stream=io.TextIOWrapper(raw, encoding="ascii"))
        await build(stage).send(delivery(UPDATE))
        assert b"UPDATE" in raw.getvalue()

    @pytest.mark.parametrize("width", [40, 80, 200])
    def test_no_line_is_wider_than_the_screen(self, width: int) -> None:
        for message in (FIRST, HOSTILE):
            assert max(cell_len(line) for line in render(message, width, colour=False).splitlines()) <= width

    def test_evidence_is_marked_without_colour(self) -> None:
        assert "[Iraqi security forces] [arrested] 12 [militia members]" in render(FIRST, 120, colour=False)

    def test_markup_of_the_news_is_shown_as_it_is(self) -> None:
        told = replace(
            FIRST, document=replace(FIRST.document, title="[bold red]x[/bold red] :warning: [link=u]y[/link]")
        )
        assert "[bold red]x[/bold red] :warning: [link=u]y[/link]" in render(told, 120, colour=False)

    @settings(max_examples=50, deadline=None)
    @given(st.text(max_size=300), st.text(max_size=300))
    def test_anything_may_be_shown(self, title: str, sentence: str) -> None:
        told = replace(FIRST, document=replace(FIRST.document, title=title), sentence=sentence, signal_title=title)
        assert not NEVER_SHOWN.search(render(told, 80, colour=False))


@pytest.mark.parametrize("told", [DIGEST, SUMMARY, QUIET, flood()], ids=["digest", "summary", "quiet", "flood"])
@pytest.mark.parametrize("colour", [False, True])
def test_a_round_up_fits_and_is_bounded(told: Message, colour: bool) -> None:
    lines = render(told, 80, colour).splitlines()
    assert len(lines) < 320
    if colour:
        assert lines[0].startswith("\x1b[")
    else:
        assert all(cell_len(line) <= 80 for line in lines)


def test_a_round_up_of_hostile_text_is_inert() -> None:
    shown = render(hostile_digest(), 100, colour=False)
    assert not NEVER_SHOWN.search(shown)
    assert "Breaking" in shown


def test_what_is_told_late_says_so() -> None:
    for told in (DIGEST, ESCALATION, replace(STATUS, late="26 hours"), replace(NOTICE, late="26 hours")):
        assert "told late: 26 hours old" in render(replace(told, late="26 hours"), 200, colour=False)
