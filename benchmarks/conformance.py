"""Whole files of other parsers' test suites, read by us and by feedparser: `python -m benchmarks conformance DIR...`.

The suites are not ours to ship: unpack the source distributions of feedparser, podcastparser and the like somewhere,
and name the folders. Compared are the number of entries, and title, link, id, date and text of each. What decides is
the whole way of reading: the strict reader where a file is XML, the lenient one in its worker process where it is not.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import feedparser
from lxml import etree

from watcher.model.document import Item
from watcher.sources.dates import parse_date
from watcher.sources.entries import UnreadableError
from watcher.sources.feed import parse_feed
from watcher.sources.links import absolute_url, canonical_url
from watcher.sources.sandbox import Sandbox, SandboxError
from watcher.sources.text import html_to_text

URL = "http://127.0.0.1:8097/feed/suite.xml"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FIELDS = ("count", "title", "link", "id", "published", "text")
_ENDINGS = frozenset({".xml", ".rss", ".atom", ".rdf"})
_HEADER = re.compile(rb"^Header:\s+([^:\r\n]+):\s*([^\r\n]+)", re.MULTILINE)

Row = tuple[str, str, str, datetime | None, str]
Answer = tuple[Row, ...] | str


@dataclass
class Tally:
    """What came out for one class of files."""

    files: int = 0
    same: int = 0
    wrong: Counter[str] = field(default_factory=Counter)

    def share(self) -> str:
        return f"{self.same:>5} of {self.files:<5} {100 * self.same / max(1, self.files):6.2f} %"


def main(arguments: Sequence[str]) -> None:
    """Print the share that agrees, and each file that does not (`--list`)."""
    folders = [Path(each) for each in arguments if not each.startswith("--")]
    if not folders:
        raise SystemExit("name the folders of the suites: python -m benchmarks conformance DIR...")
    paths = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix.lower() in _ENDINGS)
    asyncio.run(_compare(paths, listing="--list" in arguments))


async def _compare(paths: Sequence[Path], *, listing: bool) -> None:
    warnings.simplefilter("ignore")
    tallies = {"well-formed": Tally(), "not well-formed": Tally()}
    failures, slowest = 0, (0.0, "")
    sandbox = Sandbox()
    for path in paths:
        body = path.read_bytes()
        headers = {name.decode().lower(): value.decode().strip() for name, value in _HEADER.findall(body[:4000])}
        started = time.perf_counter()
        found = await ours(body, headers, sandbox)
        slowest = max(slowest, (time.perf_counter() - started, path.name))
        failures += isinstance(found, str) and found.startswith("!")
        tally = tallies["well-formed" if _well_formed(body) else "not well-formed"]
        tally.files += 1
        oracle = theirs(body, headers)
        wrong = differences(found, oracle)
        tally.same += not wrong
        tally.wrong.update(wrong)
        if wrong and listing:
            print(f"{path} {' '.join(wrong)}\n    ours   {_shown(found, wrong)}\n    theirs {_shown(oracle, wrong)}")
    await sandbox.close()
    for name, tally in tallies.items():
        print(f"{name:<16} {tally.share()} as feedparser reads them; differing: {dict(tally.wrong)}")
    print(f"failures of ours: {failures}; slowest file: {slowest[1]}, {slowest[0]:.2f} s (with the worker's start)")


def _well_formed(body: bytes) -> bool:
    try:
        etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError):
        return False
    return True


async def ours(body: bytes, headers: Mapping[str, str], sandbox: Sandbox) -> Answer:
    """Rows; a refusal; or "!" and an error, which no file should lead to."""
    url = absolute_url(headers.get("content-location", ""), URL) or URL
    try:
        reading = await parse_feed(body, headers.get("content-type", ""), url, NOW, sandbox)
    except UnreadableError as error:
        return str(error)
    except SandboxError as error:
        return f"!{error}"
    except Exception as error:  # the benchmark counts them
        return f"!{type(error).__name__}: {error}"
    return tuple(_our_row(item) for item in reading.items)


def _our_row(item: Item) -> Row:
    return item.title, item.url, item.guid, item.published_at, item.text


def theirs(body: bytes, headers: Mapping[str, str]) -> Answer:
    """The same of feedparser, without its changes to markup."""
    told = {"content-type": "application/xml", **headers}
    parsed = feedparser.parse(body, response_headers=told, sanitize_html=False, resolve_relative_uris=False)
    if not parsed.get("version") and not parsed.entries:
        return "not a feed"
    return tuple(_their_row(entry) for entry in parsed.entries)


def _their_row(entry: Mapping[str, object]) -> Row:
    bodies = [str(entry.get("summary") or "")]
    contents = entry.get("content")
    if isinstance(contents, list):
        bodies += [str(content.get("value") or "") for content in contents]
    date = next((_date(entry, name) for name in ("published", "updated", "created") if _date(entry, name)), None)
    link = str(entry.get("link") or "")
    return str(entry.get("title") or ""), link, str(entry.get("id") or ""), date, max(bodies, key=len)


def _date(entry: Mapping[str, object], name: str) -> datetime | None:
    parsed = dict.get(entry, f"{name}_parsed")  # type: ignore[arg-type]  # past its fallbacks, which warn
    if not isinstance(parsed, tuple):
        return None
    try:
        moment = datetime(*parsed[:6], tzinfo=UTC)
    except ValueError:
        return None
    return parse_date(moment.isoformat(), NOW)


def differences(found: Answer, oracle: Answer) -> list[str]:
    """The names of the fields in which two answers differ."""
    if isinstance(found, str) or isinstance(oracle, str):
        return [] if _empty(found) and _empty(oracle) else ["count"]
    if len(found) != len(oracle):
        return ["count"]
    return [name for at, name in enumerate(FIELDS[1:]) if not all(map(_SAME[at], found, oracle))]


def _empty(answer: Answer) -> bool:
    return not answer or (isinstance(answer, str) and not answer.startswith("!"))


def _words(markup: str) -> str:
    """What is left when markup and white space do not count."""
    return "".join(html_to_text(html_to_text(markup)).split())


def _same_link(ours: Row, theirs: Row) -> bool:
    return canonical_url(ours[1]) == canonical_url(theirs[1])


def _same_id(ours: Row, theirs: Row) -> bool:
    return ours[2] == " ".join(theirs[2].split()) or (not theirs[2] and ours[2] == canonical_url(ours[1]))


_SAME = (
    lambda ours, theirs: _words(ours[0]) == _words(theirs[0]),
    _same_link,
    _same_id,
    lambda ours, theirs: ours[3] == theirs[3],
    lambda ours, theirs: _words(ours[4]) == _words(theirs[4]),
)


def _shown(answer: Answer, wrong: Sequence[str]) -> str:
    if isinstance(answer, str) or "count" in wrong:
        return str(answer)[:300]
    at = [FIELDS.index(name) - 1 for name in wrong]
    return str([tuple(str(row[each])[:120] for each in at) for row in answer[:3]])[:500]


if __name__ == "__main__":
    main(sys.argv[1:])
