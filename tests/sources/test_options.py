"""The keys of each kind, and what is said when they are wrong."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from watcher.sources.registry import KINDS


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("feed", {}),
        ("page", {}),
        ("page", {"links": "ul.news > li a[href]"}),
        ("page", {"select": "#state"}),
        ("feed", {"websub": False}),
        ("sitemap", {}),
        ("sitemap", {"include": ["/world/*"], "exclude": ["*/video/*"], "newest": 500}),
        ("mailbox", {"user": "env:A", "password": "env:B"}),
        ("mailbox", {"user": "a", "password": "b", "folder": "News", "senders": ["*@a.example"], "mark_seen": True}),
        ("push", {"token": "env:A"}),
        ("push", {"secret": "env:A", "per_minute": 6, "max_bytes": 10_000_000}),
        ("api", {"preset": "gdelt"}),
        ("api", {"items": "data.hits[?lang=='en']", "fields": {"title": "t || headline"}}),
    ],
)
def test_good_options_are_taken_and_frozen(kind: str, options: dict[str, object]) -> None:
    model = KINDS[kind].options.model_validate(options)
    with pytest.raises(ValidationError):
        model.anything = 1  # type: ignore[attr-defined]  # that it cannot be set is the point


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("feed", {"links": "a"}, "Extra inputs are not permitted"),
        ("page", {"links": "a["}, "not a CSS selector"),
        ("page", {"links": "a", "select": "b"}, "not both"),
        ("api", {}, r"items and fields are needed \(or preset\)"),
        ("api", {"items": "a"}, "items and fields are needed"),
        ("api", {"items": "a[", "fields": {"title": "t"}}, "not a JMESPath expression"),
        ("api", {"items": "a", "fields": {}}, "Field required"),
        ("api", {"items": "a", "fields": {"title": "t", "colour": "c"}}, "Extra inputs"),
        ("api", {"preset": "gdelt", "items": "a"}, "either preset"),
        ("api", {"preset": "other"}, "gdelt"),
        ("sitemap", {"include": ["world"]}, "write a path"),
        ("sitemap", {"newest": 501}, "less than or equal to 500"),
        ("mailbox", {"user": "env:A"}, "Field required"),
        ("mailbox", {"user": "a", "password": "b", "senders": ["courier"]}, "should match pattern"),
        ("mailbox", {"user": "a", "password": "b", "delete": True}, "Extra inputs"),
        ("push", {}, "either token or secret"),
        ("push", {"token": "env:A", "secret": "env:B"}, "either token or secret"),
        ("push", {"token": "env:A", "max_bytes": 10}, "greater than or equal to 1000"),
    ],
)
def test_bad_options_say_what_is_wrong(kind: str, options: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        KINDS[kind].options.model_validate(options)
