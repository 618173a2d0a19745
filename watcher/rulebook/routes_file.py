"""The schema of routes.yaml. A channel's other keys belong to its kind's own options."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from watcher.model.match import Assertion
from watcher.model.signal import Severity
from watcher.rulebook.fields import Clock, Duration, Language, Name, Strict, Text, Zone, one_or_many, refuse

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Band = Annotated[Severity, Field(strict=False)]
Statement = Annotated[Assertion, Field(strict=False)]
Names = Annotated[list[Text], one_or_many(Text), Field(min_length=1, max_length=500)]


class DigestEntry(Strict):
    """When a channel wants many alerts in one message."""

    at: Annotated[list[Clock], one_or_many(Clock), Field(min_length=1, max_length=48)]
    timezone: Zone = "UTC"
    empty: bool = Field(False, description="Also sent when there is nothing to say.")


class LimitEntry(Strict):
    """At most `most` messages in any stretch of `per`; what is over goes as one summary."""

    most: int = Field(ge=1, le=10_000)
    per: Duration


class ChannelEntry(Strict):
    """What every channel has."""

    kind: Name
    digest: DigestEntry | None = None
    limit: LimitEntry | None = None
    expire_after: Duration | None = Field(default=None, description="What is older when its turn comes is not sent.")


def _distinct(days: list[Day]) -> list[Day]:
    if len(set(days)) < len(days):
        raise refuse("a day stands twice")
    return days


Days = Annotated[list[Day], one_or_many(Day), Field(min_length=1), AfterValidator(_distinct)]


class HoursEntry(Strict):
    """Hours of a day. Of a route `to` may be earlier than `from` (past midnight), of a ladder not."""

    from_: Clock = Field(alias="from")
    to: Clock
    timezone: Zone = "UTC"
    days: Days | None = None


class WhenEntry(Strict):
    """All keys must hold; the values of a key are alternatives; `*` stands for any letters."""

    signal: Names | None = None
    severity: Annotated[list[Band], one_or_many(Band)] | None = None
    min_severity: Band | None = None
    min_score: int | None = Field(default=None, ge=0, le=100)
    assertion: Annotated[list[Statement], one_or_many(Statement)] | None = None
    tags: Names | None = None
    source: Names | None = None
    publisher: Names | None = None
    language: Annotated[list[Language], one_or_many(Language)] | None = None
    hours: HoursEntry | None = Field(default=None, description="Only at these hours of the day.")


Alike = Literal["signal", "severity", "story", "source", "publisher", "language", "tag"]


class GroupEntry(Strict):
    """Alerts that are alike in all of `by` go as one message; critical ones never wait."""

    by: Annotated[list[Alike], one_or_many(Alike), Field(min_length=1, max_length=7)]
    wait: Duration = Field(default=timedelta(seconds=30), description="It leaves when none came for so long,")
    longest: Duration = Field(default=timedelta(minutes=5), description="at the latest so long after the first,")
    interval: Duration = Field(default=timedelta(minutes=5), description="and the next not before so long after it.")


class RouteEntry(Strict):
    """Where alerts go. The first route that holds is taken, and no other unless it says `continue: true`."""

    when: WhenEntry = WhenEntry()
    to: Names
    continue_: bool = Field(False, alias="continue")
    escalate: Text | None = None
    group: GroupEntry | None = None
    expire_after: Duration | None = Field(default=None, description="The same, for what this route sends.")


class StepEntry(Strict):
    """One step of a ladder, `after` its beginning."""

    after: Duration
    to: Names


class LadderEntry(Strict):
    """A ladder with more than its steps: it begins again `repeat` times, and rests outside `hours`."""

    steps: list[StepEntry] = Field(min_length=1, max_length=50)
    repeat: int = Field(0, ge=0, le=100, description="How often it begins again after the last step.")
    pause: Duration = Field(default=timedelta(minutes=30), description="From the last step to the new beginning.")
    hours: HoursEntry | None = Field(None, description="Steps are taken only in these hours.")


def _ladder(written: object) -> object:
    """A plain list is the steps."""
    return {"steps": written} if isinstance(written, list) else written


Steps = Annotated[LadderEntry, BeforeValidator(_ladder)]


class MuteEntry(Strict):
    """What quiet hours mute: all keys must hold; `*` stands for any letters."""

    signal: Text | None = None
    severity: Band | None = None
    assertion: Statement | None = None
    source: Text | None = None
    publisher: Text | None = None
    tag: Text | None = None
    language: Language | None = None


class QuietEntry(Strict):
    """A recurring mute; `from` after `to` spans midnight, both the same is a whole day."""

    name: Text
    from_: Clock = Field(alias="from")
    to: Clock
    timezone: Zone = "UTC"
    days: Days | None = None
    when: MuteEntry = MuteEntry()
    match: Annotated[list[Text], one_or_many(Text)] = Field(
        [], max_length=50, description="As a silence is written: signal=iraq-*, severity!=critical."
    )


class OperatorEntry(Strict):
    """Who is told when the watcher itself has something to say: a source that broke, deliveries that are dead."""

    channels: Names


class InhibitEntry(Strict):
    """While an alert of a signal in `by` stands, alerts that `mute` fits are not told for the same story."""

    name: Text
    by: Names
    min_severity: Band = Severity.LOW
    mute: MuteEntry


class RoutesFile(Strict):
    """routes.yaml as a whole; each channel is read by itself."""

    channels: dict[Name, dict[str, Any]] = Field(max_length=1_000)
    routes: list[RouteEntry] = Field(max_length=5_000)
    escalations: dict[Name, Steps] = Field({}, max_length=500)
    quiet_hours: list[QuietEntry] = Field([], max_length=500)
    inhibit: list[InhibitEntry] = Field([], max_length=500)
    operator: OperatorEntry | None = None
