"""Message → title and text for services of which we know nothing. Pure: plain text, a few kB."""

from __future__ import annotations

import re
from dataclasses import dataclass

from watcher.delivery import listing, wording
from watcher.delivery.inert import clean, cut
from watcher.delivery.listing import Bounds
from watcher.model.delivery import Delivery, Message

MOST = 3_000
"""Characters. A service that takes fewer cuts the rest off, or sends several."""
_BOUNDS = Bounds(each=3, most=12, quote=0)
_MENTION = re.compile(r"@(?=\w)")


@dataclass(frozen=True, slots=True)
class Note:
    """What is shown. `kind` is how grave it looks there: info, success, warning or failure."""

    title: str
    text: str
    kind: str


def render(delivery: Delivery) -> Note:
    """The last line names the delivery, by which a person knows a repeat."""
    message = delivery.message
    listed = message.kind in listing.KINDS
    title = listing.title(message) if listed else f"{wording.label(message)} · {wording.signal_name(message)}"
    if message.kind == "status":
        lines = [wording.life(message)]
    elif message.kind == "notice":
        lines = [wording.reference(message.document).title, wording.sentence(message)]
    else:
        lines = _listed(message) if listed else _lines(message)
    text = defused(_bounded(lines))
    last = f"{wording.identifier(message.alert_id)} {wording.identifier(delivery.id)}".strip()
    return Note(cut(defused(title), 200), f"{text}\n[{defused(last)}]", _kind(message))


def _bounded(lines: list[str]) -> str:
    """As many of the lines as there is room for."""
    kept: list[str] = []
    left = MOST
    for line in filter(None, lines):
        if left < len(line):
            return "\n".join([*kept, "…"])
        kept.append(line)
        left -= len(line) + 1
    return "\n".join(kept)


def defused(text: str) -> str:
    """Nothing in it that a service could take for a mention, a link with another face, or markup."""
    plain = text.replace("<", "‹").replace(">", "›").replace("](", "] (")
    return _MENTION.sub("@ ", plain)


def _lines(message: Message) -> list[str]:
    document = wording.reference(message.document)
    sentence = cut(wording.sentence(message), 600)
    facts = (f"score {message.score}", wording.corroboration(message), wording.assertion(message), document.publisher)
    return [
        document.title,
        f"“{sentence}”" if sentence else "",
        " · ".join(fact for fact in facts if fact),
        document.url,
        *(f"+ {other.publisher}: {other.title} {other.url}".rstrip() for other in wording.others(message)[:3]),
        *wording.reasons(message),
    ]


def _listed(message: Message) -> list[str]:
    lines = [listing.because(message)]
    shown = listing.sections(message, _BOUNDS)
    for section in shown:
        lines.append(f"{section.signal} ({section.total})")
        lines += [f"- {line.label} {line.document.title} {line.document.url}".rstrip() for line in section.lines]
        lines += [f"  and {section.more} more"] if section.more else []
    return [*lines, listing.left_out(message, shown)]


def _kind(message: Message) -> str:
    if message.kind == "status" and message.status in {"resolved", "expired"}:
        return "success"
    return {"critical": "failure", "high": "failure", "medium": "warning"}.get(clean(message.severity), "info")
