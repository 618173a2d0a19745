"""What every kind of source promises. A kind joins with one small class (see test_kinds)."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from datetime import timedelta

from tests.sources.conftest import NOW, Bench
from tests.support.news_server import Exchange, Reply
from watcher.model.document import Document, Health, Outcome, Poll, Source, SourceState
from watcher.sources.identity import Arrivals, resolve
from watcher.sources.kind import Options
from watcher.sources.registry import KINDS
from watcher.sources.rhythm import after_poll

HEADERS = {"ETag": '"one"', "Last-Modified": "Sun, 01 Mar 2026 11:00:00 GMT"}


class SourceContract:
    """`body` is an answer of the kind, `edited` the same with one item changed, `wrong` what it cannot read."""

    kind: str
    options: Options | None = None
    other_options: Options
    body: bytes
    edited: bytes
    wrong: bytes = b"<!doctype html><html><body><p>Please sign in</p></body></html>"
    edit_is_new = False

    def source(self, bench: Bench) -> Source:
        return Source("under-test", self.kind, bench.server.url("/s"), "news.example", options=self.options)

    async def poll(self, bench: Bench, state: SourceState | None = None, source: Source | None = None) -> Poll:
        state = state or SourceState("under-test", NOW)
        return await KINDS[self.kind].poll(source or self.source(bench), state, bench.fetcher, NOW)

    async def first(self, bench: Bench, **headers: str) -> SourceState:
        bench.server.on("/s", Reply(self.body, headers=headers))
        poll = await self.poll(bench)
        assert (poll.outcome, poll.health, poll.error) == (Outcome.CHANGED, Health.HEALTHY, "")
        assert poll.items
        return after_poll(self.source(bench), SourceState("under-test", NOW), poll, NOW, 0.5)

    async def test_not_modified_is_unchanged_and_keeps_the_validators(self, bench: Bench) -> None:
        state = await self.first(bench, **HEADERS)
        bench.server.on("/s", Reply(status=304))
        poll = await self.poll(bench, state)
        assert (poll.outcome, poll.items, poll.health) == (Outcome.UNCHANGED, (), Health.HEALTHY)
        assert (poll.etag, poll.last_modified) == ('"one"', HEADERS["Last-Modified"])
        assert bench.server.requests[-1].headers["if-none-match"] == '"one"'
        assert after_poll(self.source(bench), state, poll, NOW, 0.5).body_hash == state.body_hash

    async def test_the_same_bytes_are_unchanged_although_the_validators_are_new(self, bench: Bench) -> None:
        state = await self.first(bench, **HEADERS)
        bench.server.on("/s", Reply(self.body, headers={"ETag": '"two"'}))
        poll = await self.poll(bench, state)
        assert (poll.outcome, poll.items, poll.etag) == (Outcome.UNCHANGED, (), '"two"')

    async def test_the_same_bytes_are_read_again_when_the_configuration_was_edited(self, bench: Bench) -> None:
        state = await self.first(bench, **HEADERS)
        poll = await self.poll(bench, state, replace(self.source(bench), options=self.other_options))
        assert "if-none-match" not in bench.server.requests[-1].headers
        assert poll.outcome is not Outcome.UNCHANGED

    async def test_a_failing_server_is_a_failed_poll_that_backs_off_and_then_recovers(self, bench: Bench) -> None:
        state = await self.first(bench, **HEADERS)
        bench.server.on("/s", Reply(status=500))
        source = self.source(bench)
        pauses = []
        for _ in range(4):
            poll = await self.poll(bench, state)
            assert (poll.outcome, poll.items) == (Outcome.FAILED, ())
            assert poll.error == "http-status: the server answers 500"
            state = after_poll(source, state, poll, NOW, 0.5)
            pauses.append(state.next_due_at - NOW)
        assert pauses == [timedelta(minutes=minutes) for minutes in (5, 10, 20, 40)]
        assert (state.failures, state.health, state.etag) == (4, Health.FAILING, '"one"')
        bench.server.on("/s", Reply(self.edited))
        state = after_poll(source, state, await self.poll(bench, state), NOW, 0.5)
        assert (state.failures, state.health, state.reason) == (0, Health.HEALTHY, "")

    async def test_something_else_with_200_is_a_failed_poll(self, bench: Bench) -> None:
        bench.server.on("/s", Reply(self.wrong))
        poll = await self.poll(bench)
        assert (poll.outcome, poll.health, poll.items) == (Outcome.FAILED, Health.FAILING, ())
        assert poll.error

    async def test_an_empty_body_is_a_failed_poll_of_its_own_kind(self, bench: Bench) -> None:
        bench.server.on("/s", Reply(b" \n"))
        poll = await self.poll(bench)
        assert (poll.outcome, poll.health) == (Outcome.FAILED, Health.EMPTY)
        assert poll.error == "answers with an empty body"

    async def test_a_huge_body_is_a_failed_poll(self, bench: Bench) -> None:
        bench.server.on("/s", Reply(self.body + b" " * 400_000))
        poll = await self.poll(bench)
        assert poll.outcome is Outcome.FAILED
        assert poll.error == "too-large: the answer is larger than 300,000 bytes"

    async def test_a_slow_drip_is_a_failed_poll(self, bench: Bench) -> None:
        async def drip(exchange: Exchange) -> None:
            await exchange.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for byte in itertools.cycle(self.body):
                await exchange.write(b"1\r\n" + bytes([byte]) + b"\r\n")
                bench.clock.advance(1)
                await asyncio.sleep(0)

        bench.server.on("/s", drip)
        poll = await self.poll(bench)
        assert (poll.outcome, poll.error) == (Outcome.FAILED, "timeout: no complete answer within 30 s")

    async def test_a_redirect_to_a_private_address_is_blocked(self, bench: Bench) -> None:
        bench.server.on("/s", Reply(status=302, headers={"Location": "http://169.254.169.254/latest"}))
        poll = await self.poll(bench)
        assert (poll.outcome, poll.health) == (Outcome.FAILED, Health.BLOCKED)
        assert poll.error.startswith("blocked-address: ")

    async def test_a_move_for_good_is_reported(self, bench: Bench) -> None:
        bench.server.on("/s", Reply(status=301, headers={"Location": "/new"}))
        bench.server.on("/new", Reply(self.body))
        poll = await self.poll(bench)
        assert (poll.outcome, poll.moved_to) == (Outcome.CHANGED, bench.server.url("/new"))

    async def test_an_edited_item_is_one_revision(self, bench: Bench) -> None:
        bench.server.on("/s", Reply(self.body), Reply(self.edited))
        before = self.arrivals(bench, await self.poll(bench))
        after = self.arrivals(bench, await self.poll(bench), *before.new)
        assert before.new
        if self.edit_is_new:
            assert (len(after.new), after.revised) == (1, ())
        else:
            assert (after.new, len(after.revised)) == ((), 1)
            assert after.revised[0].version == 2
            assert after.revised[0].id in {document.id for document in before.new}

    def arrivals(self, bench: Bench, poll: Poll, *known: Document) -> Arrivals:
        numbers = itertools.count(len(known))
        return resolve(self.source(bench), poll.items, known, NOW, lambda: f"document-{next(numbers)}")
