"""Silences: what a person muted, until when, and whether a subject falls under it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from difflib import get_close_matches

from watcher.alerting.globs import MAX_PATTERN, glob_matches
from watcher.alerting.recurring import quiet_until
from watcher.model.alert import Matcher, Silence, Subject
from watcher.model.match import Assertion
from watcher.model.signal import Severity

MAX_MATCHERS = 20

_READ: dict[str, Callable[[Subject], Iterable[str]]] = {
    "signal": lambda subject: (subject.signal_id,),
    "severity": lambda subject: (subject.severity.value,),
    "assertion": lambda subject: (subject.assertion.value,),
    "source": lambda subject: (subject.source_id,),
    "publisher": lambda subject: (subject.publisher,),
    "tag": lambda subject: subject.tags,
    "language": lambda subject: (subject.language,),
    "story": lambda subject: (subject.story_id,),
}
FIELDS = tuple(_READ)
_CLOSED: dict[str, tuple[str, ...]] = {
    "severity": tuple(severity.value for severity in Severity),
    "assertion": tuple(assertion.value for assertion in Assertion),
}


class MatcherError(ValueError):
    """A matcher that cannot be read; the message says what to write instead."""


def parse_matcher(text: str) -> Matcher:
    """Read `field=value` or `field!=value`, where the value may hold `*`. Raises MatcherError."""
    name, sign, value = text.partition("=")
    negate = name.endswith("!")
    name, value = name.removesuffix("!").strip().casefold(), _unquoted(value.strip())
    if not sign:
        raise MatcherError(f"{_shown(text)} has no '=': write field=value or field!=value, as in signal=iraq-*")
    if value.startswith("~") or name.endswith("~"):
        raise MatcherError(f"{_shown(text)}: there are no regular expressions here; use * for any characters")
    if name not in _READ:
        raise MatcherError(f"{_shown(text)}: no field {_shown(name)}{_advice(name, FIELDS)}")
    if not value:
        raise MatcherError(f"{_shown(text)}: the value is empty; write {name}=* for any")
    if len(value) > MAX_PATTERN:
        raise MatcherError(f"{_shown(text)}: the value is longer than {MAX_PATTERN} characters")
    known = _CLOSED.get(name)
    if known and not any(glob_matches(value, one) for one in known):
        raise MatcherError(f"{_shown(text)}: no {name} {_shown(value)}{_advice(value, known)}")
    return Matcher(name, value, negate)


def parse_matchers(texts: Iterable[str]) -> tuple[Matcher, ...]:
    """Read the matchers of one silence. Raises MatcherError, also for none at all."""
    matchers = tuple(parse_matcher(text) for text in texts)
    if not matchers:
        raise MatcherError("a silence needs a matcher; signal=* mutes everything")
    if len(matchers) > MAX_MATCHERS:
        raise MatcherError(f"a silence has at most {MAX_MATCHERS} matchers, not {len(matchers)}")
    return matchers


def written(matcher: Matcher) -> str:
    """The matcher as `parse_matcher` reads it."""
    return f"{matcher.field}{'!=' if matcher.negate else '='}{matcher.value}"


def holds(matcher: Matcher, subject: Subject) -> bool:
    """Whether the subject has the value; of several tags one is enough, and with `!=` none may have it.

    Raises KeyError for a field that `parse_matcher` would refuse.
    """
    return matcher.negate is not any(glob_matches(matcher.value, value) for value in _READ[matcher.field](subject))


def silenced_by(silences: Iterable[Silence], subject: Subject, now: datetime) -> Silence | None:
    """The silence that mutes `subject` at `now`, of several the one that ends last.

    One without matchers mutes nothing: a row that lost them must not mute everything.
    """
    active = [
        silence
        for silence in silences
        if silence.starts_at <= now < silence.ends_at
        and silence.matchers
        and (silence.recurs is None or quiet_until(silence.recurs, now))
        and all(holds(matcher, subject) for matcher in silence.matchers)
    ]
    return max(active, key=lambda silence: (silence.ends_at, silence.id), default=None)


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'" else value


def _advice(word: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(word[:40].casefold(), known, 1)
    return f"; did you mean {close[0]}?" if close else f"; there are {', '.join(known)}"


def _shown(text: str) -> str:
    # What a person typed goes into a terminal again.
    return ascii(text if len(text) <= 60 else text[:57] + "...")
