"""Recipients: who wants no more messages of a channel, by the link in a mail or by a command, until let in again."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

import structlog

from watcher.delivery.leaving import read_token
from watcher.model.errors import UserError
from watcher.model.notice import Notice
from watcher.model.ports import Clock
from watcher.model.signal import Severity
from watcher.services import notices
from watcher.services.compose import rfc3339
from watcher.services.desk import DeskHolder
from watcher.storage import recipients
from watcher.storage.engine import Database
from watcher.storage.recipients import Muted

log = structlog.get_logger(__name__)
_KEY = "leave"


async def link_key(db: Database) -> str:
    """The key that signs the links: made once, kept in the database, so that every instance and restart has it."""
    async with db.write() as conn:
        return await recipients.key(conn, _KEY, secrets.token_urlsafe(32))


@dataclass(frozen=True, slots=True)
class Recipient:
    """One recipient of a channel."""

    channel: str
    target: str


class Leaver:
    """What stands behind the links."""

    def __init__(self, db: Database, holder: DeskHolder, clock: Clock, key: str) -> None:
        self._db, self._holder, self._clock, self._key = db, holder, clock, key

    def who(self, token: str) -> Recipient | None:
        """Whose link it is; None if it is none of ours."""
        found = read_token(token, self._key)
        return Recipient(*found) if found else None

    async def leave(self, recipient: Recipient) -> bool:
        """Send this recipient nothing more of the channel, and tell the operators; False if that was so already."""
        now = self._clock.now()
        notice = Notice(
            kind="recipient-left",
            subject=f"{recipient.target} wants no more messages of channel {recipient.channel}",
            text=f"`watcher recipients resume {recipient.channel} {recipient.target}` lets them in again.",
            severity=Severity.MEDIUM,
            dedup_key=f"left/{recipient.channel}/{recipient.target}/{rfc3339(now)}",
        )
        async with self._db.write() as conn:
            new = await recipients.mute(conn, Muted(recipient.channel, recipient.target, now, "link"))
            if new:
                await notices.post(conn, self._holder.current, notice, now)
        if new:
            log.warning("recipient.left", channel=recipient.channel, target=recipient.target)
        return new


async def rows(db: Database) -> list[dict[str, Any]]:
    """Who is sent nothing."""
    async with db.read() as conn:
        found = await recipients.listing(conn)
    return [
        {"channel": one.channel, "target": one.target, "since": rfc3339(one.muted_at), "via": one.via} for one in found
    ]


async def mute(db: Database, clock: Clock, channel: str, target: str) -> None:
    """Send a recipient nothing more. UserError: so it is already."""
    async with db.write() as conn:
        if not await recipients.mute(conn, Muted(channel, target, clock.now(), "command")):
            raise UserError(f"{target} gets nothing of {channel} already", "`watcher recipients` lists them")


async def resume(db: Database, channel: str, target: str) -> None:
    """Let a recipient in again. UserError: nobody of that name was muted."""
    async with db.write() as conn:
        if not await recipients.unmute(conn, channel, target):
            raise UserError(f"{target} is not muted in {channel}", "`watcher recipients` lists them")
