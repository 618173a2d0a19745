"""Secrets in channel options, as a channel that is built asks for them."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import SecretStr

from watcher.model.delivery import DeliveryError
from watcher.net import secret


class ChannelSetupError(DeliveryError):
    """The channel cannot work as it is set up; says which variable or option is missing or wrong. Permanent."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem, permanent=True)


def resolve(value: SecretStr, env: Mapping[str, str], option: str) -> str:
    """The secret itself. Raises ChannelSetupError naming the variable if an `env:NAME` is not set or is empty."""
    try:
        return secret.resolve(value, env, option)
    except secret.UnsetError as error:
        raise ChannelSetupError(str(error)) from None
