"""Which hub a feed names, and whose signature is on what it sends."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.sources.websub import HASHES, find_hub, signed_by

URL = "https://news.example/feed"
HUB, SELF = "https://hub.example/", "https://news.example/self"
ATOM = 'xmlns:atom="http://www.w3.org/2005/Atom"'


@pytest.mark.parametrize(
    ("body", "header", "found"),
    [
        (f'<feed><link rel="hub" href="{HUB}"/><link rel="self" href="{SELF}"/><entry/></feed>', "", (HUB, SELF)),
        (f"<rss><channel><atom:link {ATOM} href='{HUB}' rel='hub'/><item/></channel></rss>", "", (HUB, URL)),
        ('<feed><link href="/hub?a=1&amp;b=2" rel="HUB"/></feed>', "", ("https://news.example/hub?a=1&b=2", URL)),
        ("<rss/>", f'<{HUB}>; rel="hub", <{SELF}>; rel="self"', (HUB, SELF)),
        ("<rss/>", f'<{HUB}>; title="a, b"; rel=hub', (HUB, URL)),
        ("<rss/>", f'<{HUB}>; rel="self hub"', (HUB, HUB)),
        ('<feed><link rel="hub" href="https://other.example/"/></feed>', f'<{HUB}>; rel="hub"', (HUB, URL)),
        (f'<feed><entry><link rel="hub" href="{HUB}"/></entry></feed>', "", None),
        ('<feed><link rel="hub" href="javascript:alert(1)"/></feed>', "", None),
        ('<feed><link rel="github" href="https://hub.example/"/></feed>', "", None),
        ("<feed><title>hub</title></feed>", "", None),
        ("", "", None),
        ("<rss/>", "nonsense; rel=hub", None),
    ],
)
def test_the_hub_of_a_feed(body: str, header: str, found: tuple[str, str] | None) -> None:
    assert find_hub(body.encode(), header, URL) == found


@given(st.binary(max_size=2_000), st.text(max_size=500))
def test_any_bytes_name_a_hub_or_none(body: bytes, header: str) -> None:
    found = find_hub(b'<link rel="hub" ' + body, header, URL)
    assert found is None or all(part.startswith(("http://", "https://")) for part in found)


@pytest.mark.parametrize("piece", [b"<link ", b"<link rel=", b"<a:link" + b" " * 900, b'rel="hub" ', b"<"])
def test_looking_for_a_hub_takes_little_time_on_a_hostile_head(piece: bytes) -> None:
    assert find_hub(b"hub" + piece * (30_000 // len(piece)), "<" * 8_000 + ";" * 8_000, URL) is None


@given(st.binary(max_size=200), st.text(min_size=1, max_size=50), st.sampled_from(sorted(HASHES)))
def test_only_the_right_secret_body_and_method_count(body: bytes, secret: str, method: str) -> None:
    signature = hmac.new(secret.encode("utf-8", "surrogatepass"), body, getattr(hashlib, method)).hexdigest()
    if "\ud800" <= max(secret) <= "\udfff":
        return
    assert signed_by(secret, f"{method}={signature}", body)
    assert signed_by(secret, f"{method.upper()}={signature.upper()}", body)
    assert not signed_by(secret, f"{method}={signature}", body + b"x")
    assert not signed_by(secret + "x", f"{method}={signature}", body)
    assert not signed_by(secret, f"md5={signature}", body)


@given(st.text(max_size=200))
def test_any_header_is_checked_without_a_fault(header: str) -> None:
    assert not signed_by("secret", header, b"body")
