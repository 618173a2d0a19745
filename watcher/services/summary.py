"""What a cycle came to, in numbers: for the end of `run --once` and of the demo, and for programs that read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType

from watcher.model.delivery import DeliveryStatus
from watcher.services.gates import READINGS, gates_in

WAITING = (DeliveryStatus.PENDING, DeliveryStatus.SENDING, DeliveryStatus.RETRY, DeliveryStatus.AMBIGUOUS)


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of one cycle; `waiting` and `dead` are what the outbox holds after it, from earlier cycles too."""

    sources: int = 0
    sources_failed: int = 0
    documents: int = 0
    revisions: int = 0
    enriched: int = 0  # documents whose article was fetched
    enriched_matched: int = 0  # of these, how many reached a threshold by it
    matches: int = 0
    near_misses: int = 0
    stories: int = 0
    alerts: int = 0
    updates: int = 0
    suppressed: dict[str, int] = field(default_factory=dict)
    sent: int = 0
    retried: int = 0
    waiting: int = 0
    dead: int = 0
    unchanged: int = 0  # items that were seen before
    readings: int = 0
    gates: dict[str, int] = field(default_factory=dict)  # where readings ended: watcher.services.gates

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def summarise(
    collected: Counter[str],
    piped: Counter[str],
    delivered: Counter[str],
    outbox: Mapping[DeliveryStatus, int],
    enriched: Mapping[str, int] = MappingProxyType({}),
    gates: Mapping[str, int] = MappingProxyType({}),
) -> Summary:
    """Put the services' tallies and the outbox's counts by status together."""
    return Summary(
        sources=collected["polls"],
        sources_failed=collected["polls_failed"],
        documents=collected["documents"],
        revisions=collected["revisions"],
        enriched=enriched.get("enriched", 0),
        enriched_matched=piped["articles_matched"],
        matches=piped["matches"],
        near_misses=piped["near_misses"],
        stories=piped["stories"],
        alerts=piped["open"],
        updates=piped["again"],
        suppressed={
            key.removeprefix("suppressed:"): count
            for key, count in sorted(piped.items())
            if key.startswith("suppressed:")
        },
        sent=delivered["sent"],
        retried=delivered["retried"],
        waiting=sum(outbox.get(status, 0) for status in WAITING),
        dead=outbox.get(DeliveryStatus.DEAD, 0),
        unchanged=collected["unchanged"],
        readings=gates.get(READINGS, 0),
        gates=gates_in(gates),
    )
