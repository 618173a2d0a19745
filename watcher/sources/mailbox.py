"""Kind `mailbox`: the newsletters in a folder of an IMAP server; each mail is a document."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, StringConstraints, TypeAdapter, ValidationError

from watcher.model.document import Health, Item, Outcome, Poll, Source, SourceState
from watcher.net.deadline import Deadline
from watcher.net.secret import UnsetError, resolve
from watcher.sources.dates import parse_date
from watcher.sources.dial import dial, secured
from watcher.sources.domain import registrable_domain
from watcher.sources.entries import MAX_GUID
from watcher.sources.failure import FetchError, Reason
from watcher.sources.fetch import Fetcher
from watcher.sources.imap import Folder, ImapSession
from watcher.sources.kind import Options
from watcher.sources.language import language_code
from watcher.sources.reading import mark_of
from watcher.sources.sandbox import Json, SandboxError
from watcher.sources.text import capped, title_text

WINDOW = 500
"""Messages at the end of the folder among which new ones are looked for."""

_PORTS = {"imaps": 993, "imap": 143}

Sender = Annotated[str, StringConstraints(max_length=254, to_lower=True, pattern=r"@|^\*$")]


class MailboxOptions(Options):
    """`user` and `password` log in, best as `env:NAME`. `senders`: whose mails are read, `*` for anything."""

    schemes: ClassVar[tuple[str, ...]] = ("imaps", "imap")
    example: ClassVar[str] = "imaps://imap.example.org"

    user: SecretStr
    password: SecretStr
    folder: str = Field(default="INBOX", min_length=1, max_length=200)
    senders: tuple[Sender, ...] = Field(default=(), max_length=500)
    newest: int = Field(default=50, ge=1, le=200)
    max_message: int = Field(default=1_000_000, ge=10_000, le=10_000_000)
    mark_seen: bool = False


@dataclass(frozen=True, slots=True)
class _Cursor:
    """Messages up to `uid` were read, in the folder that had this `validity` (RFC 3501, 2.3.1.1)."""

    mark: str
    validity: int
    uid: int


_CURSOR = TypeAdapter(_Cursor)


@dataclass(slots=True)
class _Batch:
    """What one poll has read so far. `left` messages wait for the next poll."""

    items: list[Item]
    read: list[int]
    notes: list[str]
    left: int = 0


class MailboxKind:
    """The folder is opened read-only unless mails are to be marked, and nothing is ever deleted."""

    options = MailboxOptions

    async def poll(self, source: Source, state: SourceState, fetcher: Fetcher, now: datetime) -> Poll:
        """Log in, read what has arrived since the last poll, hang up."""
        options = source.options
        if not isinstance(options, MailboxOptions):
            raise TypeError("a mailbox needs its options")
        try:
            user, password = (resolve(getattr(options, name), fetcher.env, name) for name in ("user", "password"))
        except UnsetError as error:
            return Poll(Outcome.FAILED, error=f"auth: {error}", health=Health.FAILING, failure=Reason.AUTH)
        deadline = Deadline(fetcher.policy.total_timeout, fetcher.outside.clock)
        session = None
        try:
            session = await _connected(source, options, fetcher, deadline)
            await session.login(user, password)
            folder = await session.open(options.folder, writable=options.mark_seen)
            return await _read(source, options, state, session, folder, fetcher, now)
        except FetchError as error:
            return Poll(Outcome.FAILED, error=str(error), health=error.health, failure=str(error.reason))
        finally:
            if session is not None:
                await session.close()


async def _connected(source: Source, options: MailboxOptions, fetcher: Fetcher, deadline: Deadline) -> ImapSession:
    """A session that nobody can listen to. Raises FetchError."""
    parts = urlsplit(source.url)
    host = parts.hostname or ""
    stream = await dial(fetcher, host, parts.port or _PORTS.get(parts.scheme, 993), deadline)
    try:
        if parts.scheme == "imaps":
            stream = await secured(fetcher, stream, host, deadline)
        session = ImapSession(
            stream, deadline, max_literal=options.max_message, allowance=fetcher.policy.max_bytes
        )  # fmt: skip
        await session.greet()
        if parts.scheme == "imap":
            await session.start_tls(lambda plain: secured(fetcher, plain, host, deadline))
    except BaseException:
        await stream.aclose()
        raise
    return session


async def _read(
    source: Source,
    options: MailboxOptions,
    state: SourceState,
    session: ImapSession,
    folder: Folder,
    fetcher: Fetcher,
    now: datetime,
) -> Poll:
    mark = mark_of(source)
    known = _remembered(state, mark)
    batch = _Batch([], [], [])
    if known and known.validity != folder.validity:
        batch.notes.append("the server has numbered the folder anew: its newest mails are looked through again")
        known = None
    since = known.uid if known else 0
    uids: list[int] = []
    if not (known and 0 < folder.next_uid <= since + 1):
        uids = [uid for uid in await session.last_uids(folder, WINDOW) if uid > since]
    # At first the newest; later the oldest of the new ones, so that those left over are the next poll's.
    chosen = uids[: options.newest] if known else uids[-options.newest :]
    batch.left = len(uids) - len(chosen) if known else 0
    await _fetch(chosen, options, session, fetcher, now, batch)
    if options.mark_seen and batch.read:
        await session.mark_seen(batch.read)
    cursor = _Cursor(mark, folder.validity, max([since, *batch.read]))
    if batch.left:
        batch.notes.append(f"{batch.left} mails wait for the next poll")
    return Poll(
        Outcome.CHANGED if batch.items else Outcome.UNCHANGED,
        items=tuple(batch.items),
        health=Health.HEALTHY if folder.exists else Health.EMPTY,
        notes=tuple(batch.notes) if folder.exists else (*batch.notes, "the folder is empty"),
        facts={"messages": folder.exists, "read": len(batch.read), "items": len(batch.items)},
        cursor=json.dumps(asdict(cursor)),
    )


async def _fetch(
    uids: list[int], options: MailboxOptions, session: ImapSession, fetcher: Fetcher, now: datetime, batch: _Batch
) -> None:
    """Read the messages one by one. If that breaks off in the middle, what came before is kept."""
    refused = 0
    for number, uid in enumerate(uids):
        try:
            raw = await session.message(uid)
        except FetchError as error:
            if not batch.read:
                raise
            batch.notes.append(f"broken off: {error}")
            batch.left += len(uids) - number
            break
        batch.read.append(uid)
        if raw is None:
            continue
        try:
            found = await fetcher.sandbox.run("mail", raw, {})
        except SandboxError:
            refused += 1
            continue
        if (item := _item(found, options, raw, now)) is not None:
            batch.items.append(item)
    if refused:
        batch.notes.append(f"{refused} mails could not be read")


def _item(found: Json, options: MailboxOptions, raw: bytes, now: datetime) -> Item | None:
    told = {key: value for key, value in found.items() if isinstance(value, str)} if isinstance(found, dict) else {}
    sender = told.get("from", "")
    if options.senders and not any(fnmatchcase(sender, wanted) for wanted in options.senders):
        return None
    title = title_text(told.get("subject", ""))
    text, truncated = capped(told.get("text", ""))
    if not (title or text):
        return None
    guid = told.get("message-id", "").strip("<> ")[:MAX_GUID]
    return Item(
        guid=guid or f"mail:{sha256(raw).hexdigest()[:32]}",
        url=told.get("url", ""),
        title=title,
        text=text,
        published_at=parse_date(told.get("date", ""), now),
        language=language_code(told.get("content-language", "")),
        truncated=truncated or len(raw) >= options.max_message,
        publisher=registrable_domain(sender.rpartition("@")[2]) or None,
    )


def _remembered(state: SourceState, mark: str) -> _Cursor | None:
    try:
        cursor = _CURSOR.validate_json(state.cursor or "")
    except ValidationError:
        return None
    return cursor if cursor.mark == mark and cursor.uid >= 0 else None
