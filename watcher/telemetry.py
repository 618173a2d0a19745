"""Logs: one event name per fact, JSON or console, on standard error, and never a secret in them.

Everything that any library logs goes through the same processors, so redaction has one place: `Redactor`.
"""

from __future__ import annotations

import base64
import json
import logging
import re
import sys
from collections.abc import Iterable, MutableMapping
from typing import Literal, TextIO
from urllib.parse import quote, quote_plus

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from watcher.model.masking import MASK, without_login

# Libraries that log full URLs or payloads below this level.
CHATTY = (
    "httpx",
    "httpcore",
    "slack_sdk",
    "aiosmtplib",
    "apscheduler",
    "aiohttp",
    "aiosqlite",
    "alembic",
    "asyncio",
    "trafilatura",
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


SHORTEST = 4
"""Characters of a secret: a shorter one would mask ordinary words."""


def _forms(secret: str) -> set[str]:
    """The secret as it is, quoted for URLs, escaped as in JSON and in reprs, and in base64 wherever it starts there."""
    raw = secret.encode("utf-8", "surrogatepass")
    quoted = {quote(raw, safe=""), quote(raw, safe="/"), quote_plus(raw)}
    escaped = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1]}
    encoded = set()
    for shift, undecided in ((0, 0), (1, 2), (2, 3)):
        whole = base64.b64encode(b"\0" * shift + raw).decode()[undecided : (shift + len(raw)) * 8 // 6]
        encoded |= {whole, whole.replace("+", "-").replace("/", "_")}
    return {secret} | quoted | escaped | {form for form in encoded if len(form) > SHORTEST}


class Redactor:
    """A structlog processor that masks known secrets, in the forms in which they get about, and user-info in URLs."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Learn secrets; those shorter than SHORTEST are left out."""
        for secret in secrets:
            if len(secret) >= SHORTEST:
                self._secrets |= _forms(secret)
        longest_first = sorted(self._secrets, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def text(self, text: str) -> str:
        """The text without secrets and with control characters shown as `?`, so that it cannot steer a terminal."""
        if self._pattern:
            text = self._pattern.sub(MASK, text)
        return _CONTROL.sub("?", without_login(text))

    def clean(self, value: object) -> object:
        """Any value that is logged, cleaned as deep as it goes."""
        if isinstance(value, str):
            return self.text(value)
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, MutableMapping):
            return {str(self.clean(str(key))): self.clean(item) for key, item in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.clean(item) for item in value]
        return self.text(str(value))

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {key: self.clean(value) for key, value in event.items() if not key.startswith("_")} | {
            key: value for key, value in event.items() if key.startswith("_")
        }


def configure(
    log_format: Literal["json", "console"], level: str, redactor: Redactor, stream: TextIO | None = None
) -> None:
    """Set structlog and the standard library's logging up; call once, in the composition root or a face."""
    stream = stream or sys.stderr
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before,
        processors=[redactor, structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # A job that is still running when it is due again is made up for; its scheduler would warn each time.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *before,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
