"""Why: all that led to an alert, from what was kept of it at the time."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.delivery.slack.why import Why
from watcher.model.alert import Speak
from watcher.model.delivery import Delivery
from watcher.services.compose import rfc3339
from watcher.storage import alerts, holding, matches, outbox
from watcher.storage.alerts import AlertEvent
from watcher.storage.matches import RecordedMatch

_TELLINGS = frozenset({"alert", "update"})
_SPOKE = frozenset({str(Speak.OPEN), str(Speak.AGAIN)})


async def explain(conn: AsyncConnection, alert_id: str) -> Why | None:
    """As it was told last; None for an alert of which nothing was told by itself."""
    told = await outbox.for_alert(conn, alert_id)
    last = next((one.message for one in reversed(told) if one.message.kind in _TELLINGS), None)
    if last is None:
        return None
    events = await alerts.events(conn, alert_id)
    spoke = next((event for event in reversed(events) if event.kind in _SPOKE), None)
    match = await _match(conn, spoke, last.signal_id)
    held = [
        f"{channel}: {'went' if left_at else 'waits'} with its {why}"
        for channel, why, _, left_at in await holding.for_alert(conn, alert_id)
    ]
    return Why(
        message=last,
        pattern=match.match.pattern if match else "",
        cue=match.match.cue if match else "",
        placed=_sentences(spoke.detail.get("placed")) if spoke else (),
        events=tuple((rfc3339(event.at), _line(event)) for event in events),
        routes=(*_routes(told), *held),
    )


async def _match(conn: AsyncConnection, spoke: AlertEvent | None, signal_id: str) -> RecordedMatch | None:
    if spoke is None:
        return None
    document, version = spoke.detail.get("document"), spoke.detail.get("version")
    if not isinstance(document, str) or not isinstance(version, int):
        return None
    found = await matches.for_document(conn, document, version)
    return next((one for one in found if one.match.signal_id == signal_id), None)


def _routes(told: Sequence[Delivery]) -> list[str]:
    """A line for each place, in the order in which they were told, with how it went last."""
    places: dict[str, list[str]] = {}
    for one in told:
        name = f"{one.channel} ({one.target})" if one.target else one.channel
        places.setdefault(name, []).append(f"{one.message.kind} {str(one.status).replace('_', ' ')}")
    return [f"{name}: {', '.join(lines[-4:])}" for name, lines in places.items()]


def _line(event: AlertEvent) -> str:
    reasons = "; ".join(_sentences(event.detail.get("reasons")))
    if event.kind == "feedback":
        return f"feedback: {event.detail.get('verdict')} ({event.detail.get('by')})"
    return f"{event.kind}: {reasons}" if reasons else event.kind


def _sentences(value: object) -> tuple[str, ...]:
    return tuple(str(line) for line in value) if isinstance(value, list) else ()
