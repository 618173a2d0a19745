"""Secrets in the options of channels and sources: written as they are, or better as `env:NAME`."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import SecretStr

ENV = "env:"


class UnsetError(Exception):
    """An option refers to a variable that is not set; the text names both, and no value."""


def is_reference(value: SecretStr) -> bool:
    """Whether it is `env:NAME`, to be looked up when it is needed."""
    return value.get_secret_value().startswith(ENV)


def resolve(value: SecretStr, env: Mapping[str, str], option: str) -> str:
    """The secret itself. Raises UnsetError if an `env:NAME` is not set or is empty."""
    text = value.get_secret_value()
    if not text.startswith(ENV):
        return text
    name = text.removeprefix(ENV)
    found = env.get(name, "").strip()
    if not found:
        raise UnsetError(f"{option} is env:{name}, but the variable {name} is not set")
    return found
