"""Pages in front of what was asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.model.document import Health
from watcher.sources.doorway import behind


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (
            "<html><title>Just a moment...</title>",
            (Health.BLOCKED, "captcha"),
        ),
        ('<html><div class="g-recaptcha" data-sitekey="k">', (Health.BLOCKED, "captcha")),
        ("<html><p>Please verify you are human", (Health.BLOCKED, "captcha")),
        ("<html><h1>example.com: this domain is for sale!", (Health.GONE, "parked")),
        ("<html><script src='//www.parkingcrew.example/js'>", (Health.GONE, "parked")),
        ("<html><title>News</title><p>Talks on the domain of politics", None),
        ("", None),
    ],
)
def test_what_a_page_gives_away(page: str, expected: tuple[Health, str] | None) -> None:
    assert behind(page.encode()) == expected


@given(st.binary(max_size=500))
def test_any_bytes_can_be_looked_at(body: bytes) -> None:
    found = behind(body)
    assert found is None or found[0] in (Health.BLOCKED, Health.GONE)
