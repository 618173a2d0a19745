"""RSS 0.9x to 2.0, RSS 1.0 (RDF) and Atom, read strictly: no DTD, no entities, no network, bounded depth.

Raises NotWellFormedError for the many feeds that are not quite XML, and for the few kinds that only the lenient reader
knows. The names of elements and which of several counts are feedparser's, so that both readers find the same.
"""

from __future__ import annotations

import re
from datetime import datetime

from lxml import etree

from watcher.sources.entries import Entry, RawFeed, UnreadableError
from watcher.sources.feed_content import content
from watcher.sources.feed_names import slot
from watcher.sources.links import absolute_url
from watcher.sources.newest import newest

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,400}\?>")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_DATES = ("published", "date", "updated", "created")
_BODIES = frozenset({"body", "plainbody"})
_PLAIN_TYPES = frozenset({"text", "plain", "text/plain"})
_HTML_TYPES = frozenset({"", "html", "xhtml", "text/html", "application/xhtml+xml"})

Node = etree._Element


class NotWellFormedError(Exception):
    """Not XML as the standard has it, or of a kind that this reader does not know."""


def read_xml(feed: str | bytes, url: str, now: datetime) -> RawFeed:
    """Read a feed that came from `url`; bytes are UTF-8. Raises NotWellFormedError, UnreadableError for no feed."""
    root = _root(feed, url)
    if root.getroottree().docinfo.internalDTD is not None and _declares_entities(feed):
        raise NotWellFormedError("names entities of its own")
    name = slot(root.tag)
    base = "" if root.get(_XML_BASE) else url
    if name == "rss":
        channel = next((node for node in root if slot(node.tag) == "channel"), root)
        base = "" if channel.get(_XML_BASE) else base
        return _feed(root, channel, (url, base and _channel_base(channel, url)), now)
    if name == "feed":
        return _feed(root, root, (url, base), now)
    local = etree.QName(root).localname
    if name == "channel":
        raise NotWellFormedError("a channel of its own (CDF)")
    if local.lower() == "html":
        raise UnreadableError("not a feed: an HTML page")
    raise UnreadableError(f"not a feed: XML with the root element {local[:40]!r}")


def cleaned(text: str) -> str:
    """Without the characters that XML does not allow, and without what stands before the first element."""
    return _DECLARATION.sub("", _NOT_XML.sub("", text), count=1).lstrip()


def _root(feed: str | bytes, url: str) -> Node:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True, encoding="utf-8",
    )  # fmt: skip
    try:
        data = feed if isinstance(feed, bytes) else feed.encode("utf-8", "surrogatepass")
        return etree.fromstring(data, parser, base_url=url)
    except etree.XMLSyntaxError as error:
        raise NotWellFormedError(str(error)[:200]) from None


def _declares_entities(feed: str | bytes) -> bool:
    return b"<!ENTITY" in feed if isinstance(feed, bytes) else "<!ENTITY" in feed


def _feed(root: Node, channel: Node, place: tuple[str, str], now: datetime) -> RawFeed:
    url, base = place
    nodes = [node for node in channel if slot(node.tag) == "item"]
    if root is not channel:
        nodes += [node for node in root if slot(node.tag) == "item"]
    nodes = nodes or [node for node in root.iter() if slot(node.tag) == "item"]
    kept, dropped = newest(nodes, _date, now)
    entries = tuple([_entry(node, base, url) for node in kept])
    return RawFeed(entries, _language(root, channel), dropped)


def _language(root: Node, channel: Node) -> str:
    named = next((node.text for node in channel if slot(node.tag) == "language" and node.text), "")
    return named or channel.get(_XML_LANG) or root.get(_XML_LANG) or ""


def _channel_base(channel: Node, url: str) -> str:
    """Relative links of RSS mean the site that the channel names, or else the place of the feed."""
    link = next((node.text or "" for node in channel if slot(node.tag) == "link" and node.text), "")
    return absolute_url(link, url) or url


def _entry(node: Node, base: str, url: str) -> Entry:
    """`base` is what links refer to, or "" where an element above has a word of its own on that: lxml is asked only
    then, because that costs more than reading the entry."""
    base = "" if node.get(_XML_BASE) else base
    found: dict[str, str] = {}
    bodies: list[tuple[str, bool]] = []
    _gather(node, found, bodies, base)
    body, plain = ("", False) if not bodies else bodies[0] if len(bodies) == 1 else max(bodies, key=_length)
    # Plain by its type, but full of markup: many a feed forgets the type.
    marked = not plain or "</" in body or "<br" in body or "&#" in body or "&nbsp;" in body
    get = found.get
    return Entry(
        get("guid") or node.get(_RDF_ABOUT) or "",
        get("link") or get("guidlink", ""),
        base or node.base or url,
        get("title") or get("othertitle", ""),
        body,
        marked,
        get("published", ""),
        get("updated", ""),
        get("language") or node.get(_XML_LANG) or "",
        get("source", ""),
        get("date") or get("created", ""),
    )


def _length(body: tuple[str, bool]) -> int:
    return len(body[0])


def _gather(node: Node, found: dict[str, str], bodies: list[tuple[str, bool]], base: str) -> None:
    """What the children say, by slot: of titles the first, of the others the last with something in it."""
    for child in node:
        name = slot(child.tag)
        if not name:
            continue
        if name in _BODIES:
            bodies.append((content(child), name == "plainbody" and child.get("type", "text") in _PLAIN_TYPES))
        elif name in _READERS:
            _READERS[name](child, found, base)
        elif name == "group":
            _gather(child, found, bodies, base)
        elif name != "title":
            found[name] = _words(child) or found.get(name, "")
        elif not found.get("title"):
            found["title"] = content(child).strip()


def _words(node: Node) -> str:
    return content(node).strip() if len(node) else (node.text or "").strip()


def _link(node: Node, found: dict[str, str], base: str) -> None:
    href = node.get("href") or node.get("url") or node.get("uri")
    if href is None:
        link = _words(node)
    elif node.get("rel", "alternate").lower() == "alternate" and node.get("type", "").lower() in _HTML_TYPES:
        link = href
    else:
        return
    if link:
        found["link"] = link if base and not node.get(_XML_BASE) else absolute_url(link, node.base or "") or link


def _guid(node: Node, found: dict[str, str], base: str) -> None:
    guid = _words(node)
    if not guid:
        return
    permanent = node.get("isPermaLink", "true").lower() == "true"
    own = not base or bool(node.get(_XML_BASE))
    guid = absolute_url(guid, node.base or "") or guid if permanent and own else guid
    found["guid"] = guid
    if permanent and guid[:8].lower().startswith(("http://", "https://")):
        found["guidlink"] = guid


def _source(node: Node, found: dict[str, str], base: str) -> None:
    found["source"] = node.get("url", "")


_READERS = {"link": _link, "guid": _guid, "source": _source}


def _date(node: Node) -> str:
    """The first date that a node names, as it is written."""
    return next((child.text for child in node if child.text and slot(child.tag) in _DATES), "")
