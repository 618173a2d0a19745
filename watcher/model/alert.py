"""Alerts, who mutes them, and where they go."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

from watcher.model.match import Assertion
from watcher.model.signal import Severity


class AlertStatus(StrEnum):
    """Open until a person takes it (acknowledged), puts it off (snoozed) or ends it (resolved).

    An open one of which nothing more comes for long has expired.
    """

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    EXPIRED = "expired"

    @property
    def over(self) -> bool:
        """Whether nobody has to do anything any more."""
        return self in {AlertStatus.RESOLVED, AlertStatus.EXPIRED}


@dataclass(frozen=True, slots=True)
class Alert:
    """Story × signal that needs attention: (signal_id, story_id) is unique. `version` counts how often it spoke.

    `score`, `severity`, `assertion` and `publishers` are the strongest that were told; `told` is False while everything
    about it was suppressed. `owner` has acknowledged it until `ack_until`; `revision` counts the changes of its life.
    """

    id: str
    signal_id: str
    story_id: str
    status: AlertStatus
    severity: Severity
    score: int
    assertion: Assertion
    publishers: int
    version: int
    told: bool
    opened_at: datetime
    updated_at: datetime
    title: str = ""
    owner: str = ""
    ack_until: datetime | None = None
    snoozed_until: datetime | None = None
    revision: int = 0


class Speak(StrEnum):
    """What the decision about a match came to."""

    OPEN = "open"
    AGAIN = "again"
    SUPPRESSED = "suppressed"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Decision:
    """`OPEN` and `AGAIN` are told, `SUPPRESSED` would have been but for `suppressed_by`, `QUIET` has nothing to say.

    `suppressed_by` is one short class (below-threshold, too-old, shadow, snoozed, silence, quiet-hours, already-told,
    quarantine, no-route); `reasons` are sentences for people.
    """

    speak: Speak
    reasons: tuple[str, ...]
    suppressed_by: str = ""


@dataclass(frozen=True, slots=True)
class ToldFigure:
    """A quantity as it was told for a signal, and of which story: the next figure is compared with it."""

    story_id: str
    name: str
    subject: str
    unit: str
    value: float


@dataclass(frozen=True, slots=True)
class Matcher:
    """`field` one of signal, severity, assertion, source, publisher, tag, language, story; `value` may hold `*`."""

    field: str
    value: str
    negate: bool = False


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A recurring mute in a time zone (IANA name); `start` after `end` spans midnight; `days` are 0 (Monday) to 6."""

    name: str
    start: time
    end: time
    timezone: str
    days: frozenset[int] = frozenset(range(7))
    matchers: tuple[Matcher, ...] = ()


@dataclass(frozen=True, slots=True)
class Silence:
    """A person's mute: all matchers must hold; it always ends. With `recurs` it mutes only in these hours."""

    id: str
    matchers: tuple[Matcher, ...]
    starts_at: datetime
    ends_at: datetime
    created_by: str
    comment: str
    created_at: datetime
    recurs: QuietHours | None = None


@dataclass(frozen=True, slots=True)
class Inhibition:
    """An alert of a signal in `by` (may hold `*`), at least `min_severity`, mutes in its story what `matchers` fit."""

    name: str
    by: tuple[str, ...]
    matchers: tuple[Matcher, ...]
    min_severity: Severity = Severity.LOW


@dataclass(frozen=True, slots=True)
class Subject:
    """What silences and routes look at: an alert about to be told."""

    signal_id: str
    severity: Severity
    assertion: Assertion
    score: int
    source_id: str
    publisher: str
    tags: frozenset[str]
    language: str
    story_id: str


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of duty, or of a route, by the clock on the wall of a time zone (IANA name); `days` are 0 (Monday) to 6.

    `end` is after `start`: a night shift is two entries.
    """

    start: time
    end: time
    timezone: str = "UTC"
    days: frozenset[int] = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Condition:
    """All that is given must hold; each tuple is any-of; signal, source and publisher may hold `*`. Empty: always."""

    signal: tuple[str, ...] = ()
    severity: tuple[Severity, ...] = ()
    min_severity: Severity | None = None
    min_score: int | None = None
    assertion: tuple[Assertion, ...] = ()
    tags: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    publisher: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    hours: Hours | None = None


@dataclass(frozen=True, slots=True)
class Grouping:
    """Alerts that are alike in all of `by` go as one message: signal, severity, story, source, publisher,
    language, tag.

    It leaves when none came for `wait`, at the latest `longest` after the first, and the next not before `interval`.
    """

    by: tuple[str, ...]
    wait: timedelta
    longest: timedelta
    interval: timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` messages in any stretch of `per`; what is over waits and goes as one summary."""

    most: int
    per: timedelta


@dataclass(frozen=True, slots=True)
class Route:
    """Condition → channels. First match wins unless `proceed` (written `continue: true`).

    What is older than `expire_after` when its turn comes is not sent any more.
    """

    to: tuple[str, ...]
    when: Condition = Condition()
    proceed: bool = False
    escalate: str | None = None
    line: int = 0
    grouping: Grouping | None = None
    expire_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """When a channel wants many alerts in one message: times of day in a time zone (IANA name).

    `empty`: it is also sent when there is nothing to say.
    """

    at: tuple[time, ...]
    timezone: str = "UTC"
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """A configured destination. `options` is the kind's own configuration object; its repr shows no secret.

    What is older than `expire_after` when its turn comes is not sent any more, unless its route says otherwise.
    """

    name: str
    kind: str
    options: object = None
    digest: Digest | None = None
    limit: Limit | None = None
    expire_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """`after` counts from the beginning of the ladder's round."""

    after: timedelta
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """Who is told next if nobody takes an alert. After the last step it begins again `repeat` times, `pause` later.

    Outside `hours` (None: always on duty) no step is taken; what falls due then is taken when they begin.
    """

    name: str
    steps: tuple[EscalationStep, ...]
    repeat: int = 0
    pause: timedelta = timedelta(0)
    hours: Hours | None = None


@dataclass(frozen=True, slots=True)
class LadderRun:
    """A ladder under way for one alert, with the policy as it was when it began: a later edit does not change it.

    `step` and `round` (from 0) are what comes next, at `next_at`; None: it has ended, and `ended` says why.
    """

    id: str
    alert_id: str
    ladder: Ladder
    step: int
    round: int
    next_at: datetime | None
    started_at: datetime
    ended: str = ""


@dataclass(frozen=True, slots=True)
class Routing:
    """routes.yaml, loaded and valid."""

    channels: dict[str, Channel]
    routes: tuple[Route, ...]
    escalations: dict[str, Ladder] = field(default_factory=dict)
    quiet_hours: tuple[QuietHours, ...] = ()
    inhibitions: tuple[Inhibition, ...] = ()
    operator: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Destination:
    """One channel that a route chose, with the route's place in the file as the reason."""

    channel: str
    reason: str
    escalate: str | None = None
    grouping: Grouping | None = None
    expire_after: timedelta | None = None
