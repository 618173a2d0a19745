"""The outlets' feeds: RSS 2.0, Atom, RSS 1.0 (RDF), JSON Feed. Pure: entries in, bytes out; the writers escape."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime

from lxml import etree

from watcher.demo.wire import Entry, Outlet

ATOM = "http://www.w3.org/2005/Atom"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RSS_1 = "http://purl.org/rss/1.0/"
DC = "http://purl.org/dc/elements/1.1/"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def link_of(entry: Entry, base: str) -> str:
    """The article's address on the wire's own server."""
    return f"{base}/articles/{entry.item.id}"


def guid_of(entry: Entry, outlet: Outlet) -> str:
    """What stays the same when a title is corrected."""
    return f"tag:{outlet.publisher},2026:{entry.item.id}"


def rss(outlet: Outlet, entries: Sequence[Entry], base: str) -> bytes:
    """RSS 2.0. The descriptions hold HTML, as most do."""
    root = etree.Element("rss", {"version": "2.0"})
    channel = etree.SubElement(root, "channel")
    _child(channel, "title", outlet.name)
    _child(channel, "link", f"{base}/{outlet.id}")
    _child(channel, "description", "An invented newswire")
    _child(channel, "language", outlet.language)
    for entry in entries:
        item = etree.SubElement(channel, "item")
        _child(item, "title", entry.title)
        _child(item, "link", link_of(entry, base))
        _child(item, "guid", guid_of(entry, outlet)).set("isPermaLink", "false")
        _child(item, "pubDate", format_datetime(entry.published_at, usegmt=True))
        _child(item, "description", _paragraph(entry))
    return _document(root)


def atom(outlet: Outlet, entries: Sequence[Entry], base: str) -> bytes:
    """Atom 1.0; a corrected entry has a later `updated`. Without entries `updated` is the epoch."""
    root = etree.Element(f"{{{ATOM}}}feed", {XML_LANG: outlet.language}, nsmap={None: ATOM})
    updated = max((entry.updated_at for entry in entries), default=None)
    _child(root, f"{{{ATOM}}}title", outlet.name)
    _child(root, f"{{{ATOM}}}id", f"tag:{outlet.publisher},2026:{outlet.id}")
    _child(root, f"{{{ATOM}}}updated", rfc3339(updated) if updated else "1970-01-01T00:00:00Z")
    for entry in entries:
        node = etree.SubElement(root, f"{{{ATOM}}}entry")
        _child(node, f"{{{ATOM}}}title", entry.title)
        _child(node, f"{{{ATOM}}}id", guid_of(entry, outlet))
        etree.SubElement(node, f"{{{ATOM}}}link", {"rel": "alternate", "href": link_of(entry, base)})
        _child(node, f"{{{ATOM}}}published", rfc3339(entry.published_at))
        _child(node, f"{{{ATOM}}}updated", rfc3339(entry.updated_at))
        author = etree.SubElement(node, f"{{{ATOM}}}author")
        _child(author, f"{{{ATOM}}}name", outlet.name)
        _child(node, f"{{{ATOM}}}summary", _paragraph(entry)).set("type", "html")
    return _document(root)


def rdf(outlet: Outlet, entries: Sequence[Entry], base: str) -> bytes:
    """RSS 1.0: items are known by their address, dates and language are Dublin Core."""
    root = etree.Element(f"{{{RDF}}}RDF", nsmap={"rdf": RDF, "dc": DC, None: RSS_1})
    channel = etree.SubElement(root, f"{{{RSS_1}}}channel", {f"{{{RDF}}}about": f"{base}/{outlet.id}"})
    _child(channel, f"{{{RSS_1}}}title", outlet.name)
    _child(channel, f"{{{RSS_1}}}link", f"{base}/{outlet.id}")
    _child(channel, f"{{{RSS_1}}}description", "An invented newswire")
    _child(channel, f"{{{DC}}}language", outlet.language)
    sequence = etree.SubElement(etree.SubElement(channel, f"{{{RSS_1}}}items"), f"{{{RDF}}}Seq")
    for entry in entries:
        link = link_of(entry, base)
        etree.SubElement(sequence, f"{{{RDF}}}li", {f"{{{RDF}}}resource": link})
        item = etree.SubElement(root, f"{{{RSS_1}}}item", {f"{{{RDF}}}about": link})
        _child(item, f"{{{RSS_1}}}title", entry.title)
        _child(item, f"{{{RSS_1}}}link", link)
        _child(item, f"{{{RSS_1}}}description", entry.item.summary)
        _child(item, f"{{{DC}}}date", rfc3339(entry.published_at))
    return _document(root)


def json_feed(outlet: Outlet, entries: Sequence[Entry], base: str) -> bytes:
    """JSON Feed 1.1."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": f"{base}/{outlet.id}",
        "language": outlet.language,
        "items": [
            {
                "id": guid_of(entry, outlet),
                "url": link_of(entry, base),
                "title": entry.title,
                "content_text": entry.item.summary,
                "date_published": rfc3339(entry.published_at),
                "date_modified": rfc3339(entry.updated_at),
                "language": entry.item.language,
            }
            for entry in entries
        ],
    }
    return json.dumps(feed, ensure_ascii=False).encode()


def rfc3339(moment: datetime) -> str:
    """`2026-11-22T06:00:00Z`, from a moment in UTC."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _paragraph(entry: Entry) -> str:
    return f"<p>{html.escape(entry.item.summary, quote=False)}</p>"


def _child(parent: etree._Element, tag: str, text: str) -> etree._Element:
    node = etree.SubElement(parent, tag)
    node.text = text
    return node


def _document(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")
