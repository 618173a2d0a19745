"""Sitemaps and sitemap indexes (sitemaps.org 0.9) with the news extension, read strictly. Pure.

No DTD, no entities, no network, bounded depth; one entry after the other, so that a large file costs little memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import unquote, urlsplit

from lxml import etree

from watcher.sources.entries import UnreadableError

MAX_ENTRIES = 50_000
"""Entries that are looked at: what the standard allows one file."""

_NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,400}\?>")
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.I)
_NUMBER = re.compile(r"[0-9]+|[0-9a-f]{8,}")

Node = etree._Element


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
    parser = etree.iterparse(
        BytesIO(clean.encode()), events=("end",), tag=("{*}url", "{*}sitemap"), encoding="utf-8",
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    pages: list[Entry] = []
    children: list[Entry] = []
    unwanted = beyond = 0
    complete = True
    try:
        for _, node in parser:
            if len(pages) + len(children) + unwanted >= MAX_ENTRIES:
                beyond += 1
            elif etree.QName(node).localname == "sitemap":
                children.append(_entry(node))
            elif wanted((entry := _entry(node)).loc):
                pages.append(entry)
            else:
                unwanted += 1
            _forget(node)
    except etree.XMLSyntaxError as error:
        if not pages and not children:
            raise UnreadableError(f"not a sitemap: {' '.join(str(error).split())[:150]}") from None
        complete = False
    if not pages and not children and not unwanted:
        _check_root(parser.root)
    return Sitemap(tuple(pages), tuple(children), unwanted, beyond, complete)


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
        raise UnreadableError("a sitemap with a document type of its own is not read")


def _check_root(root: Node | None) -> None:
    name = etree.QName(root).localname if root is not None else ""
    if name in ("rss", "feed", "RDF"):
        raise UnreadableError("not a sitemap but a feed: use kind feed")
    if name not in ("urlset", "sitemapindex"):
        raise UnreadableError(f"not a sitemap: XML with the root element {name[:40]!r}")


def _entry(node: Node) -> Entry:
    found: dict[str, str] = {}
    for child in node:
        if not isinstance(child.tag, str):
            continue
        if child.tag == f"{_NEWS}news":
            found |= _news(child)
        elif (name := etree.QName(child)).localname in ("loc", "lastmod") and name.namespace == _space(node):
            found.setdefault(name.localname, _text(child))
    return Entry(**found) if "loc" in found else Entry("", **found)


def _news(node: Node) -> dict[str, str]:
    told = {
        "title": node.findtext(f"{_NEWS}title"),
        "published": node.findtext(f"{_NEWS}publication_date"),
        "language": node.findtext(f"{_NEWS}publication/{_NEWS}language"),
    }
    return {name: text.strip() for name, text in told.items() if text}


def _space(node: Node) -> str | None:
    return etree.QName(node).namespace


def _text(node: Node) -> str:
    return (node.text or "").strip()


def _forget(node: Node) -> None:
    """Free what was read; the tree would otherwise grow with the file."""
    parent = node.getparent()
    node.clear()
    if parent is not None:
        while (first := parent[0]) is not node:
            parent.remove(first)
