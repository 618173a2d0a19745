"""`--name=value` on the command line of `python -m benchmarks`."""

from __future__ import annotations

import sys


def option(name: str, default: str = "") -> str:
    """The value given last, or the default."""
    start = f"--{name}="
    return next((word.removeprefix(start) for word in reversed(sys.argv) if word.startswith(start)), default)


def flag(name: str) -> bool:
    """Whether `--name` is there."""
    return f"--{name}" in sys.argv


def names() -> list[str]:
    """What is not an option."""
    return [word for word in sys.argv[1:] if not word.startswith("--")]
