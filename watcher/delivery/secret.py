"""Secrets in channel options: written as they are, or better as `env:NAME`."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import SecretStr

from watcher.model.delivery import DeliveryError

ENV = "env:"


class ChannelSetupError(DeliveryError):
    """The channel cannot work as it is set up; says which variable or option is missing or wrong. Permanent."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem, permanent=True)


def is_reference(value: SecretStr) -> bool:
    """Whether it is `env:NAME`, to be looked up when the channel is built."""
    return value.get_secret_value().startswith(ENV)


def resolve(value: SecretStr, env: Mapping[str, str], option: str) -> str:
    """The secret itself. Raises ChannelSetupError naming the variable if an `env:NAME` is not set or is empty."""
    text = value.get_secret_value()
    if not text.startswith(ENV):
        return text
    name = text.removeprefix(ENV)
    found = env.get(name, "").strip()
    if not found:
        raise ChannelSetupError(f"{option} is env:{name}, but the variable {name} is not set")
    return found
