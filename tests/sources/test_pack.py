"""The sources that come with the program."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from watcher.sources.links import canonical_url
from watcher.sources.registry import KINDS

PACK = yaml.safe_load((Path(__file__).parents[2] / "rules" / "sources.yaml").read_text())
SOURCES = PACK["sources"]
COMMON = {"id", "kind", "url", "publisher", "language", "every", "trust", "tags"}


def test_there_is_enough_to_start_with() -> None:
    assert len(SOURCES) >= 60
    assert len({source["language"] for source in SOURCES}) >= 6
    tags = {tag for source in SOURCES for tag in source["tags"]}
    assert {"iraq", "iran", "nato", "gulf", "shipping", "defence", "world"} <= tags


def test_ids_and_addresses_are_unique() -> None:
    for key in ("id", "url"):
        assert [value for value, count in Counter(source[key] for source in SOURCES).items() if count > 1] == []


def test_every_source_is_complete_and_its_options_are_valid() -> None:
    for source in SOURCES:
        assert COMMON - {"every"} <= set(source), source["id"]
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", source["id"])
        assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", source["publisher"])
        assert urlsplit(source["url"]).scheme in ("http", "https")
        assert canonical_url(source["url"])
        assert 0.4 <= source["trust"] <= 0.95
        assert source.get("every", "5m") in ("5m", "10m", "15m")
        KINDS[source["kind"]].options.model_validate({key: source[key] for key in set(source) - COMMON})


def test_outlets_that_speak_for_a_state_are_trusted_less_than_agencies() -> None:
    trust = {source["id"]: source["trust"] for source in SOURCES}
    state = [source["trust"] for source in SOURCES if {"state", "partisan"} & set(source["tags"])]
    assert max(state) < trust["reuters-via-google"]
