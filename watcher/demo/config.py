"""Writes the rules directory that the demo's service runs on: its sources and routes, and the pack's signals."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import yaml

from watcher.demo.load import load_wire
from watcher.demo.wire import Form, Outlet

_KIND_OPTIONS: dict[Form, dict[str, object]] = {
    Form.RSS: {"kind": "feed"},
    Form.ATOM: {"kind": "feed"},
    Form.RDF: {"kind": "feed"},
    Form.JSON_FEED: {"kind": "feed"},
    Form.PAGE: {"kind": "page", "links": "article.teaser h2 a"},
    Form.API: {
        "kind": "api",
        "items": "data.articles",
        "fields": {"id": "uid", "title": "headline", "text": "teaser", "url": "link", "published": "published"},
    },
}


def write_rules(target: Path, base_url: str, pack: Path) -> None:
    """Fill `target` (made if missing): sources.yaml for the wire at `base_url`, routes.yaml to the console, and copies
    of `pack`'s signals and lexicons. Raises OSError if the pack is not there."""
    target.mkdir(parents=True, exist_ok=True)
    sources = {"defaults": {"every": "1s"}, "sources": [_source(outlet, base_url) for outlet in load_wire().outlets]}
    routes = {"channels": {"screen": {"kind": "console"}}, "routes": [{"to": ["screen"]}]}
    _write(target / "sources.yaml", sources)
    _write(target / "routes.yaml", routes)
    for folder in ("signals", "lexicons"):
        shutil.copytree(pack / folder, target / folder, dirs_exist_ok=True)


def _source(outlet: Outlet, base_url: str) -> dict[str, object]:
    return {
        "id": outlet.id,
        "url": f"{base_url}/{outlet.id}",
        "publisher": outlet.publisher,
        "language": outlet.language,
        "trust": outlet.trust,
        "tags": list(outlet.tags),
        **_KIND_OPTIONS[outlet.form],
    }


def _write(path: Path, content: Mapping[str, object]) -> None:
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
