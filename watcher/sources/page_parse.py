"""HTML pages: the links of an index, or the text of an article. Runs in the sandbox only: extraction can take long."""

from __future__ import annotations

from collections.abc import Mapping

import lxml.html
import trafilatura
from lxml import etree

from watcher.sources.encoding import decode
from watcher.sources.links import absolute_url
from watcher.sources.sandbox import Json
from watcher.sources.text import html_to_text, title_text

MAX_PAGE = 1_500_000
"""Characters of a page that are looked at: extraction takes more than linear time (15 s for 5 MB)."""

MAX_LINKS = 2_000


def read_links(body: bytes, options: Mapping[str, str | None]) -> Json:
    """{"links": [{"url", "title"}], "language"}: what the CSS selector `options["links"]` matches, in page order.

    A match that is not a link itself stands for the first link in it. `url` is where the page came from.
    """
    page = _page(body, options)
    base = _base(page, options)
    links: list[Json] = []
    for node in page.cssselect(options["links"] or "a")[:MAX_LINKS]:
        anchor = node if node.get("href") else next(node.iterfind(".//a[@href]"), None)
        if anchor is None:
            continue
        url = absolute_url(anchor.get("href") or "", base)
        title = _shown(node) or title_text(anchor.get("title") or anchor.get("aria-label") or "")
        if url and title:
            links.append({"url": url, "title": title})
    return {"links": links, "language": page.get("lang") or ""}


def read_article(body: bytes, options: Mapping[str, str | None]) -> Json:
    """{"title", "text", "language", "found"}: the page's article, or the part that `options["select"]` names.

    `found` is False when the selector matches nothing.
    """
    page = _page(body, options)
    title = title_text("".join(page.xpath("string(//title)")))
    select = options.get("select")
    if select:
        parts = page.cssselect(select)
        text = "\n".join(html_to_text(etree.tostring(part, encoding="unicode", with_tail=False)) for part in parts)
        return {"title": title, "text": text, "language": page.get("lang") or "", "found": bool(parts)}
    # A word too many costs a reader a glance, a sentence too few an alert.
    text = trafilatura.extract(page, include_comments=False, favor_recall=True) or ""
    if not text:
        text = html_to_text(_markup(body, options))
    return {"title": title, "text": text, "language": page.get("lang") or "", "found": True}


def _markup(body: bytes, options: Mapping[str, str | None]) -> str:
    return decode(body, options.get("content_type") or "").text[:MAX_PAGE]


def _page(body: bytes, options: Mapping[str, str | None]) -> lxml.html.HtmlElement:
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True)
    page = lxml.html.document_fromstring(_markup(body, options).encode("utf-8", "replace"), parser=parser)
    for node in page.xpath("//script|//style|//noscript|//template"):
        node.drop_tree()
    return page


def _base(page: lxml.html.HtmlElement, options: Mapping[str, str | None]) -> str:
    url = options.get("url") or ""
    named = page.xpath("string(//base/@href)")
    return absolute_url(str(named), url) or url


def _shown(node: lxml.html.HtmlElement) -> str:
    return title_text(etree.tostring(node, encoding="unicode", with_tail=False))
