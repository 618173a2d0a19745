""" "Why?": all that led to an alert, as a modal, or as a message to one person if the modal came too late. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from watcher.delivery import wording
from watcher.delivery.inert import cut
from watcher.delivery.slack.blocks import Block, context, escaped, linked, moment, named, plain, quoted, section, within
from watcher.model.delivery import Message

_PART = 2_000
_LINES = 20


@dataclass(frozen=True, slots=True)
class Why:
    """`message` is what was told last. `pattern` and `cue` as the match has them ("" if it is not kept any more).

    `events` and `routes` are lines of the alert's history and of where it went; `near` what its decision weighed.
    """

    message: Message
    pattern: str = ""
    cue: str = ""
    placed: tuple[str, ...] = ()
    events: tuple[tuple[str, str], ...] = ()
    routes: tuple[str, ...] = ()


def render_view(why: Why) -> dict[str, object]:
    """A modal without buttons of its own."""
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Why this alert"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": render_why(why),
    }


def render_why(why: Why) -> list[Block]:
    """At most 10 blocks and 10,000 characters."""
    message = why.message
    parts = (
        [linked(message.document.title, message.document.url, 600, bold=True),
         quoted(message.sentence, message.highlights, 900)],
        ["*What was found*", *_groups(message), *_held(why)],
        [f"*How it adds up to {message.score}*", *_ledger(message)],
        ["*Why it spoke*", *_bullets(message.reasons, 300)],
        ["*Its story*", *_story(why)],
        ["*Where it went*", *_bullets(why.routes, 200)],
        ["*What happened to it*", *_history(why.events)],
    )  # fmt: skip
    blocks = [section("\n".join(within(lines, _PART // 2))) for lines in parts if len(lines) > 1]
    ids = f"signal {wording.identifier(message.signal_id)} · alert {wording.identifier(message.alert_id)}"
    return named([*blocks, context(escaped(ids, 250))], "why")


def render_why_text(why: Why) -> str:
    """For screen readers: the score and what it is made of."""
    return plain(f"Score {why.message.score}: {', '.join(wording.ledger(why.message))}", 900)


def _groups(message: Message) -> list[str]:
    """A line for each group of the signal with the words that were found for it."""
    found: dict[str, list[str]] = {}
    for evidence in message.evidence[:100]:
        words = found.setdefault(evidence.group, [])
        if evidence.text not in words and len(words) < 6:
            words.append(evidence.text)
    return [
        f"• {escaped(group, 60)}: " + ", ".join(f"“{escaped(cut(text, 80), 90)}”" for text in words)
        for group, words in list(found.items())[:_LINES]
    ]


def _held(why: Why) -> list[str]:
    pattern = f"Pattern that held: {escaped(why.pattern, 300)}" if why.pattern else ""
    cue = f" (by “{escaped(why.cue, 100)}”)" if why.cue else ""
    return [line for line in (pattern, f"Stated as: {escaped(wording.assertion(why.message), 40)}{cue}") if line]


def _ledger(message: Message) -> list[str]:
    """Every entry, so that it adds up before the reader's eyes."""
    shown = message.ledger[:_LINES]
    lines = [f"{entry.points:+d}  {escaped(entry.reason, 120)}" for entry in shown]
    if rest := message.ledger[_LINES:]:
        lines.append(f"{sum(entry.points for entry in rest):+d}  {len(rest)} more")
    return lines


def _story(why: Why) -> list[str]:
    message = why.message
    told = [linked(other.title, other.url, 120) for other in message.others[:5]]
    left = len(message.others) - len(told)
    return [
        f"{wording.corroboration(message)} in their own words",
        *_bullets(why.placed, 200),
        *(f"• {line}" for line in told),
        *([f"and {left} more reports"] if left > 0 else []),
    ]


def _history(events: Sequence[tuple[str, str]]) -> list[str]:
    return [f"• {moment(at)} {escaped(words, 200)}" for at, words in events[-10:]]


def _bullets(lines: Sequence[str], limit: int) -> list[str]:
    return [f"• {escaped(line, limit)}" for line in lines[:8]]
