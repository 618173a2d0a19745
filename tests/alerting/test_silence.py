from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alerting.samples import NOW, silence, subject
from watcher.alerting.silence import FIELDS, MatcherError, holds, parse_matcher, parse_matchers, silenced_by, written
from watcher.model.alert import Matcher
from watcher.model.signal import Severity


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("signal=iraq-*", Matcher("signal", "iraq-*")),
        ("severity!=critical", Matcher("severity", "critical", negate=True)),
        (" Publisher = wire.example ", Matcher("publisher", "wire.example")),
        ('tag="world"', Matcher("tag", "world")),
        ("source=a=b", Matcher("source", "a=b")),
        ("language != fr", Matcher("language", "fr", negate=True)),
    ],
)
def test_matchers_as_people_write_them(text: str, expected: Matcher) -> None:
    assert parse_matcher(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("iraq", "'iraq' has no '=': write field=value or field!=value, as in signal=iraq-*"),
        ("signals=x", "'signals=x': no field 'signals'; did you mean signal?"),
        ("colour=red", "'colour=red': no field 'colour'; there are signal, severity, assertion, source, publisher,"),
        ("signal=", "'signal=': the value is empty; write signal=* for any"),
        ("severity=hihg", "'severity=hihg': no severity 'hihg'; did you mean high?"),
        ("severity=9*", "'severity=9*': no severity '9*'; there are low, medium, high, critical"),
        ("signal=~iraq.+", "'signal=~iraq.+': there are no regular expressions here; use * for any characters"),
        ("signal=" + "x" * 201, "the value is longer than 200 characters"),
        ("\x1b[2J=x", "'\\x1b[2J=x': no field '\\x1b[2j'"),
    ],
)
def test_mistakes_come_with_advice(text: str, message: str) -> None:
    with pytest.raises(MatcherError) as caught:
        parse_matcher(text)
    assert message in str(caught.value)


def test_a_silence_has_one_to_twenty_matchers() -> None:
    assert len(parse_matchers(["signal=a*", "tag=b"])) == 2
    with pytest.raises(MatcherError, match=r"signal=\* mutes everything"):
        parse_matchers([])
    with pytest.raises(MatcherError, match="at most 20 matchers, not 21"):
        parse_matchers(["signal=a"] * 21)


@given(st.sampled_from(FIELDS), st.booleans(), st.text(max_size=200))
def test_reading_what_was_written(name: str, negate: bool, value: str) -> None:
    try:
        matcher = parse_matcher(f"{name}{'!=' if negate else '='}{value}")
    except MatcherError:
        return
    assert (matcher.field, matcher.negate) == (name, negate)
    # A value that stays quoted inside loses one more pair of quotes; nobody writes that.
    if not matcher.value.startswith(("'", '"')) and matcher.value == matcher.value.strip():
        assert parse_matcher(written(matcher)) == matcher


@given(st.text(max_size=300))
def test_any_text_is_a_matcher_or_a_matcher_error(text: str) -> None:
    try:
        matcher = parse_matcher(text)
    except MatcherError as error:
        assert str(error).isprintable()
    else:
        assert holds(matcher, subject()) in {True, False}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("signal=iraq-*", True),
        ("signal=iraq", False),
        ("severity=high", True),
        ("severity!=high", False),
        ("assertion=assert*", True),
        ("source=wire-*", True),
        ("publisher=WIRE.example", True),
        ("tag=world", True),
        ("tag=sport", False),
        ("tag!=sport", True),
        ("tag!=world", False),
        ("language=en", True),
        ("story=story-1", True),
    ],
)
def test_matchers_hold(text: str, expected: bool) -> None:
    assert holds(parse_matcher(text), subject()) is expected


@given(st.sampled_from(FIELDS), st.text("*abiraqhghst-", min_size=1, max_size=8))
def test_negation_is_the_opposite(name: str, value: str) -> None:
    assert holds(Matcher(name, value), subject()) is not holds(Matcher(name, value, negate=True), subject())


IRAQ, LOW = Matcher("signal", "iraq-*"), Matcher("severity", "low")


def test_all_matchers_must_hold() -> None:
    assert silenced_by([silence(IRAQ)], subject(), NOW) == silence(IRAQ)
    assert silenced_by([silence(IRAQ, LOW)], subject(), NOW) is None
    assert silenced_by([silence(IRAQ, LOW)], subject(severity=Severity.LOW), NOW) is not None


def test_a_silence_without_matchers_mutes_nothing() -> None:
    assert silenced_by([silence()], subject(), NOW) is None


def test_a_silence_starts_and_always_ends() -> None:
    mute = silence(IRAQ)
    assert silenced_by([mute], subject(), mute.starts_at) == mute
    assert silenced_by([mute], subject(), mute.starts_at - timedelta(seconds=1)) is None
    assert silenced_by([mute], subject(), mute.ends_at - timedelta(seconds=1)) == mute
    assert silenced_by([mute], subject(), mute.ends_at) is None


def test_of_several_the_last_to_end_is_named() -> None:
    short, long = silence(IRAQ), silence(IRAQ, id="sil-2", ends_at=NOW + timedelta(days=1))
    assert silenced_by([short, long], subject(), NOW) == long
    assert silenced_by([long, short], subject(), NOW) == long
