"""What is told, to which channel, and how often it was tried."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from watcher.model.match import Evidence, LedgerEntry


@dataclass(frozen=True, slots=True)
class Citation:
    """One document of a story as an alert shows it. Text is hostile: each channel escapes it for itself."""

    title: str
    url: str
    publisher: str
    published_at: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One alert as a digest or a summary lists it; the fields mean what they mean in a Message."""

    kind: str
    alert_id: str
    signal_id: str
    signal_title: str
    severity: str
    score: int
    assertion: str
    document: Citation
    sentence: str
    highlights: tuple[tuple[int, int], ...] = ()
    publishers: int = 1
    version: int = 1
    created_at: str = ""


@dataclass(frozen=True, slots=True)
class Activity:
    """How many documents a signal matched at or above its threshold on each of the last days, oldest first."""

    signal_id: str
    signal_title: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Roundup:
    """What a digest or summary tells besides its items. `since` and `until` bound it: RFC 3339, `until` excluded.

    `why` is digest, group or limit; `suppressed` counts matches that were not told, by reason, most first.
    """

    why: str
    since: str
    until: str
    suppressed: tuple[tuple[str, int], ...] = ()
    near_misses: int = 0
    activity: tuple[Activity, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """The immutable snapshot that a delivery carries; every channel kind renders it in its own form.

    `kind` is alert (first telling), update (it speaks again), status (a person took, put off or ended it: `status`,
    `owner` and `until` say so, the rest is as last told), escalation (nobody took it: as last told, `reasons` say which
    step), digest or summary (many alerts at once, in `items` with their
    `roundup`; severity and score are the highest among them, `document.title` says how many) or test (watcher
    send-test). `score` 0 to 100. `evidence`
    offsets point into `document.title` or the document's text (its article's, if `scored_on` is article); `sentence` is
    the quoted proof, `highlights` are (start, end) offsets into it. Times are RFC 3339 in UTC. `alert_title` is the
    alert's own headline, the same in the first telling and in every update (mail threads hang together by it).
    `late` ("26 hours") is how old it was when it left, where that is much; it is set as it leaves, and not stored.
    """

    kind: str
    alert_id: str
    signal_id: str
    signal_title: str
    story_id: str
    severity: str
    score: int
    assertion: str
    document: Citation
    sentence: str
    highlights: tuple[tuple[int, int], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    ledger: tuple[LedgerEntry, ...] = ()
    reasons: tuple[str, ...] = ()
    publishers: int = 1
    others: tuple[Citation, ...] = ()
    trust: float = 0.5
    version: int = 1
    language: str = ""
    created_at: str = ""
    question: str = ""
    alert_title: str = ""
    scored_on: str = "item"
    status: str = ""
    owner: str = ""
    until: str = ""
    items: tuple[Item, ...] = ()
    roundup: Roundup | None = None
    late: str = ""


class DeliveryStatus(StrEnum):
    """`ambiguous` was sent perhaps (the answer never came) and is tried again; `dead` needs a person.

    `superseded` was not sent because somebody has taken the alert meanwhile, or the recipient wants no more;
    `expired` because it was too old when its turn came.
    """

    PENDING = "pending"
    SENDING = "sending"
    RETRY = "retry_wait"
    AMBIGUOUS = "ambiguous"
    SENT = "sent"
    DEAD = "dead"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one channel. `id` is the idempotency key that every channel carries; it holds no dot.

    `attempts` counts the tries begun, this one included once it is claimed. `thread` carries what the
    channel answered to the alert's first delivery there (Slack ts, Message-ID), for updates. `ambiguous` tells that an
    earlier attempt may have arrived. `target` is one of the channel's targets (a mail recipient), or "" where a channel
    has just one: each target is a delivery of its own, so that one refusal does not repeat the others.
    The outbox takes one delivery only for each channel, target and `dedup_key` ("" stands for the delivery's own id).
    The lowest `priority` goes first. `outdated`: something newer about the alert was sent there already, so that an
    edit would turn the clock back. From `expires_at` on (None: its channel's rule) it is not sent any more.
    """

    id: str
    alert_id: str | None
    channel: str
    message: Message
    status: DeliveryStatus
    attempts: int
    priority: int
    due_at: datetime
    created_at: datetime
    lease_token: str | None = None
    ambiguous: bool = False
    thread: str | None = None
    last_error: str = ""
    target: str = ""
    dedup_key: str = ""
    outdated: bool = False
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a channel answered. `provider_ref` is its own name for the message ("C123/1700000000.000100")."""

    provider_ref: str = ""
    detail: str = ""


class DeliveryError(Exception):
    """A failed attempt, with the verdict. `permanent`: trying again cannot help. `ambiguous`: it may have arrived.

    `gone` names the address, without telling it, if the receiver wants nothing more for good: the channel is closed.
    `reason` is safe to log: it holds no secret, no address with credentials, and at most 300 characters of an answer.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        retry_after: timedelta | None = None,
        ambiguous: bool = False,
        gone: str = "",
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after = retry_after
        self.ambiguous = ambiguous
        self.gone = gone


class ChannelAdapter(Protocol):
    """One configured channel, ready to send. `pace` is the least time between two sends in its `lane`."""

    lane: str
    pace: timedelta

    async def send(self, delivery: Delivery) -> Receipt:
        """Deliver or raise DeliveryError; anything else that escapes counts as retryable."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Witness(Protocol):
    """Told by an adapter while it sends, at once and without waiting: what a kill must not make forgotten."""

    def offered(self) -> None:
        """From now on it may arrive; what was not offered did not."""
        ...

    def taken(self, receipt: Receipt) -> None:
        """The receiver has it."""
        ...


@runtime_checkable
class WitnessedAdapter(ChannelAdapter, Protocol):
    """A channel adapter that knows when it is in doubt, and whose receivers do not know a repeat."""

    async def send_witnessed(self, delivery: Delivery, witness: Witness) -> Receipt:
        """As `send`; `witness` is told on the way."""
        ...


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, kept for ever (until retention)."""

    delivery_id: str
    number: int
    started_at: datetime
    ended_at: datetime
    outcome: str
    detail: str = ""
    facts: dict[str, str] = field(default_factory=dict)
