"""No secret reaches a log line, in whatever form it gets there."""

from __future__ import annotations

import base64
import io
import json
import logging
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, quote_plus

import pytest
import structlog
from hypothesis import assume, given
from hypothesis import strategies as st

from watcher.model.masking import MASK
from watcher.telemetry import Redactor, configure

SECRET = "s3cr/et+pass w\u00f6rd\"'\\"
WITHIN_A_RULE = "plain-s3cret-token"


def fail(error: Exception) -> None:
    raise error


@dataclass
class Holder:
    """An object whose repr shows what it holds."""

    token: str


@pytest.fixture
def quiet_again() -> Iterator[None]:
    """Put the logging of the test run back."""
    root = logging.getLogger()
    handlers, level, config = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**config)


@pytest.fixture
def out(quiet_again: None) -> io.StringIO:
    """What a service with JSON logs at level debug would print."""
    stream = io.StringIO()
    configure("json", "debug", Redactor([SECRET, WITHIN_A_RULE]), stream)
    return stream


def forms(secret: str) -> dict[str, str]:
    """How a secret gets about."""
    raw = secret.encode()
    return {
        "plain": secret,
        "in a path": quote(secret),
        "in a query": quote(secret, safe=""),
        "in a form": quote_plus(secret),
        "in JSON": json.dumps(secret)[1:-1],
        "in a repr": repr(secret)[1:-1],
        "in base64": base64.b64encode(raw).decode(),
        "in Basic": base64.b64encode(b"user:" + raw).decode(),
        "in AUTH PLAIN": base64.b64encode(b"\0user\0" + raw).decode(),
        "in a bearer file": base64.urlsafe_b64encode(b"ab:" + raw + b"\n").decode(),
    }


@pytest.mark.parametrize("form", forms(SECRET).values(), ids=forms(SECRET).keys())
def test_every_form_of_a_secret_is_masked(form: str) -> None:
    shown = Redactor([SECRET]).text(f"before {form} after")
    assert MASK in shown
    assert shown.startswith("before ")
    assert shown.endswith(" after")
    assert form not in shown


def test_user_info_in_an_address_is_masked_though_nobody_knows_it() -> None:
    shown = Redactor().text("GET https://ada:letmein@example.org/feed?at=home failed")
    assert shown == f"GET https://{MASK}@example.org/feed?at=home failed"


def test_the_longest_secret_is_masked_first() -> None:
    assert Redactor(["abcd", "abcdefgh"]).text("abcdefgh abcd") == f"{MASK} {MASK}"


def test_short_secrets_are_left_alone_and_ordinary_text_with_them() -> None:
    assert Redactor(["abc", ""]).text("the abc of logs") == "the abc of logs"


def test_secrets_may_be_learned_later() -> None:
    redactor = Redactor()
    assert redactor.text("token-9999") == "token-9999"
    redactor.add(["token-9999"])
    assert redactor.text("token-9999") == MASK


def test_nested_values_keys_and_objects_are_cleaned() -> None:
    redactor = Redactor([WITHIN_A_RULE])
    value = {
        "list": [WITHIN_A_RULE, {"deep": (WITHIN_A_RULE,)}],
        WITHIN_A_RULE: 1,
        "object": Holder(WITHIN_A_RULE),
        "bytes": WITHIN_A_RULE.encode(),
        "set": {WITHIN_A_RULE},
        "plain": [True, None, 7, 0.5],
    }
    shown = redactor.clean(value)
    assert WITHIN_A_RULE not in repr(shown)
    assert isinstance(shown, dict)
    assert shown["plain"] == [True, None, 7, 0.5]


def test_control_characters_cannot_steer_a_terminal() -> None:
    shown = Redactor().text("title \x1b[31mred\x07 \u202egnp.exe\u2066 \x9b2J")
    assert shown == "title ?[31mred? ?gnp.exe? ?2J"


def test_events_values_and_exceptions_are_masked(out: io.StringIO) -> None:
    log = structlog.get_logger("room")
    log.info(f"said {WITHIN_A_RULE}", value=WITHIN_A_RULE, nested={"a": [WITHIN_A_RULE]}, thing=Holder(WITHIN_A_RULE))
    try:
        fail(ValueError(f"refused: {WITHIN_A_RULE}"))
    except ValueError:
        log.exception("job.crashed")
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert WITHIN_A_RULE not in out.getvalue()
    assert [line["level"] for line in lines] == ["info", "error"]
    assert f"ValueError: refused: {MASK}" in lines[1]["exception"]
    assert "Traceback" in lines[1]["exception"]


def test_what_other_libraries_log_is_masked_and_is_json_too(out: io.StringIO) -> None:
    logger = logging.getLogger("somebody.else")
    logger.warning("could not log in as %s with %r", "ada", WITHIN_A_RULE)
    try:
        fail(ConnectionError(f"https://hooks.example/{WITHIN_A_RULE}"))
    except ConnectionError:
        logger.exception("gave up")
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert WITHIN_A_RULE not in out.getvalue()
    assert lines[0]["event"] == f"could not log in as ada with '{MASK}'"
    assert lines[0]["logger"] == "somebody.else"
    assert f"https://hooks.example/{MASK}" in lines[1]["exception"]


def test_libraries_that_log_addresses_are_held_back(out: io.StringIO) -> None:
    for name in ("httpx", "httpcore.http11", "slack_sdk.web", "aiosmtplib", "apscheduler.scheduler"):
        logging.getLogger(name).info("POST https://hooks.example/unknown-secret-path")
    assert out.getvalue() == ""


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_the_least_level_is_kept(quiet_again: None, level: Literal["debug", "info", "warning", "error"]) -> None:
    stream = io.StringIO()
    configure("json", level, Redactor(), stream)
    log: Any = structlog.get_logger("room")
    for name in ("debug", "info", "warning", "error"):
        getattr(log, name)("said")
    logged = [json.loads(line)["level"] for line in stream.getvalue().splitlines()]
    assert logged == ["debug", "info", "warning", "error"][-len(logged) :]
    assert logged[0] == level


def test_console_logs_show_a_traceback_without_locals_and_without_warnings(quiet_again: None) -> None:
    stream = io.StringIO()
    configure("console", "info", Redactor([WITHIN_A_RULE]), stream)
    local = f"held in a local: {WITHIN_A_RULE}"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            fail(KeyError(local))
        except KeyError:
            structlog.get_logger("room").exception("job.crashed", what=local)
    shown = stream.getvalue()
    assert "job.crashed" in shown
    assert "KeyError" in shown
    assert WITHIN_A_RULE not in shown
    assert "\x1b" not in shown


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="[]"), max_size=30)
secrets = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="[]"), min_size=4)


@given(secret=secrets, before=words, after=words, form=st.sampled_from(sorted(forms("abcd"))))
def test_a_secret_never_survives(secret: str, before: str, after: str, form: str) -> None:
    assume(secret not in before + after)
    assume(secret not in MASK)
    written = forms(secret)[form]
    shown = Redactor([secret]).text(f"{before} {written} {after}")
    assert secret not in shown
    if len(written) > 8:
        assert written not in shown


@given(secret=secrets, payload=st.recursive(words, lambda inner: st.lists(inner) | st.dictionaries(words, inner)))
def test_a_secret_never_survives_in_whatever_is_logged(secret: str, payload: object) -> None:
    assume(secret not in MASK)
    event = Redactor([secret])(None, "info", {"event": secret, "value": payload, "deep": {"a": [secret, payload]}})
    assert secret not in json.dumps(event["event"], ensure_ascii=False)
    assert secret not in _strings(event)


def _strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [str(value)]
