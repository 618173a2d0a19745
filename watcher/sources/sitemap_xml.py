"""Sitemaps and sitemap indexes (sitemaps.org 0.9) with the news extension, read strictly. Pure.

No DTD, no entities, no network, bounded depth, and no tree: a large file costs little memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from lxml import etree

from watcher.sources.entries import UnreadableError

MAX_ENTRIES = 50_000
"""Entries that are looked at: what the standard allows one file."""

_NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,400}\?>")
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.I)
_ENTRY_DEPTH = 2
_FIELDS = {
    ("loc",): "loc",
    ("lastmod",): "lastmod",
    (f"{_NEWS}news", f"{_NEWS}title"): "title",
    (f"{_NEWS}news", f"{_NEWS}publication_date"): "published",
    (f"{_NEWS}news", f"{_NEWS}publication", f"{_NEWS}language"): "language",
}
_DOCTYPE = "a sitemap with a document type of its own is not read"
_MAX_FIELD = 20_000
_PIECE = 65_536
_NUMBER = re.compile(r"[0-9]+|[0-9a-f]{8,}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One `<url>` or `<sitemap>`, as written; `title`, `published` and `language` are those of the news extension."""

    loc: str
    lastmod: str = ""
    title: str = ""
    published: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """`pages` of a sitemap, `children` of an index. `complete` is False when the end was missing."""

    pages: tuple[Entry, ...] = ()
    children: tuple[Entry, ...] = ()
    unwanted: int = 0
    beyond: int = 0
    complete: bool = True


def read_sitemap(text: str, wanted: Callable[[str], bool]) -> Sitemap:
    """Read a sitemap, leaving out the pages whose address is not `wanted`. Raises UnreadableError."""
    clean = _DECLARATION.sub("", _NOT_XML.sub("", text), count=1).lstrip("\ufeff \t\r\n")
    _check_start(clean[:4096])
    reader = _Reader(wanted)
    # A target builds no tree: ten megabytes of empty elements would take forty times as much.
    parser = etree.XMLParser(  # type: ignore[call-overload]  # the stub asks for callbacks that lxml does not
        target=reader,
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        remove_comments=True,
        remove_pis=True,
    )
    complete = True
    try:
        for start in range(0, len(clean), _PIECE):
            parser.feed(clean[start : start + _PIECE].encode())
        parser.close()
    except etree.XMLSyntaxError as error:
        if not reader.pages and not reader.children:
            raise UnreadableError(f"not a sitemap: {' '.join(str(error).split())[:150]}") from None
        complete = False
    if not reader.seen:
        _check_root(reader.root)
    return Sitemap(tuple(reader.pages), tuple(reader.children), reader.unwanted, reader.beyond, complete)


class _Reader:
    """Takes down the entries as the parser comes by; what else is in the file leaves no trace."""

    def __init__(self, wanted: Callable[[str], bool]) -> None:
        self._wanted = wanted
        self.pages: list[Entry] = []
        self.children: list[Entry] = []
        self.seen = self.unwanted = self.beyond = 0
        self.root = ""
        self._path: list[str] = []
        self._entry: dict[str, str] = {}
        self._field = ""
        self._text = ""

    def start(self, tag: str, _attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self.root = self.root or _local(tag)
        self._path.append(tag)
        if len(self._path) == _ENTRY_DEPTH:
            self._entry = {}
        self._field, self._text = _FIELDS.get(self._below(), ""), ""

    def data(self, text: str) -> None:
        """Text, in as many pieces as the parser likes."""
        if self._field and len(self._text) < _MAX_FIELD:
            self._text += text

    def end(self, tag: str) -> None:
        """An element ends."""
        if self._field and self._text.strip():
            self._entry.setdefault(self._field, self._text.strip())
        self._field = ""
        if len(self._path) == _ENTRY_DEPTH and _local(tag) in ("url", "sitemap"):
            self._take(_local(tag))
        self._path.pop()

    def doctype(self, _name: str | None, _public: str | None, _system: str | None) -> None:
        """A document type: what it declares would be put in, so reading ends here. Raises UnreadableError."""
        raise UnreadableError(_DOCTYPE)

    def close(self) -> None:
        """The document ends."""

    def _below(self) -> tuple[str, ...]:
        """The names from the entry down to here; those of the sitemap's own namespace without it."""
        if not _ENTRY_DEPTH < len(self._path) <= _ENTRY_DEPTH + 3:
            return ()
        own = _space(self._path[_ENTRY_DEPTH - 1])
        return tuple(tag[len(own) :] if _space(tag) == own else tag for tag in self._path[_ENTRY_DEPTH:])

    def _take(self, kind: str) -> None:
        self.seen += 1
        if self.seen > MAX_ENTRIES:
            self.beyond += 1
            return
        entry = Entry(**({"loc": ""} | self._entry))
        if kind == "sitemap":
            self.children.append(entry)
        elif self._wanted(entry.loc):
            self.pages.append(entry)
        else:
            self.unwanted += 1


def words_of(url: str) -> str:
    """The words in the last part of an address, as a title for want of a better one; "" where there are none.

    `/2026/03/01/talks-begin-in-muscat-81734.html` says "talks begin in muscat".
    """
    for part in reversed(urlsplit(url).path.rstrip("/").split("/")):
        stem = unquote(part).rsplit(".", 1)[0] if "." in part[-6:] else unquote(part)
        words = [word for word in re.split(r"[-_+\s]+", stem) if word and not _NUMBER.fullmatch(word)]
        if len(words) > 1:
            return " ".join(words)
    return ""


def _check_start(start: str) -> None:
    if _HTML.match(start):
        raise UnreadableError("not a sitemap: an HTML page")
    if not start.startswith("<"):
        raise UnreadableError("not a sitemap: no XML")
    if "<!DOCTYPE" in start or "<!ENTITY" in start:
        raise UnreadableError(_DOCTYPE)


def _check_root(name: str) -> None:
    if name in ("rss", "feed", "RDF"):
        raise UnreadableError("not a sitemap but a feed: use kind feed")
    if name not in ("urlset", "sitemapindex"):
        raise UnreadableError(f"not a sitemap: XML with the root element {name[:40]!r}")


def _space(tag: str) -> str:
    """ "{namespace}" of a tag as lxml writes it, "" without one."""
    return tag[: tag.index("}") + 1] if tag.startswith("{") else ""


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
