"""Settings from the environment (prefix `WATCHER_`) and an optional `.env` file beside where the program starts.

Secrets come from here only. Each description is what `.env.example` and docs/configuration.md are checked against.
"""

from __future__ import annotations

import os
import re
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from watcher.model.errors import UserError
from watcher.net.proxy import read_proxy
from watcher.rulebook.durations import parse_duration

PREFIX = "WATCHER_"
Network = IPv4Network | IPv6Network


class Settings(BaseSettings):
    """All that an operator can set. Unknown `WATCHER_` variables are left alone: rules may refer to them by `env:`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    rules: Path = Field(
        default=Path("rules"), description="directory with sources.yaml, routes.yaml, lexicons/ and signals/"
    )
    data_dir: Path = Field(default=Path("data"), description="directory for the SQLite database and lock files")
    database_url: SecretStr = Field(
        default=SecretStr(""), description="postgresql://… or sqlite:///…; empty: in DATA_DIR"
    )
    log_format: Literal["json", "console"] = Field(
        default="console", description="json for machines, console for people"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="least level that is logged"
    )

    slack_bot_token: SecretStr = Field(default=SecretStr(""), description="xoxb-… token of the Slack app (chat:write)")
    slack_app_token: SecretStr = Field(
        default=SecretStr(""), description="xapp-… token for Socket Mode: buttons in Slack without a public address"
    )
    slack_signing_secret: SecretStr = Field(
        default=SecretStr(""), description="signing secret of the Slack app: buttons by requests to the web server"
    )
    slack_api_url: str = Field(default="https://slack.com/api/", description="base URL of the Slack Web API")

    smtp_host: str = Field(default="", description="mail server; e-mail channels need it")
    smtp_port: int | None = Field(
        default=None, ge=1, le=65535, description="empty: 465 for tls, 587 for starttls, 25 for none"
    )
    smtp_username: str = Field(default="", description="user name at the mail server, if it asks for one")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="password at the mail server")
    smtp_tls: Literal["none", "starttls", "tls"] = Field(
        default="starttls", description="how the connection is protected"
    )
    smtp_from: str = Field(default="signal-watch@localhost", description="sender of all mail")

    pagerduty_api_url: str = Field(
        default="https://events.pagerduty.com", description="base URL of the PagerDuty Events API"
    )

    pagerduty_webhook_secret: SecretStr = Field(
        default=SecretStr(""), description="signing secrets of PagerDuty's webhook subscriptions, comma-separated"
    )

    fetch_allow_private: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(),
        description="private networks that may be reached, comma-separated (10.1.0.0/16, 127.0.0.1); default none",
    )
    fetch_timeout: float = Field(
        default=30.0, gt=0, le=300, description="seconds that one request to a source may take in all"
    )
    fetch_concurrency: int = Field(default=32, ge=1, le=500, description="requests to sources under way at once")
    fetch_per_host: int = Field(default=2, ge=1, le=100, description="requests to one host under way at once")
    fetch_host_gap: float = Field(
        default=0.5,
        ge=0,
        le=3600,
        description="seconds between two requests to one host (not private ones)",
    )
    fetch_proxy: SecretStr = Field(
        default=SecretStr(""), description="proxy for all fetching, http://user:password@host:port; empty: none"
    )
    fetch_contact: str = Field(
        default="", description="URL or address in the user agent, so that publishers can reach you"
    )

    enrich_per_hour: int = Field(
        default=300,
        ge=0,
        le=10_000,
        description="articles fetched in an hour at most, of items that only half match; 0: none",
    )

    keep_documents: Annotated[timedelta | None, NoDecode] = Field(
        default=timedelta(days=400),
        description="how long documents are kept: 90d, 400d, or forever; those of a story with an alert stay",
    )
    keep_size: Annotated[int | None, NoDecode] = Field(
        default=None, description="size from which the oldest documents go: 500MB, 5GB; empty: any"
    )

    heartbeat_url: SecretStr = Field(
        default=SecretStr(""), description="address of an outside monitor, asked for while all is well; empty: none"
    )
    heartbeat_fail_url: SecretStr = Field(
        default=SecretStr(""), description="address that the monitor wants when something is amiss; empty: silence"
    )
    heartbeat_every: Annotated[timedelta, NoDecode] = Field(
        default=timedelta(minutes=1), description="how often the monitor hears of us: 30s, 1m, 5m"
    )

    web_bind: str = Field(
        default="", description="host:port of the web server: health page and what is sent to us; empty: none"
    )
    api_token: SecretStr = Field(
        default=SecretStr(""), description="bearer token of the web server's API for alerts; empty: there is none"
    )
    public_url: str = Field(
        default="", description="https address at which the web server is reached from outside; hubs need it"
    )

    @field_validator("fetch_allow_private", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        parts = [part.strip(" \"'") for part in value.strip("[] ").split(",")]
        try:
            return tuple(ip_network(part, strict=False) for part in parts if part)
        except ValueError:  # its own words would repeat the value
            raise ValueError("write networks or addresses, comma-separated: 10.1.0.0/16, 127.0.0.1") from None

    @field_validator("keep_documents", mode="before")
    @classmethod
    def _age(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return None if value.strip().lower() == "forever" else parse_duration(value)

    @field_validator("heartbeat_every", mode="before")
    @classmethod
    def _every(cls, value: object) -> object:
        return parse_duration(value) if isinstance(value, str) else value

    @field_validator("heartbeat_url", "heartbeat_fail_url")
    @classmethod
    def _monitor(cls, value: SecretStr) -> SecretStr:
        parts = urlsplit(value.get_secret_value())
        if value.get_secret_value() and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("write an http(s) address")
        return value

    @field_validator("keep_size", mode="before")
    @classmethod
    def _size(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        written = re.fullmatch(r"\s*([0-9]{1,6})\s*([MG]B)\s*", value, re.IGNORECASE | re.ASCII)
        if written is None:
            raise ValueError("write a size such as 500MB or 5GB")
        return int(written[1]) * {"MB": 10**6, "GB": 10**9}[written[2].upper()]

    @field_validator("fetch_proxy")
    @classmethod
    def _proxy(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value():
            read_proxy(value.get_secret_value())
        return value

    @field_validator("public_url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
            raise ValueError("write an address such as https://watch.example.org")
        return value.rstrip("/")

    @property
    def pagerduty_webhook_secrets(self) -> tuple[str, ...]:
        """One for each subscription; empty: nothing is taken from PagerDuty."""
        parts = (part.strip() for part in self.pagerduty_webhook_secret.get_secret_value().split(","))
        return tuple(part for part in parts if part)

    @property
    def resolved_database_url(self) -> str:
        """The database in use; holds a password perhaps, so never print it."""
        if url := self.database_url.get_secret_value():
            return url
        return f"sqlite:///{(self.data_dir / 'watcher.db').absolute()}"

    @property
    def has_database(self) -> bool:
        """Whether there is a database already, or one that the operator named."""
        return bool(self.database_url.get_secret_value()) or (self.data_dir / "watcher.db").exists()

    def secret_values(self) -> set[str]:
        """Every secret among the settings, for the redactor; of the database URL its password."""
        hidden = {value.get_secret_value() for _, value in self if isinstance(value, SecretStr)}
        for url in (self.database_url, self.fetch_proxy):
            password = urlsplit(url.get_secret_value()).password or ""
            hidden |= {password, unquote(password)}
        return (hidden | set(self.pagerduty_webhook_secrets)) - {""}

    @property
    def slack_interactive(self) -> bool:
        """Whether what is pressed in Slack can reach us: by Socket Mode, or by requests to the web server."""
        by_request = self.slack_signing_secret.get_secret_value().strip() and self.web_bind
        heard = self.slack_app_token.get_secret_value().strip() or by_request
        return bool(self.slack_bot_token.get_secret_value().strip() and heard)

    @property
    def resolved_smtp_port(self) -> int:
        """The port, or the usual one for the kind of protection."""
        return self.smtp_port or {"tls": 465, "starttls": 587, "none": 25}[self.smtp_tls]


class FixedSettings(Settings):
    """Settings that come from their arguments alone, so that nobody's environment sways the demo or a test."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def load_settings() -> Settings:
    """Read the settings; raise UserError naming the variable and what is wrong with it, never its value."""
    try:
        return Settings()
    except ValidationError as error:
        lines = []
        for detail in error.errors(include_input=False, include_url=False):
            name = PREFIX + "_".join(str(part) for part in detail["loc"]).upper()
            lines.append(f"{name}: {detail['msg'].removeprefix('Value error, ')}")
        raise UserError("; ".join(lines), "docs/configuration.md lists every setting with an example") from None


def make_data_dir(path: Path) -> None:
    """Create the data directory, or say in one line why not. Others may not read it: it holds secrets of hubs."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"cannot create {path}: {error.strerror}", "set WATCHER_DATA_DIR to a writable directory"
        ) from None


def load_environment() -> dict[str, str]:
    """What `env:NAME` in rules refers to: the environment, with `.env` behind it, also where a variable is empty."""
    values = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    return values | {name: value for name, value in os.environ.items() if value or name not in values}
