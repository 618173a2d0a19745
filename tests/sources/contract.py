"""What every kind of source promises. A kind joins with one small class (see test_kinds).

Kinds that ask a web server take HttpContract. Another protocol takes SourceContract and says in a few methods how its
server offers something, fails, drips. Kinds to which documents are sent take ArrivalContract.
"""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.sources.conftest import NOW, Bench
from tests.support.news_server import Exchange, Reply
from watcher.model.document import Document, Health, Item, Outcome, Poll, Source, SourceState
from watcher.sources.entries import UnreadableError
from watcher.sources.identity import Arrivals, resolve
from watcher.sources.kind import Options
from watcher.sources.registry import KINDS
from watcher.sources.rhythm import after_poll

HEADERS = {"ETag": '"one"', "Last-Modified": "Sun, 01 Mar 2026 11:00:00 GMT"}


class Joined:
    """A kind under test."""

    kind: str
    options: Options | None = None

    def source(self, bench: Bench) -> Source:
        return Source("under-test", self.kind, bench.server.url("/s"), "news.example", options=self.options)

    async def poll(self, bench: Bench, state: SourceState | None = None, source: Source | None = None) -> Poll:
        state = state or SourceState("under-test", NOW)
        return await KINDS[self.kind].poll(source or self.source(bench), state, bench.fetcher, NOW)

    def after(self, bench: Bench, poll: Poll, state: SourceState | None = None) -> SourceState:
        return after_poll(self.source(bench), state or SourceState("under-test", NOW), poll, NOW, 0.5)

    def arrivals(self, bench: Bench, poll: Poll, *known: Document) -> Arrivals:
        numbers = itertools.count(len(known))
        return resolve(self.source(bench), poll.items, known, NOW, lambda: f"document-{next(numbers)}")


class SourceContract(Joined):
    """What holds whatever the protocol. `failure` is how the error of a server that fails begins."""

    other_options: Options
    failure: str

    async def offer(self, bench: Bench, *, more: bool = False) -> None:
        """Let the server offer two items, with `more` something new besides."""
        raise NotImplementedError

    async def fail(self, bench: Bench) -> None:
        """Let the server fail."""
        raise NotImplementedError

    async def drip(self, bench: Bench) -> None:
        """Let the server answer a byte a second, by the bench's clock."""
        raise NotImplementedError

    async def flood(self, bench: Bench) -> None:
        """Let the server send far more than it may."""
        raise NotImplementedError

    def private(self, bench: Bench) -> Source:
        """The source at an address that must not be reached."""
        raise NotImplementedError

    async def test_what_was_read_is_not_read_again(self, bench: Bench) -> None:
        await self.offer(bench)
        first = await self.poll(bench)
        assert (first.outcome, first.health, first.error) == (Outcome.CHANGED, Health.HEALTHY, "")
        assert first.items
        assert len(self.arrivals(bench, first).new) == len(first.items)
        state = self.after(bench, first)
        again = await self.poll(bench, state)
        assert (again.outcome, again.items, again.health) == (Outcome.UNCHANGED, (), Health.HEALTHY)
        assert (await self.poll(bench, self.after(bench, again, state))).outcome is Outcome.UNCHANGED
        await self.offer(bench, more=True)
        more = await self.poll(bench, state)
        known = self.arrivals(bench, first).new
        arrived = self.arrivals(bench, more, *known)
        assert more.outcome is Outcome.CHANGED
        assert len(arrived.new) + len(arrived.revised) == 1

    async def test_all_is_read_again_when_the_configuration_was_edited(self, bench: Bench) -> None:
        await self.offer(bench)
        state = self.after(bench, await self.poll(bench))
        poll = await self.poll(bench, state, replace(self.source(bench), options=self.other_options))
        assert poll.outcome is not Outcome.UNCHANGED

    async def test_a_server_that_fails_backs_off_keeps_its_place_and_recovers(self, bench: Bench) -> None:
        await self.offer(bench)
        state = self.after(bench, await self.poll(bench))
        await self.fail(bench)
        poll = await self.poll(bench, state)
        assert (poll.outcome, poll.items) == (Outcome.FAILED, ())
        assert poll.error.startswith(self.failure)
        failed = self.after(bench, poll, state)
        assert failed.failures == 1
        assert failed.next_due_at > NOW
        assert (failed.cursor, failed.body_hash) == (state.cursor, state.body_hash)
        await self.offer(bench)
        recovered = await self.poll(bench, failed)
        assert (recovered.outcome, recovered.health) == (Outcome.UNCHANGED, Health.HEALTHY)

    async def test_a_slow_drip_is_cut_off(self, bench: Bench) -> None:
        await self.drip(bench)
        poll = await self.poll(bench)
        assert (poll.outcome, poll.items) == (Outcome.FAILED, ())
        assert poll.error == "timeout: no complete answer within 30 s"

    async def test_a_flood_is_cut_off(self, bench: Bench) -> None:
        await self.flood(bench)
        poll = await self.poll(bench)
        assert poll.outcome is Outcome.FAILED
        assert poll.error.startswith("too-large: ")

    async def test_a_private_address_is_not_reached(self, bench: Bench) -> None:
        poll = await self.poll(bench, source=self.private(bench))
        assert (poll.outcome, poll.health) == (Outcome.FAILED, Health.BLOCKED)
        assert poll.error.startswith("blocked-address: ")


