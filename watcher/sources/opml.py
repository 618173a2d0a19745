"""OPML: the lists that feed readers exchange. Bytes from anywhere in, outlines out, and back. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from lxml import etree

from watcher.sources.text import title_text

MAX_BYTES = 10_000_000
MAX_OUTLINES = 20_000
MAX_DEPTH = 30
_LONGEST_URL = 2_000


class OpmlError(ValueError):
    """The bytes are no OPML that is read; the text says why."""


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of a list: `folders` are the titles around it, outermost first."""

    title: str
    url: str
    folders: tuple[str, ...] = ()
    site: str = ""


@dataclass(frozen=True, slots=True)
class FeedList:
    """The feeds of a file in its order; `unusable` are those whose address cannot be polled."""

    outlines: tuple[Outline, ...]
    unusable: tuple[Outline, ...] = ()


def read_opml(content: bytes) -> FeedList:
    """Strictly: no document type, no entities, bounded in size, depth and number. Raises OpmlError."""
    if len(content) > MAX_BYTES:
        raise OpmlError(f"larger than {MAX_BYTES:,} bytes")
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, dtd_validation=False, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise OpmlError(f"not well-formed XML: {' '.join(str(error).split())[:200]}") from None
    if root.getroottree().docinfo.doctype:
        raise OpmlError("a document type is not read")
    if _name(root) != "opml":
        raise OpmlError("not OPML: the outermost element is not <opml>")
    body = next((child for child in root if _name(child) == "body"), None)
    found: list[Outline] = []
    # By hand and not by recursion: the depth is the sender's choice.
    waiting = [(child, ()) for child in reversed(body)] if body is not None else []
    stack: list[tuple[etree._Element, tuple[str, ...]]] = list(waiting)
    while stack:
        element, folders = stack.pop()
        if _name(element) != "outline":
            continue
        url, title = _attribute(element, "xmlUrl"), _title(element)
        if url:
            found.append(Outline(title, url, folders, _attribute(element, "htmlUrl")))
            if len(found) > MAX_OUTLINES:
                raise OpmlError(f"more than {MAX_OUTLINES:,} feeds")
        inner = (*folders, title) if title and not url else folders
        if len(inner) > MAX_DEPTH:
            raise OpmlError(f"folders nested more than {MAX_DEPTH} deep")
        stack.extend((child, inner) for child in reversed(element))
    good = tuple(outline for outline in found if _pollable(outline.url))
    return FeedList(good, tuple(outline for outline in found if not _pollable(outline.url)))


def write_opml(outlines: Sequence[Outline], title: str, now: datetime) -> bytes:
    """OPML 2.0; feeds stand in a folder of their first `folders` entry, if they have one."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = title
    etree.SubElement(head, "dateCreated").text = now.strftime("%a, %d %b %Y %H:%M:%S GMT")
    body = etree.SubElement(root, "body")
    folders: dict[str, etree._Element] = {}
    for outline in outlines:
        place = body
        if outline.folders:
            name = outline.folders[0]
            if name not in folders:
                folders[name] = etree.SubElement(body, "outline", text=name, title=name)
            place = folders[name]
        names = {"text": outline.title, "title": outline.title, "type": "rss", "xmlUrl": outline.url}
        if outline.site:
            names["htmlUrl"] = outline.site
        if len(outline.folders) > 1:
            names["category"] = ",".join(outline.folders)
        etree.SubElement(place, "outline", names)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _name(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _attribute(element: etree._Element, name: str) -> str:
    """The attribute in any spelling of its case: lists differ."""
    wanted = name.lower()
    values: Iterable[tuple[object, object]] = element.attrib.items()
    return next((str(value).strip() for key, value in values if str(key).lower() == wanted), "")


def _title(element: etree._Element) -> str:
    return title_text(_attribute(element, "title") or _attribute(element, "text"))[:200]


def _pollable(url: str) -> bool:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
    return good and len(url) <= _LONGEST_URL and url.isprintable() and " " not in url
