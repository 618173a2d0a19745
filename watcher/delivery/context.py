"""What the process knows and the rules do not say: tokens, servers, networks, the terminal, the clock."""

from __future__ import annotations

import ssl
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network
from typing import Literal, TextIO

from pydantic import SecretStr


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class ChannelContext:
    """Given to every `ChannelKind.build`; its repr shows no secret.

    `env` answers `env:NAME` references. `slack_interactive`: somebody listens when a button is pressed in Slack.
    `allow_private` are the networks that a webhook may reach although they are private. `patience` is the most seconds
    that one request may take. `proxy` is used for Slack and PagerDuty.
    `smtp_port` None is the usual one of the TLS mode. `public_url` is where links to our own web server lead, "" if
    nobody can follow them; `link_key` signs them.
    """

    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    slack_bot_token: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"
    slack_interactive: bool = False
    smtp_host: str = ""
    smtp_port: int | None = None
    smtp_username: str = ""
    smtp_password: SecretStr | None = None
    smtp_tls: Literal["none", "starttls", "tls"] = "starttls"
    smtp_from: str = ""
    smtp_tls_context: ssl.SSLContext | None = field(default=None, repr=False)
    public_url: str = ""
    link_key: SecretStr | None = None
    pagerduty_api_url: str = "https://events.pagerduty.com"
    allow_private: tuple[IPv4Network | IPv6Network, ...] = ()
    patience: float = 15.0
    proxy: str | None = field(default=None, repr=False)
    console: TextIO = field(default_factory=lambda: sys.stdout, repr=False)
    now: Callable[[], datetime] = field(default=_utc_now, repr=False)
