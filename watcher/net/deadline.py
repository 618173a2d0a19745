"""The time that one request may take in all."""

from __future__ import annotations

from collections.abc import Callable

Clock = Callable[[], float]


class Deadline(float):
    """Seconds allowed for a request in all: connecting, TLS, headers, body, redirects and repeats together.

    It is a float because httpcore hands a request's timeout on to the network stream as it is: so a pooled connection
    is always held to the deadline of the request that uses it now. `clock` is monotonic, in seconds.
    """

    _clock: Clock
    expires_at: float

    def __new__(cls, seconds: float, clock: Clock) -> Deadline:
        self = super().__new__(cls, seconds)
        self._clock = clock
        self.expires_at = clock() + seconds
        return self

    def remaining(self) -> float:
        """Seconds left; 0 when the time is up."""
        return max(0.0, self.expires_at - self._clock())
