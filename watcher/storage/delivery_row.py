"""A delivery as a row of the outbox, and back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import RowMapping

from watcher.model.delivery import Delivery, DeliveryStatus
from watcher.storage.message_codec import decode_message, encode_message


def encode_delivery(item: Delivery) -> dict[str, Any]:
    """The row of a delivery that was never claimed."""
    return {
        "id": item.id,
        "alert_id": item.alert_id,
        "channel": item.channel,
        "target": item.target,
        "dedup_key": item.dedup_key or item.id,
        "message": encode_message(item.message),
        "status": item.status,
        "priority": item.priority,
        "due_at": item.due_at,
        "wake_at": item.due_at,
        "created_at": item.created_at,
        "finished_at": None,
        "attempts": item.attempts,
        "claims": 0,
        "ambiguous": item.ambiguous,
        "provider_ref": "",
        "last_error": item.last_error,
        "expires_at": item.expires_at,
    }


def decode_delivery(row: RowMapping, thread: str | None = None) -> Delivery:
    """The delivery as it stands."""
    return Delivery(
        id=row["id"],
        alert_id=row["alert_id"],
        channel=row["channel"],
        message=decode_message(row["message"]),
        status=DeliveryStatus(row["status"]),
        attempts=row["attempts"],
        priority=row["priority"],
        due_at=row["due_at"],
        created_at=row["created_at"],
        lease_token=row["lease_token"],
        ambiguous=row["ambiguous"],
        thread=thread,
        last_error=row["last_error"],
        target=row["target"],
        dedup_key=row["dedup_key"],
        expires_at=row["expires_at"],
    )
