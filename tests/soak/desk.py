"""The desk's routes: every way in which an alert can leave, and who is told what by which of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.soak.news import Kind
from tests.support.office import Office

AT_ONCE = {Kind.DAM: ("desk", "soc", "mail"), Kind.STRIKE: (), Kind.TREATY: ()}
"""Channels that tell an alert by itself."""
GATHERED = {Kind.DAM: (), Kind.STRIKE: ("grouped",), Kind.TREATY: ("limited", "digest")}
"""Channels that may tell it among others."""
STEPS = (("pager",), ("duty", "pager"))
"""The ladder of a dam: 3 s and 6 s after it was told."""
KNOWS_REPEATS = ("soc", "pager", "grouped", "limited", "digest", "duty", "desk")
"""A webhook's receiver by its id, PagerDuty by its key, Slack's history by its metadata. Mail has nobody who looks."""
MINUTES = 45
"""For so long the digest leaves every minute."""


def write_routes(office: Office) -> None:
    """routes.yaml of the office."""
    hook = {"kind": "webhook", "secret": "env:DESK_HOOK_SECRET"}
    minute = datetime.now(UTC)
    times = [f"{minute + timedelta(minutes=ahead):%H:%M}" for ahead in range(MINUTES)]
    channels: dict[str, Any] = {
        **{name: it for name, it in office.channels().items() if name in {"desk", "mail", "soc", "duty"}},
        "pager": hook | {"url": f"{office.hook.url}/pager"},
        "grouped": hook | {"url": f"{office.hook.url}/grouped"},
        "limited": hook | {"url": f"{office.hook.url}/limited", "limit": {"most": 2, "per": "10s"}},
        "digest": hook | {"url": f"{office.hook.url}/digest", "digest": {"at": times, "timezone": "UTC"}},
    }
    group = {"by": ["signal"], "wait": "2s", "longest": "6s", "interval": "4s"}
    office.rules.routes(
        channels,
        [
            {"when": {"signal": str(Kind.DAM)}, "to": list(AT_ONCE[Kind.DAM]), "escalate": "ladder"},
            {"when": {"signal": str(Kind.STRIKE)}, "to": ["grouped"], "group": group},
            {"to": ["limited", "digest"]},
        ],
        escalations={
            "ladder": [{"after": f"{3 * (number + 1)}s", "to": list(step)} for number, step in enumerate(STEPS)]
        },
    )
