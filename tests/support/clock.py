"""A monotonic clock that only the test moves."""

from __future__ import annotations


class ManualClock:
    """Give `clock.read` where a monotonic clock in seconds is wanted."""

    def __init__(self, seconds: float = 1000.0) -> None:
        self.seconds = seconds

    def read(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        self.seconds += seconds
