"""What the pure and the patient code is given instead of reaching for the world: time, chance, identifiers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

NewId = Callable[[], str]
"""A fresh identifier, unlike any before."""

Chance = Callable[[], float]
"""A number in [0, 1), for jitter."""


class Clock(Protocol):
    """Wall time in UTC for records, monotonic seconds for waiting."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...
