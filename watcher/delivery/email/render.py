"""Message → RFC 5322 mail. Pure; text from outside cannot add a header, a tag or an address."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from watcher.delivery import wording
from watcher.delivery.inert import cut, cut_parts, highlighted
from watcher.model.delivery import Delivery, Message

SUBJECT = 150
_FOLD = "\r\n "
_COLOURS = {"low": "#3a6ea5", "medium": "#8a6d00", "high": "#b54708", "critical": "#b3261e"}
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TEMPLATES = Environment(
    loader=PackageLoader("watcher.delivery.email", "templates"),
    autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


class _MailPolicy(EmailPolicy):
    """SMTP's line ends, and ids and addresses left whole: the standard library would encode a long one as a word."""

    _WHOLE = frozenset({"message-id", "in-reply-to", "references", "list-id", "list-unsubscribe"})

    def fold_binary(self, name: str, value: str) -> bytes:
        """As the base class does, except for those headers: they break at blanks only."""
        if name.lower() in self._WHOLE:
            return f"{name}: {_FOLD.join(value.split(' '))}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _MailPolicy(linesep="\r\n")


def render(delivery: Delivery, sender: str, recipient: str, at: datetime, unsubscribe: str | None = None) -> bytes:
    """The mail as it goes over the wire (CRLF, ASCII). `at` is the time of this attempt, with a time zone."""
    message = delivery.message
    domain = sender.rpartition("@")[2]
    mail = EmailMessage(policy=_POLICY)
    mail["Date"] = format_datetime(at)
    mail["From"] = f"Signal Watch <{sender}>"
    mail["To"] = recipient
    mail["Subject"] = subject(message)
    mail["Message-ID"] = message_id(delivery.id, domain)
    for name, value in _thread_headers(delivery, domain):
        mail[name] = value
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["List-Id"] = f"<{_token(delivery.channel).lower()}.signal-watch.{domain}>"
    if unsubscribe:
        mail["List-Unsubscribe"] = f"<{unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    shown = _shown(message)
    mail.set_content(_TEMPLATES.get_template("alert.txt.j2").render(shown), cte="quoted-printable")
    html = _TEMPLATES.get_template("alert.html.j2").render(shown)
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    _settle_boundary(mail, delivery.id)
    return mail.as_bytes()


def subject(message: Message) -> str:
    """The same for every mail about an alert (mail programs thread by it), so severity and score stay out of it."""
    told = message.alert_title or f"alert {message.alert_id}"
    text = cut(f"[{wording.signal_name(message)}] {cut(told, SUBJECT)}", SUBJECT)
    return f"Test: {text}" if message.kind == "test" else text


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
    if delivery.message.kind != "update":
        return [("References", root)]
    first = delivery.thread if delivery.thread and re.fullmatch(r"<[\w.-]+@[\w.-]+>", delivery.thread) else None
    return [("In-Reply-To", first or root), ("References", f"{root} {first}" if first else root)]


def _token(text: str) -> str:
    """`text` if it may stand in a Message-ID as it is, else its hash."""
    return text if _TOKEN.fullmatch(text) else hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:40]


def _settle_boundary(mail: EmailMessage, delivery_id: str) -> None:
    # The standard library draws it at random; a repeat should be the same mail.
    digest = hashlib.sha256(delivery_id.encode("utf-8", "replace")).hexdigest()[:32]
    mail.set_boundary(f"=_{digest}")


def _shown(message: Message) -> dict[str, object]:
    document = wording.reference(message.document)
    language = message.language if re.fullmatch(r"[A-Za-z]{2,3}", message.language) else "en"
    return {
        "label": wording.label(message),
        "signal": wording.signal_name(message),
        "document": document,
        "origin": " · ".join(part for part in (document.publisher, document.published_at) if part),
        "quote": cut_parts(highlighted(message.sentence, message.highlights), 1_000),
        "score": message.score,
        "assertion": wording.assertion(message),
        "corroboration": wording.corroboration(message),
        "ledger": wording.ledger(message),
        "reasons": wording.reasons(message),
        "others": wording.others(message),
        "more": wording.more_others(message),
        "signal_id": wording.identifier(message.signal_id),
        "alert_id": wording.identifier(message.alert_id),
        "colour": _COLOURS.get(message.severity, "#5f6368"),
        "language": language,
    }
