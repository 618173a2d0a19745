"""Message → Block Kit. Pure; every limit of Slack's holds by construction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from watcher.delivery import wording
from watcher.delivery.inert import Part, cut_parts, highlighted
from watcher.model.delivery import Citation, Message

Block = dict[str, object]

HEADER = 150
SECTION = 3_000
TEXT = 3_000
TOTAL = 10_000
"""Characters of all blocks together. Slack refuses at about 13,200 (`msg_blocks_too_long`)."""

# What each block may take of TOTAL. With the header's 150 and the marks between them that is less than 8,700.
_TITLE, _LINK, _QUOTE, _FACTS, _OTHERS, _SMALL = 1_000, 1_000, 1_500, 300, 2_900, 1_500
_OTHER_TITLE = 300
_MOST_HIGHLIGHTS = 20
_EMOJI = {"low": "🔵", "medium": "🟡", "high": "🟠", "critical": "🔴"}


def units(text: str) -> int:
    """Length in UTF-16 units, the larger of the ways in which Slack may count."""
    return len(text) + sum(character > "\uffff" for character in text)


def escape(text: str) -> str:
    """Exactly `&`, `<` and `>`: what comes from outside can neither mention, nor link, nor break out."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def render_text(message: Message) -> str:
    """The top-level text: all that notifications and screen readers get."""
    return _escaped(wording.summary(message), TEXT)


def render_blocks(message: Message) -> list[Block]:
    """At most 7 blocks, none over its limit, less than 10,000 characters in all."""
    blocks = [
        _header(message),
        _section(_linked(message.document.title, message.document.url, _TITLE, bold=True)),
        _section(_quote(message)),
        _context(_facts(message)),
        _section("\n".join(_within(_others(message), _OTHERS))),
        _context("\n".join(_within(_small_print(message), _SMALL))),
    ]
    return [block for block in blocks if block]


def metadata(delivery_id: str, message: Message) -> dict[str, object]:
    """By this a message is found again when the answer to its posting got lost."""
    payload = {"delivery_id": delivery_id, "alert_id": message.alert_id}
    return {"event_type": "signal_watch_alert", "event_payload": payload}


def _header(message: Message) -> Block:
    text = f"{_EMOJI.get(message.severity, '⚪')} {wording.label(message)} · {wording.signal_name(message)}"
    shown = "".join(part.text for part in cut_parts((Part(text),), HEADER, units))
    return {"type": "header", "text": {"type": "plain_text", "text": shown, "emoji": False}}


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)} if text else {}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text)]} if text else {}


def _mrkdwn(text: str) -> Block:
    # Verbatim: Slack does not go looking for links, channels and names in it.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _escaped(text: str, limit: int) -> str:
    """Truncated first, then escaped, so that no entity is cut in half; the limit holds for the escaped text."""
    return "".join(escape(part.text) for part in cut_parts((Part(text),), limit, _size))


def _size(text: str) -> int:
    return units(escape(text))


def _linked(title: str, url: str, limit: int, *, bold: bool = False) -> str:
    document = wording.reference(Citation(title, url, ""))
    label = _escaped(document.title, limit)
    link = escape(document.url)
    # A link's label may not hold a bar: Slack reads what follows the last one.
    text = f"<{link}|{label.replace('|', '¦')}>" if link and len(link) <= _LINK else label
    return f"*{text}*" if bold else text


def _quote(message: Message) -> str:
    marks = message.highlights[:_MOST_HIGHLIGHTS]
    parts = cut_parts(highlighted(message.sentence, marks), _QUOTE, _size)
    text = "".join(_bold(escape(part.text)) if part.marked else escape(part.text) for part in parts).strip()
    return f"> {text}" if text else ""


def _bold(text: str) -> str:
    inner = text.strip()
    # Blanks inside the stars would show the stars.
    return text.replace(inner, f"*{inner}*", 1) if inner else text


def _facts(message: Message) -> str:
    document = wording.reference(message.document)
    facts = (
        f"score {message.score}",
        wording.assertion(message),
        wording.corroboration(message),
        document.publisher,
        document.published_at,
    )
    return _escaped(" · ".join(fact for fact in facts if fact), _FACTS)


def _others(message: Message) -> list[str]:
    lines = []
    for other in wording.others(message):
        publisher = f"{_escaped(other.publisher, _OTHER_TITLE)}: " if other.publisher else ""
        lines.append(f"• {publisher}{_linked(other.title, other.url, _OTHER_TITLE)}")
    return [*lines, wording.more_others(message)]


def _small_print(message: Message) -> list[str]:
    ledger = " · ".join(wording.ledger(message))
    lines = [f"score {message.score} = {ledger}"] if ledger else []
    lines += wording.reasons(message)
    lines.append(f"signal {wording.identifier(message.signal_id)} · alert {wording.identifier(message.alert_id)}")
    return [_escaped(line, _SMALL // 3) for line in lines]


def _within(lines: Iterable[str], limit: int) -> Sequence[str]:
    """The lines that fit whole."""
    kept: list[str] = []
    for line in lines:
        limit -= units(line) + 1
        if limit < 0:
            break
        if line:
            kept.append(line)
    return kept
