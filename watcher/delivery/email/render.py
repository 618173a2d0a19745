"""Message → mail. Pure; text from outside cannot add a header, a tag or an address."""

from __future__ import annotations

from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from watcher.delivery import listing, wording
from watcher.delivery.email import pages
from watcher.delivery.email.mime import Content, build
from watcher.delivery.inert import cut
from watcher.delivery.listing import Bounds
from watcher.model.delivery import Delivery, Message

SUBJECT = 150
MOST_BYTES = 95_000
"""Gmail shows about 102 kB of a mail and hides the rest."""

BOUNDS = (Bounds(), Bounds(4, 24), Bounds(3, 16, 200), Bounds(2, 10, 160), Bounds(1, 6, 120), Bounds(1, 3, 80))
"""A digest is listed within the first of these with which the mail stays below MOST_BYTES."""

_PAGES = {"digest": "digest", "summary": "digest", "notice": "notice", "status": "status"}
_BEFORE = {"test": "Test: ", "escalation": "Nobody has taken it: "}
_TEMPLATES = Environment(
    loader=PackageLoader("watcher.delivery.email", "templates"),
    autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def render(
    delivery: Delivery,
    sender: str,
    recipient: str,
    at: datetime,
    unsubscribe: str | None = None,
    timezone: str = "UTC",
) -> bytes:
    """The mail as it goes over the wire (CRLF, ASCII), below MOST_BYTES. `at` is the time of this attempt.

    Times are told by the clock in `timezone` (IANA name) and in UTC. `unsubscribe` is an address that takes a POST.
    """
    mail = b""
    for bounds in BOUNDS:
        said = content(delivery.message, unsubscribe, timezone, bounds)
        mail = build(delivery, said, sender, recipient, at, unsubscribe)
        if len(mail) < MOST_BYTES:
            break
    return mail


def content(message: Message, unsubscribe: str | None, timezone: str, bounds: Bounds = BOUNDS[0]) -> Content:
    """Subject, text part and page."""
    page = _PAGES.get(message.kind, "alert")
    listed = message.kind in listing.KINDS
    shown = pages.digest(message, timezone, bounds) if listed else pages.alert(message, timezone)
    shown |= {"subject": subject(message), "unsubscribe": unsubscribe or ""}
    text, html = (_TEMPLATES.get_template(f"{page}.{form}.j2").render(shown) for form in ("txt", "html"))
    return Content(subject(message), text, html)


def subject(message: Message) -> str:
    """The same for an alert and its updates (mail programs thread by it), so severity and score stay out of it.

    An escalation says that it is one: whoever gets it has perhaps never seen the alert.
    """
    if message.kind in listing.KINDS:
        told = f"{listing.title(message)}: {listing.strongest(message)}" if message.items else listing.title(message)
        return cut(told, SUBJECT)
    if message.kind == "notice":
        return cut(f"[{wording.signal_name(message)}] {wording.reference(message.document).title}", SUBJECT)
    told = message.alert_title or f"alert {message.alert_id}"
    before = _BEFORE.get(message.kind, "")
    return before + cut(f"[{wording.signal_name(message)}] {cut(told, SUBJECT)}", SUBJECT - len(before))
