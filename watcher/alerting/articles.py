"""Is it worth fetching the article behind an item, because the item by itself only half matches? Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from watcher.alerting.age import since
from watcher.model.document import Document
from watcher.model.enrichment import Wish
from watcher.model.match import Assertion, Match
from watcher.model.signal import Signal, Status

SHORT_TEXT: Final = 1_200
"""Characters of a summary; an item that says more carries its article already."""

LEAST_SHARE: Final = 0.25
"""Of its threshold: an item that touches only a part of a topic in passing scores less, and is not half a match."""

MAX_URL: Final = 2_000
_DISOWNED: Final = frozenset({Assertion.DENIED, Assertion.OPINION, Assertion.HISTORICAL})


def worth_fetching(
    document: Document, matches: Iterable[Match], signals: Mapping[str, Signal], now: datetime
) -> Wish | None:
    """Why its article is worth fetching, or None.

    `matches` are those of title and summary. One of them must be below its threshold for want of words, and not because
    the item itself says that it did not happen, is long past or somebody's view; its signal must be live, and the item
    within the signal's `max_age` still. The match nearest to its threshold is the reason.
    """
    if len(document.text) >= SHORT_TEXT or not _fetchable(document.url):
        return None
    begun, _ = since(document, now)
    wishes = [
        Wish(_told(match, signal), match.alert_at - match.score, begun + signal.max_age)
        for match in matches
        if (signal := signals.get(match.signal_id)) and _half(match, signal) and now - begun <= signal.max_age
    ]
    return min(wishes, key=lambda wish: (wish.distance, wish.reason), default=None)


def _fetchable(url: str) -> bool:
    return url.startswith(("http://", "https://")) and len(url) <= MAX_URL


def _half(match: Match, signal: Signal) -> bool:
    if match.alert or signal.status is not Status.LIVE or match.score < LEAST_SHARE * match.alert_at:
        return False
    # Where no pattern holds, the cue stands by some word or other; only what governs the whole item counts then.
    return match.assertion not in (_DISOWNED if _held(match, signal) else {Assertion.OPINION})


def _held(match: Match, signal: Signal) -> bool:
    return bool(match.pattern) or not signal.patterns


def _told(match: Match, signal: Signal) -> str:
    why = str(match.assertion) if _held(match, signal) else "no pattern held"
    return f"{match.signal_id}: score {match.score} of {match.alert_at}, {why}"
