"""What routes.yaml says about an e-mail channel."""

from __future__ import annotations

import re

from pydantic import Field, field_validator

from watcher.delivery.inert import safe_link
from watcher.delivery.kind import ChannelOptions

_LOCAL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
_DOMAIN = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
_ADDRESS = re.compile(f"{_LOCAL}@{_DOMAIN}")


class EmailOptions(ChannelOptions):
    """`to` are plain addresses; `sender` replaces WATCHER_SMTP_FROM for this channel.

    `unsubscribe` is an https address that takes a POST (RFC 8058), where the desk has one.
    """

    to: tuple[str, ...] = Field(min_length=1, max_length=100)
    sender: str | None = None
    unsubscribe: str | None = None

    @field_validator("to", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("to")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for address in value:
            if not is_address(address):
                raise ValueError(f"not a plain e-mail address (name@example.org): {address[:80]!r}")
        if len({address.lower() for address in value}) < len(value):
            raise ValueError("a recipient is listed twice")
        return value

    @field_validator("sender")
    @classmethod
    def _sender_address(cls, value: str | None) -> str | None:
        if value is not None and not is_address(value):
            raise ValueError("sender must be a plain e-mail address (name@example.org)")
        return value

    @field_validator("unsubscribe")
    @classmethod
    def _unsubscribe_link(cls, value: str | None) -> str | None:
        if value is not None and not (value.startswith("https://") and safe_link(value)):
            raise ValueError("unsubscribe must be an https:// address")
        return value


def is_address(text: str) -> bool:
    """Whether it is an ASCII addr-spec without quotes, comments or a display name (a part of RFC 5322 3.4.1)."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None
