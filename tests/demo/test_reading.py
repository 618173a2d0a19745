"""The real sources read the wire as it was written, through the rules that the demo writes."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from itertools import count
from pathlib import Path

import pytest

from watcher.demo.config import write_rules
from watcher.demo.load import load_wire
from watcher.demo.server import serve
from watcher.demo.wire import Form, Outlet
from watcher.model.document import Document, Health, Outcome, Source, SourceState
from watcher.services.rules import pack_dir, read
from watcher.sources.fetch import Fetcher
from watcher.sources.identity import resolve
from watcher.sources.policy import FetchPolicy
from watcher.sources.registry import KINDS
from watcher.sources.rhythm import after_poll

STARTED = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
WIRE = load_wire()
LOOPBACK = FetchPolicy(allow_private=(ip_network("127.0.0.0/8"),), retries=())


class Watch:
    """Polls one source of the running wire, as often as the test likes, at moments that the test sets."""

    def __init__(self, sources: dict[str, Source], fetcher: Fetcher, seconds: list[float]) -> None:
        self.sources, self.fetcher, self.seconds = sources, fetcher, seconds
        self.documents: dict[str, Document] = {}
        self.revised: list[Document] = []
        self.outcomes: list[Outcome] = []
        self.health: list[Health] = []

    async def poll(self, source_id: str, moments: list[float]) -> None:
        source = self.sources[source_id]
        state = SourceState(source_id, STARTED)
        names = count()
        for moment in moments:
            self.seconds[0] = moment
            now = STARTED + timedelta(seconds=moment)
            poll = await KINDS[source.kind].poll(source, state, self.fetcher, now)
            state = after_poll(source, state, poll, now, 0.5)
            found = resolve(source, poll.items, list(self.documents.values()), now, lambda: f"doc_{next(names)}")
            self.documents |= {document.id: document for document in (*found.new, *found.revised)}
            self.revised += found.revised
            self.outcomes.append(poll.outcome)
            self.health.append(poll.health)


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    seconds = [0.0]
    async with serve(WIRE, STARTED, lambda: seconds[0]) as base:
        write_rules(tmp_path, base, pack_dir())
        rulebook, findings = read(tmp_path)
        assert rulebook is not None, [str(finding) for finding in findings]
        fetcher = Fetcher(LOOPBACK)
        try:
            yield Watch({source.id: source for source in rulebook.sources}, fetcher, seconds)
        finally:
            await fetcher.close()


@pytest.mark.parametrize("outlet", WIRE.outlets, ids=lambda outlet: outlet.id)
async def test_every_source_brings_home_all_its_items_once(watch: Watch, outlet: Outlet) -> None:
    await watch.poll(outlet.id, [float(second) for second in range(0, 24, 2)])
    written = [item for item in WIRE.items if item.outlet == outlet.id]
    edits = {item.edit.title for item in written if item.edit}
    assert {document.title for document in watch.documents.values()} == {
        item.edit.title if item.edit else item.title for item in written
    }
    assert len(watch.documents) == len(written)
    assert {document.title for document in watch.revised} == edits
    assert Outcome.UNCHANGED in watch.outcomes
    if outlet.form is not Form.PAGE:  # a link has neither text nor date
        assert {document.text for document in watch.documents.values()} == {item.summary for item in written}
        assert all(document.published_at for document in watch.documents.values())
    assert {document.language for document in watch.documents.values()} == {outlet.language}


async def test_the_source_that_is_down_fails_and_recovers(watch: Watch) -> None:
    (flaky,) = (outlet for outlet in WIRE.outlets if outlet.down_until)
    await watch.poll(flaky.id, [0.0, flaky.down_until - 0.1, flaky.down_until + 0.1])
    assert watch.outcomes == [Outcome.FAILED, Outcome.FAILED, Outcome.CHANGED]
    assert watch.health == [Health.FAILING, Health.FAILING, Health.HEALTHY]
