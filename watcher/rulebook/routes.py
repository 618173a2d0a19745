"""routes.yaml → Routing."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from pydantic import BaseModel, ValidationError

from watcher.alerting.silence import MatcherError, parse_matcher
from watcher.model.alert import (
    Channel,
    Condition,
    Digest,
    EscalationStep,
    Grouping,
    Hours,
    Inhibition,
    Ladder,
    Limit,
    Matcher,
    QuietHours,
    Route,
    Routing,
)
from watcher.rulebook.complaints import complain
from watcher.rulebook.notebook import Location, Notebook
from watcher.rulebook.options import read_options, warn_of_secrets
from watcher.rulebook.routes_file import (
    ChannelEntry,
    Day,
    GroupEntry,
    HoursEntry,
    InhibitEntry,
    LadderEntry,
    MuteEntry,
    QuietEntry,
    RouteEntry,
    RoutesFile,
    WhenEntry,
)
from watcher.rulebook.suggest import hint
from watcher.rulebook.yaml import Data

Kinds = Mapping[str, type[BaseModel]]
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_COMMON = frozenset(ChannelEntry.model_fields)


def build_routing(data: dict[str, Data], note: Notebook, kinds: Kinds) -> Routing | None:
    """The routing, or None if the file's shape is wrong; what cannot be read is noted."""
    channels = _channels(data.get("channels"), note, kinds)
    try:
        file = RoutesFile.model_validate(data)
    except ValidationError as error:
        complain(error, note, "R4", RoutesFile)
        return None
    return Routing(
        channels=channels,
        routes=tuple(_route(index, entry, note) for index, entry in enumerate(file.routes)),
        escalations={name: _ladder(name, entry, note) for name, entry in file.escalations.items()},
        quiet_hours=tuple(_quiet(index, entry, note) for index, entry in enumerate(file.quiet_hours)),
        inhibitions=tuple(_inhibition(index, entry, note) for index, entry in enumerate(file.inhibit)),
        operator=tuple(file.operator.channels) if file.operator else (),
    )


def default_routing(kinds: Kinds) -> Routing:
    """What is used without a routes.yaml: everything is shown on the console, by a channel named `screen`."""
    console = kinds.get("console")
    screen = Channel("screen", "console", console() if console else None)
    return Routing(channels={"screen": screen}, routes=(Route(to=("screen",)),))


def _channels(written: Data, note: Notebook, kinds: Kinds) -> dict[str, Channel]:
    """Those that can be read; read before the rest of the file, so that faults in both are shown."""
    found: dict[str, Channel] = {}
    for name, values in written.items() if isinstance(written, dict) else ():
        if isinstance(values, dict) and (channel := _channel(name, values, note, kinds)):
            found[name] = channel
    return found


def _channel(name: str, values: Mapping[str, Data], note: Notebook, kinds: Kinds) -> Channel | None:
    at = ("channels", name)
    common = {key: value for key, value in values.items() if key in _COMMON}
    rest = {key: value for key, value in values.items() if key not in _COMMON}
    try:
        entry = ChannelEntry.model_validate(common)
    except ValidationError as error:
        complain(error, note, "R4", ChannelEntry, at)
        return None
    model = kinds.get(entry.kind)
    if model is None:
        note.error("R419", (*at, "kind"), f"no channel kind `{entry.kind}`{hint(entry.kind, kinds, 'kinds')}")
        return None
    warn_of_secrets(model, rest, note, "R417", at)
    options = read_options(model, rest, note, "R4", at)
    if options is None:
        return None
    digest = Digest(tuple(entry.digest.at), entry.digest.timezone, entry.digest.empty) if entry.digest else None
    limit = Limit(entry.limit.most, entry.limit.per) if entry.limit else None
    return Channel(name, entry.kind, options, digest, limit, entry.expire_after)


def _route(index: int, entry: RouteEntry, note: Notebook) -> Route:
    at = ("routes", index)
    return Route(
        to=tuple(entry.to),
        when=_condition(entry.when),
        proceed=entry.continue_,
        escalate=entry.escalate,
        line=note.line(at),
        grouping=_grouping(entry.group),
        expire_after=entry.expire_after,
    )


def _grouping(entry: GroupEntry | None) -> Grouping | None:
    return Grouping(tuple(entry.by), entry.wait, entry.longest, entry.interval) if entry else None


def _condition(when: WhenEntry) -> Condition:
    return Condition(
        signal=tuple(when.signal or ()),
        severity=tuple(when.severity or ()),
        min_severity=when.min_severity,
        min_score=when.min_score,
        assertion=tuple(when.assertion or ()),
        tags=tuple(when.tags or ()),
        source=tuple(when.source or ()),
        publisher=tuple(when.publisher or ()),
        language=tuple(when.language or ()),
        hours=_hours(when.hours) if when.hours else None,
    )


def _hours(entry: HoursEntry) -> Hours:
    return Hours(entry.from_, entry.to, entry.timezone, _days(entry.days))


def _ladder(name: str, entry: LadderEntry, note: Notebook) -> Ladder:
    at: Location = ("escalations", name)
    inner: Location = (*at, "steps") if note.places.has((*at, "steps")) else at
    for index, (before, after) in enumerate(pairwise(entry.steps), start=1):
        if after.after <= before.after:
            note.error("R422", (*inner, index, "after"), "each step comes later than the one above it")
    hours = entry.hours
    if hours and hours.to <= hours.from_:
        note.error("R424", (*at, "hours", "to"), "hours of duty end later on the day on which they begin")
    return Ladder(
        name=name,
        steps=tuple(EscalationStep(step.after, tuple(step.to)) for step in entry.steps),
        repeat=entry.repeat,
        pause=entry.pause,
        hours=_hours(hours) if hours else None,
    )


def _days(written: list[Day] | None) -> frozenset[int]:
    return frozenset(_DAYS.index(day) for day in written or _DAYS)


def _quiet(index: int, entry: QuietEntry, note: Notebook) -> QuietHours:
    at = ("quiet_hours", index)
    matchers = _matchers(entry.when)
    for number, text in enumerate(entry.match):
        try:
            matchers.append(parse_matcher(text))
        except MatcherError as error:
            note.error("R404", (*at, "match", number), str(error))
    return QuietHours(
        name=entry.name,
        start=entry.from_,
        end=entry.to,
        timezone=entry.timezone,
        days=_days(entry.days),
        matchers=tuple(matchers),
    )


def _inhibition(index: int, entry: InhibitEntry, note: Notebook) -> Inhibition:
    matchers = _matchers(entry.mute)
    if not matchers:
        note.error("R425", ("inhibit", index, "mute"), "an inhibition names what it mutes: mute: {signal: ...}")
    return Inhibition(entry.name, tuple(entry.by), tuple(matchers), entry.min_severity)


def _matchers(entry: MuteEntry) -> list[Matcher]:
    return [Matcher(key, str(value)) for key, value in entry.model_dump().items() if value is not None]
