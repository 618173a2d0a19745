"""What people do with an alert once it has been told, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from watcher.model.alert import Alert


class Verb(StrEnum):
    """What a person, or an on-call service for them, can do with an alert."""

    ACKNOWLEDGE = "acknowledge"
    SNOOZE = "snooze"
    RESOLVE = "resolve"
    REOPEN = "reopen"


class Feedback(StrEnum):
    """What a person says of an alert as evidence about its signal. The latter two also resolve it."""

    RELEVANT = "relevant"
    NOT_RELEVANT = "not-relevant"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: `name` as the place knows them ("ada", "U024BE7LH"), `via` the place (cli, slack, pagerduty)."""

    name: str
    via: str


@dataclass(frozen=True, slots=True)
class Act:
    """One thing done to one alert.

    `until` is when an acknowledgement runs out (None: after the usual time) or a snooze ends (needed). `external_id`
    is the place's own name for the event: the same one twice counts once. `note` is free text. `where` is what the
    place calls the part of it in which it was done (a service of PagerDuty), "" if it has none.
    """

    verb: Verb
    actor: Actor
    at: datetime
    until: datetime | None = None
    note: str = ""
    external_id: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class LifeChange:
    """The alert afterwards; `kind` names the event ("acknowledged", "reopened" …), "" if nothing changed.

    `reasons` are sentences for people, also for why nothing changed.
    """

    alert: Alert
    kind: str
    reasons: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """Whether there is anything to keep and to tell."""
        return bool(self.kind)