class HttpContract(SourceContract):
    """`body` is an answer of the kind, `edited` the same with one item changed, `wrong` what it cannot read."""

    failure = "http-status: the server answers 500"
    body: bytes
    edited: bytes
    wrong: bytes = b"<!doctype html><html><body><p>Please sign in</p></body></html>"
    edit_is_new = False

    async def offer(self, bench: Bench, *, more: bool = False) -> None:
        bench.server.on("/s", Reply(self.edited if more else self.body))

    async def fail(self, bench: Bench) -> None:
        bench.server.on("/s", Reply(status=500))

    async def flood(self, bench: Bench) -> None:
        bench.server.on("/s", Reply(self.body + b" " * 400_000))

    async def drip(self, bench: Bench) -> None:
        async def drip(exchange: Exchange) -> None:
            await exchange.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for byte in itertools.cycle(self.body):
                await exchange.write(b"1\r\n" + bytes([byte]) + b"\r\n")
                bench.clock.advance(1)
                await asyncio.sleep(0)

        bench.server.on("/s", drip)

    def private(self, bench: Bench) -> Source:
        return replace(self.source(bench), url="http://10.0.0.1/s")

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
        for health in (Health.FAILING, Health.HEALTHY):  # one good poll is no recovery
            state = after_poll(source, state, await self.poll(bench, state), NOW, 0.5)
            assert (state.failures, state.health, state.reason) == (0, health, "")

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


class ArrivalContract(Joined):
    """Documents are sent to it: nothing is fetched. `payload` holds two items, `edited` the same with one changed."""

    payload: bytes
    edited: bytes
    wrong: bytes

    async def read(self, bench: Bench, body: bytes) -> tuple[Item, ...]:
        """What the kind reads from a body that was sent to it."""
        raise NotImplementedError

    async def test_a_poll_asks_nobody_and_says_what_is_known(self, bench: Bench) -> None:
        waiting = await self.poll(bench)
        assert (waiting.outcome, waiting.items) == (Outcome.UNCHANGED, ())
        assert waiting.notes
        alive = await self.poll(bench, SourceState("under-test", NOW, documents=2))
        assert (alive.outcome, alive.health, alive.notes) == (Outcome.UNCHANGED, Health.HEALTHY, ())
        assert bench.server.connections == 0

    async def test_what_is_sent_twice_is_one_document_and_an_edit_a_revision(self, bench: Bench) -> None:
        first = resolve(self.source(bench), await self.read(bench, self.payload), (), NOW, iter("ab").__next__)
        assert (len(first.new), first.revised) == (2, ())
        again = resolve(self.source(bench), await self.read(bench, self.payload), first.new, NOW, iter("").__next__)
        assert (again.new, again.revised, again.unchanged) == ((), (), 2)
        edit = resolve(self.source(bench), await self.read(bench, self.edited), first.new, NOW, iter("").__next__)
        assert (edit.new, len(edit.revised)) == ((), 1)

    async def test_what_cannot_be_read_is_refused(self, bench: Bench) -> None:
        with pytest.raises(UnreadableError):
            await self.read(bench, self.wrong)
