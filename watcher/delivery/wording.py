"""What every channel kind says about an alert, in the same words: plain, cleaned, bounded."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.delivery.inert import clean, cut, highlighted, safe_link
from watcher.model.delivery import Citation, Item, Message
from watcher.model.match import LedgerEntry

MOST_OTHERS = 5
MOST_REASONS = 4
MOST_LEDGER = 8
BEFORE = {"update": "UPDATE · ", "test": "TEST · ", "notice": "NOTICE · ", "escalation": "ESCALATION · "}
"""What stands before the severity, by kind of message."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One document as it is shown; `url` is safe to link, or ""."""

    title: str
    url: str
    publisher: str
    published_at: str


def reference(citation: Citation) -> Reference:
    """A citation made inert."""
    return Reference(
        title=cut(citation.title, 300) or "(no headline)",
        url=safe_link(citation.url),
        publisher=cut(citation.publisher, 80),
        published_at=cut(citation.published_at or "", 40),
    )


def others(message: Message) -> tuple[Reference, ...]:
    """The first few further reports."""
    return tuple(reference(citation) for citation in message.others[:MOST_OTHERS])


def more_others(message: Message) -> str:
    """ "and 3 more", or "" if all are shown."""
    left = len(message.others) - MOST_OTHERS
    return f"and {left} more" if left > 0 else ""


def label(message: Message | Item) -> str:
    """ "CRITICAL", with a word before it when this is not the first telling."""
    severity = cut(message.severity, 20).upper() or "LOW"
    if isinstance(message, Message) and message.kind == "status":
        return f"{cut(message.status, 20).upper()} · {severity}"
    return BEFORE.get(message.kind, "") + severity


def late(message: Message) -> str:
    """ "told late: 26 hours old", or "": said where a message left much later than it was written."""
    return f"told late: {cut(message.late, 20)} old" if message.late else ""


def signal_name(message: Message | Item) -> str:
    """What the desk calls the signal."""
    return cut(message.signal_title, 120) or cut(message.signal_id, 120)


def summary(message: Message) -> str:
    """One line that says it all: for notifications, screen readers, pagers and logs."""
    document = reference(message.document)
    before = f"{late(message)} — " if message.late else ""
    if message.kind == "notice":
        return f"{before}{label(message)}: {document.title}"
    parts = [f"{before}{label(message)}: {signal_name(message)}", document.title]
    told_by = f"{document.publisher}, " if document.publisher else ""
    return " — ".join(parts) + f" ({told_by}score {message.score}, {assertion(message)})"


def life(message: Message) -> str:
    """One line on what a person did with the alert: "ACKNOWLEDGED: Ada has it until … — headline (alert alr_…)"."""
    document = reference(message.document)
    done = "; ".join(reasons(message))  # that it is told late is among them
    return f"{cut(message.status, 20).upper()}: {done} — {document.title} (alert {identifier(message.alert_id)})"


def assertion(message: Message | Item) -> str:
    """How the text states the development, in one word."""
    return cut(message.assertion, 20)


def identifier(text: str) -> str:
    """An id of the alert, story or signal as it is shown."""
    return cut(text, 80)


def corroboration(message: Message | Item) -> str:
    """ "3 publishers" in words."""
    return "1 publisher" if message.publishers == 1 else f"{message.publishers} publishers"


def ledger_entries(message: Message) -> tuple[LedgerEntry, ...]:
    """The first reasons; the others are summed up in one, so that it still adds up to the score."""
    shown = MOST_LEDGER if len(message.ledger) <= MOST_LEDGER else MOST_LEDGER - 1
    entries = [LedgerEntry(cut(entry.reason, 80), entry.points) for entry in message.ledger[:shown]]
    rest = message.ledger[shown:]
    if rest:
        entries.append(LedgerEntry(f"{len(rest)} further reasons", sum(entry.points for entry in rest)))
    return tuple(entries)


def ledger(message: Message) -> tuple[str, ...]:
    """ "+40 pattern held" for each entry."""
    return tuple(f"{entry.points:+d} {entry.reason}" for entry in ledger_entries(message))


def reasons(message: Message) -> tuple[str, ...]:
    """Why it speaks, and why again; that it is told late comes first."""
    told = tuple(cut(reason, 200) for reason in message.reasons[:MOST_REASONS])
    return (late(message), *told) if message.late else told


def sentence(message: Message) -> str:
    """The quoted sentence without its marks."""
    return clean("".join(part.text for part in highlighted(message.sentence, message.highlights)))
