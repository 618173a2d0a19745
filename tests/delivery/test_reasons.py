"""What is safe to log, and what a server says about waiting."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.delivery.answer import retry_after
from watcher.delivery.posting import Posting
from watcher.delivery.redact import LONGEST_REASON, safe_reason

NOW = datetime(2026, 11, 20, 10, 0, 0, tzinfo=UTC)


def test_secrets_are_cut_out_in_every_form() -> None:
    encoded = base64.b64encode(b"s3cr3t/+ value").decode()
    text = f"url /s3cr3t%2F%2B%20value, plain s3cr3t/+ value, basic {encoded}"
    assert safe_reason(text, ["s3cr3t/+ value"]) == "url /***, plain ***, basic ***"


def test_a_longer_secret_is_not_left_in_part() -> None:
    assert safe_reason("token-abcdef", ["token", "token-abcdef"]) == "***"


def test_invisible_characters_do_not_carry_a_secret_out() -> None:
    assert safe_reason("key s3\u200bcr\x003t", ["s3cr3t"]) == "key ***"


def test_a_posting_shows_its_receiver_only() -> None:
    posting = Posting("https://h.example/s3cr3t", b"s3cr3t", {"x": "s3cr3t"}, "h.example", 1.0)
    assert "s3cr3t" not in repr(posting)
    assert "h.example" in repr(posting)


def test_empty_secrets_change_nothing() -> None:
    assert safe_reason("as it was", ["", "  "]) == "as it was"


@given(st.text(max_size=1_000), st.text(alphabet="abcXYZ09-", min_size=6, max_size=30))
def test_a_reason_is_short_printable_and_clean(text: str, secret: str) -> None:
    reason = safe_reason(f"{text}{secret}{text}", [secret])
    assert secret not in reason
    assert len(reason) <= LONGEST_REASON
    assert all(character.isprintable() or character in "\u200c\u200d" for character in reason) or not reason.isascii()


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("30", timedelta(seconds=30)),
        (" 5 ", timedelta(seconds=5)),
        ("99999999999999", timedelta(hours=24)),
        ("Fri, 20 Nov 2026 10:01:30 GMT", timedelta(seconds=90)),
        ("Fri, 20 Nov 2026 09:00:00 GMT", None),
        ("Fri, 20 Nov 2036 09:00:00 GMT", timedelta(hours=24)),
        ("0", None),
        ("-5", None),
        ("soon", None),
        ("٣", None),
        ("", None),
    ],
)
def test_retry_after(value: str, wait: timedelta | None) -> None:
    assert retry_after({"retry-AFTER": value}, NOW) == wait


def test_no_header_no_wait() -> None:
    assert retry_after({}, NOW) is None


@given(st.text(max_size=60))
def test_any_header_is_survived(value: str) -> None:
    wait = retry_after({"Retry-After": value}, NOW)
    assert wait is None or timedelta(0) < wait <= timedelta(hours=24)
