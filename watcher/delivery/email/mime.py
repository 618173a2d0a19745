"""A mail as bytes: headers that machines read, two parts, nothing drawn at random. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Literal

from watcher.model.delivery import Delivery

_FOLD = "\r\n "
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ONCE = frozenset({"alert", "test", "notice"})
"""Kinds that open a conversation; all others about an alert answer its first mail."""


@dataclass(frozen=True, slots=True)
class Content:
    """What the mail says: in the subject, as text, and as a page."""

    subject: str
    text: str
    page: str


class _MailPolicy(EmailPolicy):
    """SMTP's line ends, and ids and addresses left whole: the standard library would encode a long one as a word."""

    _WHOLE = frozenset({"message-id", "in-reply-to", "references", "list-id", "list-unsubscribe"})

    def fold_binary(self, name: str, value: str) -> bytes:
        """As the base class does, except for those headers: they break at blanks only."""
        if name.lower() in self._WHOLE:
            return f"{name}: {_FOLD.join(value.split(' '))}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _MailPolicy(linesep="\r\n")


def build(
    delivery: Delivery, content: Content, sender: str, recipient: str, at: datetime, unsubscribe: str | None = None
) -> bytes:
    """The mail as it goes over the wire (CRLF, ASCII). `at` is the time of this attempt, with a time zone."""
    domain = sender.rpartition("@")[2]
    mail = EmailMessage(policy=_POLICY)
    mail["Date"] = format_datetime(at)
    mail["From"] = f"Signal Watch <{sender}>"
    mail["To"] = recipient
    mail["Subject"] = content.subject
    mail["Message-ID"] = message_id(delivery.id, domain)
    for name, value in _thread_headers(delivery, domain):
        mail[name] = value
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["List-Id"] = f"<{_token(delivery.channel).lower()}.signal-watch.{domain}>"
    if unsubscribe:
        mail["List-Unsubscribe"] = f"<{unsubscribe}>"
        if unsubscribe.startswith("https://"):  # RFC 8058 asks for it
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(content.text, cte=_encoding(content.text))
    mail.add_alternative(content.page, subtype="html", cte=_encoding(content.page))
    # The standard library draws the boundary at random; a repeat should be the same mail.
    mail.set_boundary(f"=_{hashlib.sha256(delivery.id.encode('utf-8', 'replace')).hexdigest()[:32]}")
    return mail.as_bytes()


def message_id(delivery_id: str, domain: str) -> str:
    """The delivery's id at the sender's domain: a repeat carries the same one."""
    return f"<{_token(delivery_id)}@{domain}>"


def thread_id(alert_id: str, domain: str) -> str:
    """A root that no mail has: all mails of one alert refer to it, so they hang together whatever was lost."""
    return f"<alert.{_token(alert_id)}@{domain}>"


def _thread_headers(delivery: Delivery, domain: str) -> list[tuple[str, str]]:
    if not delivery.message.alert_id:
        return []
    root = thread_id(delivery.message.alert_id, domain)
    if delivery.message.kind in _ONCE:
        return [("References", root)]
    first = delivery.thread if delivery.thread and re.fullmatch(r"<[\w.-]+@[\w.-]+>", delivery.thread) else None
    return [("In-Reply-To", first or root), ("References", f"{root} {first}" if first else root)]


def _token(text: str) -> str:
    """`text` if it may stand in a Message-ID as it is, else its hash."""
    return text if _TOKEN.fullmatch(text) else hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:40]


def _encoding(text: str) -> Literal["base64", "quoted-printable"]:
    """The shorter one: base64 takes 4/3 of all bytes, the other 3 for each byte beyond ASCII."""
    size = len(text.encode())
    beyond = size - sum(character.isascii() for character in text)
    return "base64" if 5 * beyond > size else "quoted-printable"
