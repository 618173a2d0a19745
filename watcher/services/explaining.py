"""Explaining: get hold of the text that somebody asks about: a stored document, a file, a page of the web."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from watcher.model.document import Document
from watcher.model.errors import UserError
from watcher.services.incoming import InputError, documents_in, read_document
from watcher.sources.entries import UnreadableError
from watcher.sources.failure import FetchError
from watcher.sources.fetch import Fetcher, FetchRequest, FetchResponse
from watcher.sources.identity import canonical_url
from watcher.sources.page import PageOptions, parse_page
from watcher.sources.sandbox import SandboxError
from watcher.storage import documents, enrichments
from watcher.storage.engine import Database

LARGEST = 10 * 1024 * 1024


async def find_text(what: str, db: Database | None, fetcher: Fetcher) -> Document:
    """The document that `what` names; UserError says what was tried."""
    if what == "-":
        return _plain(await asyncio.to_thread(sys.stdin.read, LARGEST), "-")
    if db is not None and (stored := await _stored(db, what)):
        return stored
    if what.startswith(("http://", "https://")):
        return await _fetched(what, fetcher)
    path = Path(what)
    content = await asyncio.to_thread(_content, path)
    if path.suffix.lower() in {".html", ".htm"}:
        return await _article(FetchResponse(path.name, 200, content, "text/html"), fetcher)
    decoded = content.decode("utf-8", errors="replace")
    return _json(decoded, path) if path.suffix.lower() in {".json", ".jsonl"} else _plain(decoded, path.name)


async def _stored(db: Database, what: str) -> Document | None:
    async with db.read() as conn:
        found = await documents.get(conn, what) or await documents.find_by_url(conn, what)
        found = found or await documents.find_by_url(conn, canonical_url(what))
        if found is None:
            return None
        article = (await enrichments.articles(conn, {(found.id, found.version)})).get((found.id, found.version))
    # What was decided last was decided on the article.
    return replace(found, text=article.text) if article else found


async def _fetched(url: str, fetcher: Fetcher) -> Document:
    try:
        answer = await fetcher.get(FetchRequest(url))
    except FetchError as error:
        raise UserError(f"cannot fetch {url}: {error}", "save the page to a file and explain that") from None
    return await _article(answer, fetcher)


async def _article(answer: FetchResponse, fetcher: Fetcher) -> Document:
    """The text of a page as the sources would read it."""
    try:
        reading = await parse_page(answer, PageOptions(), fetcher.sandbox)
    except (UnreadableError, SandboxError) as error:
        raise UserError(f"cannot read {answer.url}: {error}") from None
    if not reading.items:
        raise UserError(f"no text was found in {answer.url}")
    item = reading.items[0]
    raw = {"id": answer.url, "url": item.url, "title": item.title, "text": item.text, "language": item.language}
    return read_document(raw, answer.url)


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise UserError(
            f"{path} is no URL, no file and no stored document", "give one of them, or - for standard input"
        )
    with path.open("rb") as handle:
        return handle.read(LARGEST)


def _json(text: str, path: Path) -> Document:
    """The first document of JSON Lines, or one JSON object written over several lines."""
    first = next(iter(documents_in([text])), None)
    if first is None or isinstance(first, InputError):
        first = next(iter(documents_in(text.splitlines())), None)
    if first is None or isinstance(first, InputError):
        raise UserError(f"{path}: {first or 'empty'}", 'write {"title": "...", "text": "..."}')
    return first[0]


def _plain(text: str, name: str) -> Document:
    """The first line that says something is the title."""
    title, _, body = text.strip().partition("\n")
    return read_document({"id": name, "title": title.strip(), "text": body.strip()}, name)
