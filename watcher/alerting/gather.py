"""What leaves at once, and what is gathered: for a digest, for a group, or because a channel has told enough. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from watcher.alerting.instant import next_moment
from watcher.model.alert import Channel, Destination, Grouping, Limit, Subject
from watcher.model.signal import Severity


class Why(StrEnum):
    """Why it waits."""

    DIGEST = "digest"
    GROUP = "group"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Hold:
    """It waits in `bucket` of its channel; the whole bucket is due at `due_at`."""

    why: Why
    bucket: str
    due_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is known of a bucket: when its first waiting member came (None: none waits), and when it last left."""

    first_at: datetime | None = None
    left_at: datetime | None = None


def bucket_of(channel: Channel, destination: Destination, subject: Subject) -> str:
    """Which bucket the subject would wait in, or "" if nothing makes it wait but perhaps the channel's limit."""
    if channel.digest:
        return Why.DIGEST
    if destination.grouping and subject.severity is not Severity.CRITICAL:
        values = [f"{name}={_value(name, subject)}" for name in destination.grouping.by]
        return " ".join([Why.GROUP, *values])
    return ""


def hold(
    channel: Channel,
    destination: Destination,
    subject: Subject,
    bucket: Bucket,
    sent: Sequence[datetime],
    now: datetime,
) -> Hold | None:
    """Whether it waits, and until when; None: it leaves now.

    `bucket` is that of `bucket_of`; `sent` are the moments of the channel's last messages within its limit's stretch,
    ascending. Critical alerts wait for no group and no limit: only a channel that is a digest keeps them.
    """
    name = bucket_of(channel, destination, subject)
    if channel.digest:
        due = next_moment(channel.digest.at, channel.digest.timezone, now)
        return Hold(Why.DIGEST, name, due, "goes into the next digest")
    if subject.severity is Severity.CRITICAL:
        return None
    if destination.grouping:
        due = _group_due(destination.grouping, bucket, now)
        return Hold(Why.GROUP, name, due, "is grouped") if due > now else None
    if channel.limit and (free_at := _free_at(channel.limit, sent, now)):
        said = f"the channel has told {channel.limit.most} within its limit"
        return Hold(Why.LIMIT, Why.LIMIT, free_at, said)
    return None


def _group_due(grouping: Grouping, bucket: Bucket, now: datetime) -> datetime:
    quiet = now + grouping.wait
    latest = (bucket.first_at or now) + max(grouping.longest, grouping.wait)
    due = min(quiet, latest)
    return max(due, bucket.left_at + grouping.interval) if bucket.left_at else due


def _free_at(limit: Limit, sent: Sequence[datetime], now: datetime) -> datetime | None:
    within = [moment for moment in sent if moment > now - limit.per]
    if len(within) < limit.most:
        return None
    return within[-limit.most] + limit.per


def _value(name: str, subject: Subject) -> str:
    if name == "signal":
        return subject.signal_id
    if name == "tag":
        return ",".join(sorted(subject.tags))
    known = {
        "severity": str(subject.severity),
        "story": subject.story_id,
        "source": subject.source_id,
        "publisher": subject.publisher,
        "language": subject.language,
    }
    return known[name]
