"""Explaining: get hold of the text that somebody asks about: a stored document, a file, a page of the web."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from watcher.model.document import Document
from watcher.model.errors import UserError
from watcher.services.incoming import InputError, documents_in, read_document
from watcher.sources.article import read_article
from watcher.sources.failure import FetchError
from watcher.sources.fetch import Fetcher, FetchRequest
from watcher.storage import documents
from watcher.storage.engine import Database

LARGEST = 10 * 1024 * 1024


async def find_text(what: str, db: Database | None, fetcher: Fetcher) -> Document:
    """The document that `what` names; UserError says what was tried."""
    if what == "-":
        return _plain(sys.stdin.read(LARGEST), "-")
    if db is not None and (stored := await _stored(db, what)):
        return stored
    if what.startswith(("http://", "https://")):
        return await _fetched(what, fetcher)
    return await asyncio.to_thread(_file, Path(what))


async def _stored(db: Database, what: str) -> Document | None:
    async with db.read() as conn:
        return await documents.get(conn, what) or await documents.find_by_url(conn, what)


async def _fetched(url: str, fetcher: Fetcher) -> Document:
    try:
        answer = await fetcher.get(FetchRequest(url))
    except FetchError as error:
        raise UserError(f"cannot fetch {url}: {error.reason}", "save the page to a file and explain that") from None
    title, text = read_article(answer.body, answer.url)
    return read_document({"id": url, "url": url, "title": title, "text": text}, url)


def _file(path: Path) -> Document:
    if not path.is_file():
        raise UserError(
            f"{path} is no URL, no file and no stored document", "give one of them, or - for standard input"
        )
    with path.open("rb") as handle:
        content = handle.read(LARGEST)
    if path.suffix.lower() in {".html", ".htm"}:
        title, text = read_article(content, "")
        return read_document({"id": path.name, "title": title, "text": text}, path.name)
    decoded = content.decode("utf-8", errors="replace")
    if path.suffix.lower() in {".json", ".jsonl"}:
        return _json(decoded, path)
    return _plain(decoded, path.name)


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
