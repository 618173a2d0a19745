"""Durations as people write them: `30s`, `5m`, `2h`, `7d`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

PATTERN: Final = r"^[0-9]{1,6}[smhd]$"
_FORM: Final = re.compile(r"([0-9]{1,6})([smhd])", re.ASCII)
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
ADVICE: Final = "write a duration such as 30s, 5m, 2h or 7d"


def parse_duration(text: str) -> timedelta:
    """`text` as a span of time. Raises ValueError with advice."""
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise ValueError(ADVICE)
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def show_duration(span: timedelta) -> str:
    """The shortest form of a span of whole seconds: 300 s is `5m`."""
    seconds = int(span.total_seconds())
    for unit in "dhm":
        if seconds and seconds % _UNITS[unit] == 0:
            return f"{seconds // _UNITS[unit]}{unit}"
    return f"{seconds}s"
