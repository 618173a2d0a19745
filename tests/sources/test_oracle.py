"""What we read from a feed is what feedparser reads from it, for each golden feed that it reads rightly."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from benchmarks.conformance import URL, differences, ours, theirs
from watcher.sources.sandbox import Sandbox

GOLDEN = Path(__file__).parent / "golden"
# Where we differ on purpose, and why.
ON_PURPOSE = {
    # Relative links of RSS mean the site of the channel; "AT&T" has no entity in it.
    "feed-ampersand.xml": {"title", "link"},
    "feed-rss2.xml": {"link"},
    "feed-unclosed.xml": {"title", "link"},
    # UTF-8 with a few bad bytes stays UTF-8.
    "feed-bad-bytes.xml": {"title"},
    # Zones that mean several (IST) give no date, German months do; a guid that is no address is no link.
    "feed-dates.xml": {"published", "link", "id"},
    "feed-stamped-now.xml": {"link", "id"},
    # Entities of entities are never expanded; those that stand for plain words are.
    "feed-entities.xml": {"title"},
    "feed-own-entities.xml": {"title"},
    # Links lead to the web, and carry no password.
    "feed-hostile-text.xml": {"link", "id"},
    # dc:date is when it was published, also where dcterms:modified follows.
    "feed-precedence.xml": {"published"},
    # An item that was cut off before it said anything is none.
    "feed-truncated.xml": {"count"},
}
FEEDS = sorted(GOLDEN.glob("feed-*.xml"))


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    box = Sandbox()
    yield box
    await box.close()


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.name)
async def test_we_read_as_feedparser_does(path: Path, sandbox: Sandbox) -> None:
    body = path.read_bytes()
    found = differences(await ours(body, {}, sandbox), theirs(body, {"content-location": URL}))
    assert set(found) == ON_PURPOSE.get(path.name, set())
