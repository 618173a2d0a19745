"""RSS 0.9x to 2.0, RSS 1.0 (RDF) and Atom, read strictly: no DTD, no entities, no network, bounded depth.

Raises NotWellFormedError for the many feeds that are not quite XML; those are the lenient reader's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from watcher.sources.entries import MAX_ITEMS, Entry, RawFeed, UnreadableError
from watcher.sources.links import absolute_url

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,400}\?>")
_ATOM = "http://www.w3.org/2005/Atom"
_PREFIXES = {
    _ATOM: "atom",
    "http://purl.org/atom/ns#": "atom",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss2": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
}
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"

Node = etree._Element


class NotWellFormedError(Exception):
    """Not XML as the standard has it."""


def read_xml(text: str, url: str) -> RawFeed:
    """Read a feed that came from `url`. Raises NotWellFormedError, and UnreadableError for XML that is no feed."""
    clean = _DECLARATION.sub("", _NOT_XML.sub("", text), count=1).lstrip()
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True, encoding="utf-8",
    )  # fmt: skip
    try:
        root = etree.fromstring(clean.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise NotWellFormedError(str(error)[:200]) from None
    name = _local(root)
    if name in ("rss", "RDF"):
        return _rss(root, url)
    if name == "feed":
        return _atom(root, url)
    if name == "html":
        raise UnreadableError("not a feed: an HTML page")
    raise UnreadableError(f"not a feed: XML with the root element {name[:40]!r}")


def _rss(root: Node, url: str) -> RawFeed:
    channel = next((node for node in root if _local(node) == "channel"), root)
    head = _children(channel)
    base = _base(channel, _text(head, "link") or "", url)
    nodes = [node for node in root.iter() if _name(node) == "item"]
    language = _text(head, "language", "dc:language") or root.get(_XML_LANG, "")
    entries = tuple(_rss_entry(node, base) for node in nodes[:MAX_ITEMS])
    return RawFeed(entries, language, max(0, len(nodes) - MAX_ITEMS))


def _rss_entry(node: Node, base: str) -> Entry:
    parts = _children(node)
    guid = _text(parts, "guid", "atom:id", "dc:identifier") or node.get(_RDF_ABOUT, "")
    summary = _text(parts, "description", "atom:summary", "atom:content")
    full = _text(parts, "content:encoded")
    return Entry(
        guid=guid,
        link=_rss_link(parts, guid),
        base=_base(node, "", base),
        title=_text(parts, "title", "dc:title", "atom:title"),
        body=full if len(full) > len(summary) else summary,
        published=_text(parts, "pubDate", "dc:date", "dcterms:issued", "dcterms:created", "atom:published"),
        updated=_text(parts, "atom:updated", "dcterms:modified"),
        language=_text(parts, "dc:language", "language") or node.get(_XML_LANG, ""),
        source_url=parts["source"].get("url", "") if "source" in parts else "",
    )


def _rss_link(parts: dict[str, Node], guid: str) -> str:
    link = _text(parts, "feedburner:origLink", "link") or _alternate(parts.get("atom:link"))
    if link:
        return link
    permanent = "guid" not in parts or parts["guid"].get("isPermaLink", "true").lower() != "false"
    return guid if permanent and guid.startswith(("http://", "https://")) else ""


def _alternate(node: Node | None) -> str:
    return node.get("href", "") if node is not None and node.get("rel", "alternate") == "alternate" else ""


def _atom(root: Node, url: str) -> RawFeed:
    base = _base(root, "", url)
    nodes = [node for node in root if _local(node) == "entry"]
    entries = tuple(_atom_entry(node, base) for node in nodes[:MAX_ITEMS])
    return RawFeed(entries, root.get(_XML_LANG, ""), max(0, len(nodes) - MAX_ITEMS))


def _atom_entry(node: Node, base: str) -> Entry:
    parts = _children(node)
    content, summary = parts.get("atom:content"), parts.get("atom:summary")
    full, short = _construct(content), _construct(summary)
    chosen, body = (content, full) if len(full) >= len(short) else (summary, short)
    plain = chosen is not None and chosen.get("type", "text") in ("text", "text/plain")
    return Entry(
        guid=_text(parts, "atom:id"),
        link=_atom_link(node),
        base=_base(node, "", base),
        title=_construct(parts.get("atom:title")),
        body=body,
        # Plain by its type, but full of markup: many a feed forgets the type.
        body_is_html=not plain or ("</" in body or "<br" in body or "&#" in body or "&nbsp;" in body),
        published=_text(parts, "atom:published", "atom:issued", "dc:date", "dcterms:issued"),
        updated=_text(parts, "atom:updated", "atom:modified"),
        language=_text(parts, "dc:language") or node.get(_XML_LANG, ""),
    )


def _atom_link(node: Node) -> str:
    links = [each for each in node if _name(each) == "atom:link" and each.get("rel", "alternate") == "alternate"]
    pages = [each for each in links if "html" in each.get("type", "text/html")]
    chosen = next(iter(pages or links), None)
    return chosen.get("href", "") if chosen is not None else ""


def _construct(node: Node | None) -> str:
    """An Atom text: escaped markup as it is, XHTML children written out again."""
    if node is None:
        return ""
    if len(node) == 0:
        return node.text or ""
    return (node.text or "") + "".join(etree.tostring(child, encoding="unicode") for child in node)


def _children(node: Node) -> dict[str, Node]:
    """The first child of each name, as "prefix:local"."""
    found: dict[str, Node] = {}
    for child in node:
        found.setdefault(_name(child), child)
    return found


def _text(parts: dict[str, Node], *names: str) -> str:
    """The text of the first of the named children that has some."""
    for name in names:
        if name in parts and (text := "".join(_pieces(parts[name])).strip()):
            return text
    return ""


def _pieces(node: Node) -> Iterator[str]:
    """Text of the node; markup that a feed forgot to escape is written out again, for the reader of HTML."""
    yield node.text or ""
    for child in node:
        yield etree.tostring(child, encoding="unicode")


def _base(node: Node, link: str, url: str) -> str:
    """What relative links below `node` refer to: its xml:base, or the channel's link, or the feed's own URL."""
    if any(each.get(_XML_BASE) for each in (node, *node.iterancestors())):
        return _join(url, node.base or "")
    return link if link.startswith(("http://", "https://")) else _join(url, link)


def _join(url: str, link: str) -> str:
    return absolute_url(link, url) or url


def _name(node: Node) -> str:
    """ "title", "dc:date", "atom:link"; unknown namespaces give "?:name"."""
    if not isinstance(node.tag, str):
        return ""
    qualified = etree.QName(node)
    if not qualified.namespace:
        return qualified.localname
    prefix = _PREFIXES.get(qualified.namespace, "?")
    return f"{prefix}:{qualified.localname}" if prefix else qualified.localname


def _local(node: Node) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""
