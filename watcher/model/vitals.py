"""How the watcher itself is doing: what was found, and what each check says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from watcher.model.signal import Severity


@dataclass(frozen=True, slots=True)
class Vitals:
    """What was found. `waiting` and `orphaned` are open deliveries by channel: how many, and since when the oldest.

    `polled_at` is the last poll of any source that succeeded (None: there is none to poll), `stalled_for` how long the
    document at the head of the queue has been there, `late` how long each job has been overdue. The disk is that of the
    data directory, in bytes.
    """

    dead: Mapping[str, int] = field(default_factory=dict)
    waiting: Mapping[str, tuple[int, datetime]] = field(default_factory=dict)
    orphaned: Mapping[str, int] = field(default_factory=dict)
    polled_at: datetime | None = None
    stalled_for: timedelta = timedelta(0)
    set_aside: int = 0
    late: Mapping[str, timedelta] = field(default_factory=dict)
    disk_free: int = 0
    disk_total: int = 0
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `state` names how it stands: "" is well, and another one is news. `vital`: without it nothing works.

    `channels` are those that a notice about it must not go through.
    """

    name: str
    text: str
    state: str = ""
    severity: Severity = Severity.HIGH
    vital: bool = False
    channels: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether all is well."""
        return not self.state
