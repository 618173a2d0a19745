"""What Slack sends when somebody presses a button, read into a value. Pure; what is not ours, or malformed, is None."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from watcher.delivery.slack.buttons import ACKNOWLEDGE, NOT_RELEVANT, REOPEN, RESOLVE, SNOOZE, WHY

_OURS = frozenset({ACKNOWLEDGE, SNOOZE, RESOLVE, REOPEN, NOT_RELEVANT, WHY})
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Click:
    """`action` is one of the names in `buttons`; `choice` what was chosen for a snooze. Ids are Slack's, as sent.

    `external_id` is the same whenever the same click arrives, and of no other.
    """

    action: str
    alert_id: str
    choice: str
    external_id: str
    team_id: str
    user_id: str
    user_name: str
    channel_id: str
    channel_name: str
    message_ts: str
    trigger_id: str
    response_url: str


def read_click(payload: object) -> Click | None:
    """The click, if the payload is one on a button of ours."""
    if not isinstance(payload, Mapping) or payload.get("type") != "block_actions":
        return None
    actions = payload.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else None
    name = _text(action, "action_id")
    if name not in _OURS:
        return None
    choice, _, alert_id = _value(action, name).rpartition(" ")
    user, team, channel = payload.get("user"), payload.get("team"), payload.get("channel")
    user_id, team_id, stamp = _text(user, "id"), _text(team, "id"), _text(action, "action_ts")
    channel_id = _text(channel, "id") or _text(payload.get("container"), "channel_id")
    if not all((alert_id, user_id, team_id, stamp, channel_id)):
        return None
    ts = _text(payload.get("container"), "message_ts")
    named = "\x1f".join((team_id, channel_id, ts, user_id, name, choice, alert_id, stamp))
    return Click(
        action=name,
        alert_id=alert_id,
        choice=choice,
        external_id=f"slack:{user_id[:40]}:{hashlib.sha256(named.encode()).hexdigest()[:32]}",
        team_id=team_id,
        user_id=user_id,
        user_name=_text(user, "name") or _text(user, "username"),
        channel_id=channel_id,
        channel_name=_text(channel, "name"),
        message_ts=ts,
        trigger_id=_text(payload, "trigger_id"),
        response_url=_text(payload, "response_url"),
    )


def _value(action: object, name: str) -> str:
    """ "alert" of a button, "choice alert" of a select."""
    if name != SNOOZE:
        return _text(action, "value").replace(" ", "")
    return _text(action.get("selected_option"), "value") if isinstance(action, Mapping) else ""


def _text(holder: object, key: str) -> str:
    found = holder.get(key) if isinstance(holder, Mapping) else None
    return found if isinstance(found, str) and len(found) <= _LONGEST and found.isprintable() else ""
