"""What comes back from PagerDuty: V3 webhooks, whether they are signed, and what they say. Pure.

developer.pagerduty.com/docs/webhooks: one event a request; `event.data.incident_key` is the dedup_key with which the
incident was triggered; the signature is over the raw body and nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from watcher.delivery.inert import cut
from watcher.model.life import Verb

HEADER = "X-PagerDuty-Signature"
_VERSION = "v1="
_MOST_SIGNATURES = 20
_LONGEST_ID = 200

VERBS = {
    "incident.acknowledged": Verb.ACKNOWLEDGE,
    "incident.resolved": Verb.RESOLVE,
    "incident.reopened": Verb.REOPEN,
    "incident.unacknowledged": Verb.REOPEN,
}
PASSED_ON = frozenset({"incident.escalated", "incident.reassigned", "incident.delegated"})
"""The incident goes to somebody else; its `status` tells whether anybody has it."""


class EventError(ValueError):
    """The body is no event of a V3 webhook."""


@dataclass(frozen=True, slots=True)
class IncidentEvent:
    """`key` is the incident's dedup_key, "" if it has none. `agent` is who did it, as people call them.

    `service` is the id of the incident's service. `automatic`: an integration did it through the Events API, perhaps
    we ourselves. `assignees` have the incident now.
    """

    id: str
    kind: str
    at: datetime | None
    key: str
    status: str
    agent: str
    automatic: bool
    assignees: tuple[str, ...] = ()
    service: str = ""

    @property
    def verb(self) -> Verb | None:
        """What it means for the alert; None: nothing."""
        if self.kind in PASSED_ON:
            return {"acknowledged": Verb.ACKNOWLEDGE, "triggered": Verb.REOPEN}.get(self.status)
        return VERBS.get(self.kind)

    @property
    def actor(self) -> str:
        """Who has it, or did it: of an incident that was passed on those to whom."""
        passed_on = self.kind in PASSED_ON and self.status == "acknowledged"
        return ", ".join(self.assignees) if passed_on and self.assignees else self.agent


def signed(header: str, body: bytes, secrets: Iterable[str]) -> bool:
    """Whether one of the header's signatures (`v1=HEX`, comma-separated) was made with one of the secrets."""
    given = [each.strip() for each in header[:4_000].split(",")[:_MOST_SIGNATURES]]
    claimed = [each.removeprefix(_VERSION).encode("utf-8", "replace") for each in given if each.startswith(_VERSION)]
    fits = False
    for secret in secrets:
        expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode()
        for signature in claimed:  # all of them, so that the time tells nothing
            fits |= hmac.compare_digest(signature, expected)
    return fits


def read_event(body: bytes) -> IncidentEvent:
    """The event, every text in it cut to a line. Raises EventError."""
    try:
        event = json.loads(body)["event"]
        data = event.get("data") or {}
        agent = event.get("agent") or {}
        return IncidentEvent(
            id=_word(event["id"]),
            kind=_word(event["event_type"]),
            at=_moment(event.get("occurred_at")),
            key=_word(data.get("incident_key")),
            status=_word(data.get("status")),
            agent=_name(agent) or "PagerDuty",
            automatic="integration" in _word(agent.get("type")),
            service=_word((data.get("service") or {}).get("id")),
            assignees=tuple(filter(None, (_name(each) for each in (data.get("assignees") or ())[:5]))),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise EventError("this is no event of a PagerDuty webhook") from None


def _word(value: object) -> str:
    """An identifier as it is; "" for what is none."""
    return value if isinstance(value, str) and len(value) <= _LONGEST_ID and value.isprintable() else ""


def _name(reference: dict[str, object]) -> str:
    for key in ("summary", "name", "id"):
        value = reference.get(key)
        if isinstance(value, str) and (name := cut(value, 80)):
            return name
    return ""


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment and moment.tzinfo else None
