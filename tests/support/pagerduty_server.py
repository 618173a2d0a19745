"""PagerDuty as far as it is documented: the Events API v2 with its limits, incidents by dedup_key, V3 webhooks."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from aiohttp import web

from tests.support.loopback import LoopbackServer

ROUTING_KEY = "R0UTINGKEY0123456789ABCDEFGHIJKL"


class PagerDutyServer(LoopbackServer):
    """`events` are those accepted. `incidents` is the state of each incident that is not resolved, by dedup_key;
    `opened` are the keys of all that ever were, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[dict[str, Any]] = []
        self.incidents: dict[str, str] = {}
        self.opened: list[str] = []

    @property
    def actions(self) -> list[str]:
        return [event["event_action"] for event in self.events]

    async def handle(self, request: web.Request, body: bytes, taken: bool) -> web.StreamResponse:
        if request.path != "/v2/enqueue" or request.method != "POST":
            return web.Response(status=404)
        event = json.loads(body)
        errors = problems(event, len(body))
        if errors:
            return web.json_response({"status": "invalid event", "errors": errors}, status=400)
        self.events.append(event)
        self._lead(event["event_action"], event["dedup_key"])
        answer = {"status": "success", "message": "Event processed", "dedup_key": event["dedup_key"]}
        return web.json_response(answer, status=202)

    def _lead(self, action: str, key: str) -> None:
        """A trigger joins the incident that is open; what is not open can be neither acknowledged nor resolved."""
        if action == "trigger" and key not in self.incidents:
            self.incidents[key] = "triggered"
            self.opened.append(key)
        elif action == "acknowledge" and key in self.incidents:
            self.incidents[key] = "acknowledged"
        elif action == "resolve":
            self.incidents.pop(key, None)


def incident_event(kind: str, key: str, at: datetime, **changes: Any) -> dict[str, Any]:
    """A V3 webhook as developer.pagerduty.com shows it; `changes` are of the event, or `data` of the incident."""
    data = {
        "id": "PGR0VU2", "type": "incident", "number": 2, "status": kind.partition(".")[2], "incident_key": key,
        "html_url": "https://acme.pagerduty.example/incidents/PGR0VU2", "title": "A little bump in the road",
        "service": {"id": "PF9KMXH", "summary": "API Service", "type": "service_reference"}, "assignees": [],
        "teams": [], "priority": None, "urgency": "high", "conference_bridge": None, "resolve_reason": None,
    }  # fmt: skip
    event = {
        "id": "01E" + hashlib.sha256(f"{kind} {key} {at}".encode()).hexdigest()[:20].upper(),
        "event_type": kind, "resource_type": "incident", "occurred_at": at.isoformat(timespec="milliseconds"),
        "agent": {"id": "PLH1HKV", "summary": "Tenex Engineer", "type": "user_reference",
                  "html_url": "https://acme.pagerduty.example/users/PLH1HKV"},
        "client": {"name": "PagerDuty"},
    }  # fmt: skip
    return {"event": event | {"data": data | changes.pop("data", {})} | changes}


def webhook_signature(body: bytes, *secrets: str) -> str:
    """One signature for each secret, as while they are rotated."""
    return ",".join("v1=" + hmac.new(each.encode(), body, hashlib.sha256).hexdigest() for each in secrets)


def problems(event: dict[str, Any], size: int) -> list[str]:
    """What PagerDuty would refuse."""
    payload = event.get("payload", {})
    triggers = event.get("event_action") == "trigger"
    checks = {
        "routing_key must be 32 characters": len(event.get("routing_key", "")) == 32,
        "event_action": event.get("event_action") in {"trigger", "acknowledge", "resolve"},
        "dedup_key": 0 < len(event.get("dedup_key", "")) <= 255,
        "summary": not triggers or 0 < len(payload.get("summary", "")) <= 1_024,
        "source": not triggers or bool(payload.get("source")),
        "severity": not triggers or payload.get("severity") in {"critical", "error", "warning", "info"},
        "too large": size <= 512 * 1_024,
        "links": all(link["href"].startswith(("http://", "https://")) for link in event.get("links", [])),
    }
    return [name for name, fine in checks.items() if not fine]
