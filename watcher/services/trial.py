"""Trial: one message, marked as a test, straight to a channel, so that an operator sees what arrives."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import structlog

from watcher.model.delivery import Citation, Delivery, DeliveryError, DeliveryStatus, Message
from watcher.model.errors import UserError
from watcher.model.match import LedgerEntry
from watcher.model.ports import Clock
from watcher.services.compose import rfc3339
from watcher.services.desk import Desk

log = structlog.get_logger(__name__)
SENTENCE = "This is a test of Signal Watch: nothing has happened."


async def send_test(desk: Desk, clock: Clock, channels: Sequence[str] | None) -> list[dict[str, str]]:
    """Send to the channels named, or to all; a row for each recipient with `outcome` sent or failed."""
    names = list(channels or desk.adapters)
    if unknown := [name for name in names if name not in desk.adapters]:
        raise UserError(f"no channel {', '.join(unknown)}", f"routes.yaml has: {', '.join(desk.adapters) or 'none'}")
    rows = []
    for name in names:
        for target in desk.targets.get(name, ("",)):
            rows.append(await _send(desk, clock, name, target))
    return rows


async def _send(desk: Desk, clock: Clock, name: str, target: str) -> dict[str, str]:
    now = clock.now()
    delivery = Delivery(
        id=f"test_{secrets.token_hex(12)}", alert_id=None, channel=name, target=target, message=_message(rfc3339(now)),
        status=DeliveryStatus.SENDING, attempts=1, priority=9, due_at=now, created_at=now,
    )  # fmt: skip
    row = {"channel": name, "target": target}
    try:
        receipt = await desk.adapters[name].send(delivery)
    except DeliveryError as error:
        return {**row, "outcome": "failed", "detail": error.reason}
    except Exception as error:  # as the deliverer takes it: a channel's fault is that channel's alone
        log.exception("delivery.crashed", delivery=delivery.id, channel=name)
        return {**row, "outcome": "failed", "detail": f"internal error: {type(error).__name__}"}
    return {**row, "outcome": "sent", "detail": receipt.detail or receipt.provider_ref}


def _message(at: str) -> Message:
    return Message(
        kind="test", alert_id="test", signal_id="test", signal_title="Test message", story_id="test", severity="low",
        score=0, assertion="asserted", document=Citation("Test message from Signal Watch", "", "signal-watch", at),
        sentence=SENTENCE, ledger=(LedgerEntry("a test scores nothing", 0),), reasons=("asked for by send-test",),
        created_at=at, alert_title="Test message from Signal Watch",
    )  # fmt: skip
