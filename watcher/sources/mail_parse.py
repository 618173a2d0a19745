"""A mail to what it says: subject, sender, text, the page that shows it. Runs in the sandbox, because a hostile mail
can keep the standard library's parser busy for minutes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import parseaddr

from watcher.sources.links import absolute_url
from watcher.sources.sandbox import Json
from watcher.sources.text import html_to_text, tidy

MAX_PARTS = 100
MAX_DEPTH = 20
"""Parts of a mail that are looked at, and how deep they may be nested."""

_LONGEST_HEADER = 2_000
_MAX_CHARS = 2_000_000
_LINK = re.compile(r"<a\b[^<>]{0,2000}?\bhref\s*=\s*[\"']?([^\"'\s<>]{1,2000})[^<>]{0,2000}>", re.IGNORECASE)
_LABEL = 400
_BROWSER = re.compile(
    r"\b(?:view|read|open|see)\b.{0,30}\b(?:in|on)\b.{0,12}\b(?:browser|web)\b|\b(?:view|read)\b.{0,20}\bonline\b"
    r"|\bweb(?:-|\s)?version\b|\bim browser\b|\bonline(?:-|\s)?(?:version|ansehen)\b|\bdans (?:le|votre) navigateur\b"
    r"|\bversion en ligne\b|\ben (?:el|tu|su) navegador\b|\btarayıcı\w*\b|в браузере|في المتصفح|در مرورگر",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"<html\b[^<>]{0,500}?\blang\s*=\s*[\"']?([A-Za-z-]{2,20})", re.IGNORECASE)
_HEADERS = ("subject", "message-id", "date", "content-language")


def read_mail(body: bytes, options: Mapping[str, str | None]) -> Json:
    """Read one mail. `options` are not used: a mail says all itself."""
    message = message_from_bytes(body, policy=default)
    html = plain = ""
    for part in _texts(message):
        content = _content(part)
        if part.get_content_type() == "text/html":
            html = html or content
        else:
            plain = plain or content
    text = html_to_text(html) or tidy(plain)
    found: dict[str, Json] = {name: _header(message, name) for name in _HEADERS}
    language = _LANGUAGE.search(html[:20_000])
    if language and not found["content-language"]:
        found["content-language"] = language.group(1)
    return found | {"from": _sender(message), "url": _shown_at(message, html), "text": text}


def _texts(message: Message) -> Iterator[Message]:
    """The parts with text in them, in their order, attachments left out."""
    stack: list[tuple[Message, int]] = [(message, 0)]
    seen = 0
    while stack and seen < MAX_PARTS:
        part, depth = stack.pop()
        seen += 1
        payload = part.get_payload()
        if isinstance(payload, list):
            if depth < MAX_DEPTH:
                stack.extend((each, depth + 1) for each in reversed(payload[:MAX_PARTS]) if isinstance(each, Message))
        elif part.get_content_type() in ("text/html", "text/plain") and not _attached(part):
            yield part


def _attached(part: Message) -> bool:
    try:
        return part.get_content_disposition() == "attachment"
    except (ValueError, IndexError, AttributeError):  # faults of the standard library's header parser
        return False


def _content(part: Message) -> str:
    try:
        content = part.get_content() if isinstance(part, EmailMessage) else None
    except Exception:  # an unknown charset, broken base64: what can be read of it is better than nothing
        content = None
    if isinstance(content, str):
        return content[:_MAX_CHARS]
    raw = part.get_payload(decode=True)
    return raw.decode("utf-8", "replace")[:_MAX_CHARS] if isinstance(raw, bytes) else ""


def _header(message: Message, name: str) -> str:
    """The header's text on one line; "" if it is missing or beyond reading."""
    try:
        value = str(message[name] or "")
    except Exception:  # see _attached: hostile headers raise nearly anything
        return ""
    return " ".join(value[:_LONGEST_HEADER].split())


def _sender(message: Message) -> str:
    address = parseaddr(_header(message, "from"))[1]
    return address.lower() if address.count("@") == 1 and len(address) <= 254 else ""


def _shown_at(message: Message, html: str) -> str:
    """Where the mail is on the web: as its headers say (RFC 5064, RFC 2369), else where a link of its own leads."""
    for name in ("archived-at", "list-post"):
        for candidate in re.findall(r"<([^<>]{1,2000})>", _header(message, name)):
            if url := absolute_url(candidate, ""):
                return url
    for found in _LINK.finditer(html[:200_000]):
        label = html[found.end() : found.end() + _LABEL].partition("</a>")[0]
        if _BROWSER.search(html_to_text(label)) and (url := absolute_url(found.group(1).replace("&amp;", "&"), "")):
            return url
    return ""
