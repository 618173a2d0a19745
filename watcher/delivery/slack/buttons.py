"""What can be done with an alert from Slack: the buttons under it, and what they are called when they are pressed."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from watcher.delivery.slack.blocks import Block

ACKNOWLEDGE, SNOOZE, RESOLVE, REOPEN = "sw_acknowledge", "sw_snooze", "sw_resolve", "sw_reopen"
NOT_RELEVANT, WHY = "sw_not_relevant", "sw_why"

SNOOZES = {"1h": "for 1 hour", "4h": "for 4 hours", "tomorrow": "until tomorrow 08:00"}
MORNING = time(8)
"""When a snooze "until tomorrow" ends, by the clock of whoever asked for it."""

_LONGEST_ID = 100
"""An option's value may have 150 characters."""

_ALL = {
    ACKNOWLEDGE: "Acknowledge",
    RESOLVE: "Resolve",
    REOPEN: "Reopen",
    NOT_RELEVANT: "Not relevant",
    WHY: "Why?",
}
_OPEN = (ACKNOWLEDGE, SNOOZE, NOT_RELEVANT, WHY)
_BY_STATUS = {
    "escalation": (ACKNOWLEDGE, WHY),
    "acknowledged": (RESOLVE, SNOOZE, REOPEN, NOT_RELEVANT, WHY),
    "snoozed": (ACKNOWLEDGE, RESOLVE, REOPEN, WHY),
    "resolved": (REOPEN, WHY),
    "expired": (REOPEN, WHY),
}


def actions(alert_id: str, status: str) -> Block:
    """The row of buttons that fits how the alert stands: `status` "" is open, "escalation" for whom it reaches then.

    {} without an id that can come back.
    """
    if not alert_id or len(alert_id) > _LONGEST_ID:
        return {}
    names = _BY_STATUS.get(status, _OPEN)
    return {"type": "actions", "elements": [_element(name, alert_id, first=name == names[0]) for name in names]}


def snoozed_until(choice: str, now: datetime, timezone: str) -> datetime | None:
    """When a snooze ends; None for a choice that there is not. An unknown `timezone` (IANA name) is UTC."""
    if choice in {"1h", "4h"}:
        return now + timedelta(hours=int(choice[:-1]))
    if choice != "tomorrow":
        return None
    try:
        zone = ZoneInfo(timezone)
    except (KeyError, ValueError, OSError):
        zone = ZoneInfo("UTC")
    day = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, MORNING, zone).astimezone(UTC)


def _element(name: str, alert_id: str, *, first: bool) -> Block:
    if name == SNOOZE:
        options = [{"text": _plain(words), "value": f"{choice} {alert_id}"} for choice, words in SNOOZES.items()]
        return {"type": "static_select", "action_id": SNOOZE, "placeholder": _plain("Snooze"), "options": options}
    button: Block = {"type": "button", "action_id": name, "text": _plain(_ALL[name]), "value": alert_id}
    return {**button, "style": "primary"} if first and name == ACKNOWLEDGE else button


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}
