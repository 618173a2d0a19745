"""What routes.yaml says about a webhook."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from watcher.delivery.kind import ChannelOptions
from watcher.delivery.webhook.signing import SecretError, key_of
from watcher.net.secret import is_reference


class WebhookOptions(ChannelOptions):
    """`url` may itself be a secret; `secret` signs, several of them while they are rotated; both may be `env:NAME`.

    Without a secret nothing is signed.
    """

    url: SecretStr = Field(json_schema_extra={"secret": True})
    secret: tuple[SecretStr, ...] = Field(default=(), max_length=5, json_schema_extra={"secret": True})

    @field_validator("url")
    @classmethod
    def _http(cls, value: SecretStr) -> SecretStr:
        if not is_reference(value) and not host_of(value.get_secret_value()):
            raise ValueError("url must be an http(s) address without user name and password, or env:NAME")
        return value

    @field_validator("secret", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("secret")
    @classmethod
    def _keys(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for secret in value:
            if not is_reference(secret):
                try:
                    key_of(secret.get_secret_value())
                except SecretError as error:
                    raise ValueError(f"{error}, or env:NAME") from None
        return value


def host_of(url: str) -> str:
    """The host of an http(s) URL that may be posted to, else ""."""
    try:
        address = urlsplit(url)
        host, _port = address.hostname, address.port
    except ValueError:
        return ""
    fine = address.scheme in {"http", "https"} and host and "@" not in address.netloc and url.isprintable()
    return host if fine and host and " " not in url else ""
