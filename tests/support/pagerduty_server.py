"""PagerDuty's Events API v2 as far as it is documented: required fields, limits, 202 and 400."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from tests.support.loopback import LoopbackServer

ROUTING_KEY = "R0UTINGKEY0123456789ABCDEFGHIJKL"


class PagerDutyServer(LoopbackServer):
    """`events` are those accepted; `incidents` counts what is open, by dedup_key."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[dict[str, Any]] = []

    @property
    def incidents(self) -> set[str]:
        return {event["dedup_key"] for event in self.events if event["event_action"] == "trigger"}

    async def handle(self, request: web.Request, body: bytes, taken: bool) -> web.StreamResponse:
        if request.path != "/v2/enqueue" or request.method != "POST":
            return web.Response(status=404)
        event = json.loads(body)
        errors = problems(event, len(body))
        if errors:
            return web.json_response({"status": "invalid event", "errors": errors}, status=400)
        self.events.append(event)
        answer = {"status": "success", "message": "Event processed", "dedup_key": event["dedup_key"]}
        return web.json_response(answer, status=202)


def problems(event: dict[str, Any], size: int) -> list[str]:
    """What PagerDuty would refuse."""
    payload = event.get("payload", {})
    checks = {
        "routing_key must be 32 characters": len(event.get("routing_key", "")) == 32,
        "event_action": event.get("event_action") in {"trigger", "acknowledge", "resolve"},
        "dedup_key": 0 < len(event.get("dedup_key", "")) <= 255,
        "summary": 0 < len(payload.get("summary", "")) <= 1_024,
        "source": bool(payload.get("source")),
        "severity": payload.get("severity") in {"critical", "error", "warning", "info"},
        "too large": size <= 512 * 1_024,
        "links": all(link["href"].startswith(("http://", "https://")) for link in event.get("links", [])),
    }
    return [name for name, fine in checks.items() if not fine]
