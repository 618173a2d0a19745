"""What the elements of feeds are called, in all their formats and spellings, and what each of them says of an entry."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import cast

_ATOM = frozenset({"http://www.w3.org/2005/atom", "http://purl.org/atom/ns#"})
_PREFIXES = {
    "": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://purl.org/rss/1.0/modules/rss091#": "",
    "http://purl.org/pie/": "",
    "http://purl.org/echo/": "",
    "http://example.com/newformat#": "",
    "http://example.com/necho": "",
    "uri/of/echo/namespace#": "",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://example.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://search.yahoo.com/mrss": "media:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
} | dict.fromkeys(_ATOM, "")
_SLOTS = {
    "rss": "rss", "rdf:rdf": "rss", "feed": "feed", "channel": "channel", "item": "item", "entry": "item",
    "title": "title", "dc:title": "title", "media:title": "othertitle",
    "link": "link", "guid": "guid", "id": "guid", "source": "source",
    "description": "body", "dc:description": "body", "media:description": "body", "abstract": "body", "summary": "body",
    "itunes:summary": "body", "content": "body", "content:encoded": "body", "fullitem": "body", "body": "body",
    "xhtml:body": "body", "media:group": "group", "media:content": "group",
    "published": "published", "issued": "published", "pubdate": "published", "dcterms:issued": "published",
    "updated": "updated", "modified": "updated", "lastbuilddate": "updated", "dcterms:modified": "updated",
    "dc:date": "date", "created": "created", "dcterms:created": "created",
    "language": "language", "dc:language": "language",
}  # fmt: skip


def _slot(tag: object) -> str:
    """What an element named `tag` ("{namespace}local") says: "title", "body", "published" ...; "" if nothing to us.

    "plainbody" is a text that is plain unless its type says otherwise, as in Atom. Case does not count, as many feeds
    get it wrong. What is not an element (an entity that was left alone) says nothing.
    """
    if not isinstance(tag, str):
        return ""
    space, _, local = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
    space = space.lower()
    prefix = "" if "backend.userland.com/rss" in space else _PREFIXES.get(space)
    if prefix is None:
        return ""
    name = _SLOTS.get(f"{prefix}{local.lower()}", "")
    return "plainbody" if name == "body" and space in _ATOM else name


# Feeds use the same few names over and over. (By lxml's types a tag may be unhashable; those it reads never are.)
slot = cast("Callable[[object], str]", lru_cache(maxsize=2048)(_slot))
