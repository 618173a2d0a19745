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
    ],
)
def test_bad_options_say_what_is_wrong(kind: str, options: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        KINDS[kind].options.model_validate(options)
