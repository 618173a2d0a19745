"""A subscription at a WebSub hub: a feed that is sent to us when it changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Standing(StrEnum):
    """Where a subscription stands: wanted (to be asked for), asked (the hub has to verify), active, denied."""

    WANTED = "wanted"
    ASKED = "asked"
    ACTIVE = "active"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One for each source whose feed names a hub.

    `token` is the last part of the callback's address, which nobody can guess; `secret` signs what the hub sends. Both
    are made by chance and stay out of the repr. `due_at` is when the hub is asked next: to subscribe, or to renew.
    `missed_at` is when a poll last found what the hub had not sent.
    """

    source_id: str
    hub: str
    topic: str
    token: str = field(repr=False)
    secret: str = field(repr=False)
    standing: Standing
    due_at: datetime
    lease_until: datetime | None = None
    failures: int = 0
    reason: str = ""
    last_push_at: datetime | None = None
    missed_at: datetime | None = None

    def delivers(self, now: datetime) -> bool:
        """Whether the hub has proved that it sends what is new, so that polling is only the safety net."""
        if self.standing is Standing.DENIED or self.lease_until is None or self.lease_until <= now:
            return False
        return self.last_push_at is not None and (self.missed_at is None or self.missed_at < self.last_push_at)
