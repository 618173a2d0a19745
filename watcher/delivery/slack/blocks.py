"""The pieces of Block Kit that messages are made of. Pure: nothing from outside can mention, link or break out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from watcher.delivery import wording
from watcher.delivery.inert import Part, clean, cut, cut_parts, highlighted
from watcher.model.delivery import Citation

Block = dict[str, object]

HEADER = 150
SECTION = 3_000
TEXT = 3_000
TOTAL = 10_000
"""Characters of all blocks together. Slack refuses at about 13,200 (`msg_blocks_too_long`)."""

LONGEST_LINK = 1_000
MOST_HIGHLIGHTS = 20
_LONGEST_WORD = 40
# Slack knows no escape for its own marks, so what comes from outside has them as look-alikes of the same width.
_MARKS = str.maketrans({"*": "∗", "`": "ˋ", "~": "∼"})
_EDGE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
EMOJI = {"low": "🔵", "medium": "🟡", "high": "🟠", "critical": "🔴"}


def units(text: str) -> int:
    """Length in UTF-16 units, the larger of the ways in which Slack may count."""
    return len(text) + sum(character > "\uffff" for character in text)


def escape(text: str) -> str:
    """Exactly `&`, `<` and `>`: what comes from outside can neither mention, nor link, nor break out."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def inert(text: str) -> str:
    """Escaped for mrkdwn: `*`, backticks, `~`, and `_` at a word's edge are shown, and format nothing."""
    return escape(_EDGE_UNDERSCORE.sub("ˍ", text.translate(_MARKS)))


def escaped(text: str, limit: int) -> str:
    """For mrkdwn: truncated first, so that no entity is cut in half; the limit holds for the escaped text."""
    return "".join(inert(part.text) for part in cut_parts((Part(clean(text)),), limit, _size))


def spoken(text: str) -> str:
    """For the top-level `text`, which is read out and shows no marks."""
    return "".join(escape(part.text) for part in cut_parts((Part(clean(text)),), TEXT, _size))


def plain(text: str, limit: int) -> str:
    """Cleaned and cut for a `plain_text`, which Slack shows as it is."""
    return cut(text, limit, units)


def header(text: str) -> Block:
    """A heading of at most 150 characters."""
    return {"type": "header", "text": {"type": "plain_text", "text": plain(text, HEADER) or "-", "emoji": False}}


def section(text: str) -> Block:
    """A paragraph; {} if there is nothing to say."""
    return {"type": "section", "text": _mrkdwn(text)} if text else {}


def context(text: str) -> Block:
    """Small print; {} if there is nothing to say."""
    return {"type": "context", "elements": [_mrkdwn(text)]} if text else {}


def named(blocks: Iterable[Block], name: str) -> list[Block]:
    """Without empty ones, each with a block_id of its own: Slack wants new ones whenever a message is edited."""
    kept = [block for block in blocks if block]
    return [{**block, "block_id": f"{name[:200]}.{number}"} for number, block in enumerate(kept)] if name else kept


def linked(title: str, url: str, limit: int, *, bold: bool = False) -> str:
    """A headline, as a link if its address is one."""
    document = wording.reference(Citation(title, url, ""))
    label = escaped(document.title, limit)
    link = escape(document.url)
    # A link's label may not hold a bar: Slack reads what follows the last one.
    text = f"<{link}|{label.replace('|', '¦')}>" if link and len(link) <= LONGEST_LINK else label
    return f"*{text}*" if bold else text


def quoted(sentence: str, highlights: tuple[tuple[int, int], ...], limit: int) -> str:
    """The sentence as a quotation with its evidence in bold, or ""."""
    marks = [_whole_words(sentence, start, end) for start, end in highlights[:MOST_HIGHLIGHTS]]
    parts = cut_parts(highlighted(sentence, marks), limit, _size)
    text = "".join(_bold(inert(part.text)) if part.marked else inert(part.text) for part in parts).strip()
    return f"> {text}" if text else ""


def moment(rfc3339: str) -> str:
    """A time in the zone of whoever reads it, or "" if it is none; other readers get UTC."""
    try:
        at = datetime.fromisoformat(rfc3339)
        seconds = int(at.timestamp())
    except (ValueError, OverflowError, OSError):
        return ""
    if at.tzinfo is None or seconds < 0:
        return ""
    return f"<!date^{seconds}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M} UTC>"


def within(lines: Iterable[str], limit: int) -> list[str]:
    """The lines that fit whole."""
    kept: list[str] = []
    for line in lines:
        if not line:
            continue
        limit -= units(line) + 1
        if limit < 0:
            break
        kept.append(line)
    return kept


def _mrkdwn(text: str) -> Block:
    # Verbatim: Slack does not go looking for links, channels and names in it.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _whole_words(sentence: str, start: int, end: int) -> tuple[int, int]:
    """Slack makes nothing bold within a word: it would show the stars."""
    start, end = max(start, 0), min(end, len(sentence))
    first, last = start, end
    if start >= end:
        return start, end
    while start > 0 and sentence[start - 1].isalnum() and sentence[first].isalnum() and first - start < _LONGEST_WORD:
        start -= 1
    while (
        end < len(sentence) and sentence[end].isalnum() and sentence[last - 1].isalnum() and end < last + _LONGEST_WORD
    ):
        end += 1
    return start, end


def _size(text: str) -> int:
    return units(escape(text))


def _bold(text: str) -> str:
    inner = text.strip()
    # Blanks inside the stars would show the stars.
    return text.replace(inner, f"*{inner}*", 1) if inner else text
