"""What outlets offer besides feeds: an HTML index, article pages, a JSON API. Pure: entries in, bytes out."""

from __future__ import annotations

import json
from collections.abc import Sequence

from jinja2 import Environment

from watcher.demo.feeds import guid_of, link_of, rfc3339
from watcher.demo.wire import Entry, Outlet

_PAGES = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)

_INDEX = _PAGES.from_string("""\
<!DOCTYPE html>
<html lang="{{ outlet.language }}"{% if rtl %} dir="rtl"{% endif %}>
<head><meta charset="utf-8"><title>{{ outlet.name }}</title></head>
<body>
<nav><a href="/{{ outlet.id }}">{{ outlet.name }}</a> <a href="/{{ outlet.id }}/contact">Contact</a></nav>
<main>
{% for entry in entries %}
<article class="teaser">
<h2><a href="{{ link(entry) }}">{{ entry.title }}</a></h2>
<time datetime="{{ moment(entry) }}">{{ moment(entry) }}</time>
<p>{{ entry.item.summary }}</p>
</article>
{% endfor %}
</main>
</body>
</html>
""")

_ARTICLE = _PAGES.from_string("""\
<!DOCTYPE html>
<html lang="{{ entry.item.language }}"{% if rtl %} dir="rtl"{% endif %}>
<head><meta charset="utf-8"><title>{{ entry.title }} | {{ outlet.name }}</title>
<meta property="og:type" content="article">
<meta property="og:title" content="{{ entry.title }}">
<meta property="og:site_name" content="{{ outlet.name }}">
<meta property="article:published_time" content="{{ moment }}">
</head>
<body>
<header><a href="/{{ outlet.id }}">{{ outlet.name }}</a></header>
<article>
<h1>{{ entry.title }}</h1>
<p class="byline"><time datetime="{{ moment }}">{{ moment }}</time></p>
<p>{{ entry.item.summary }}</p>
</article>
<footer>An invented newswire. Nothing in it happened.</footer>
</body>
</html>
""")


def index_page(outlet: Outlet, entries: Sequence[Entry], base: str) -> bytes:
    """The outlet's front page: one `article.teaser` an item, with a link, a `time` and a paragraph."""
    return _INDEX.render(
        outlet=outlet,
        entries=entries,
        rtl=_rtl(outlet.language),
        link=lambda entry: link_of(entry, base),
        moment=lambda entry: rfc3339(entry.published_at),
    ).encode()


def article_page(outlet: Outlet, entry: Entry) -> bytes:
    """The page that an item links to."""
    return _ARTICLE.render(
        outlet=outlet, entry=entry, rtl=_rtl(entry.item.language), moment=rfc3339(entry.published_at)
    ).encode()


def api(outlet: Outlet, entries: Sequence[Entry], base: str) -> bytes:
    """`{"data": {"articles": [{"uid", "headline", "teaser", "link", "published", "lang"}]}}`."""
    articles = [
        {
            "uid": guid_of(entry, outlet),
            "headline": entry.title,
            "teaser": entry.item.summary,
            "link": link_of(entry, base),
            "published": rfc3339(entry.published_at),
            "lang": entry.item.language,
        }
        for entry in entries
    ]
    return json.dumps({"data": {"articles": articles}}, ensure_ascii=False).encode()


def _rtl(language: str) -> bool:
    return language in {"ar", "fa", "he", "ku"}
