"""What every kind does around its parser: ask conditionally, stop at what has not changed, turn failures into polls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from watcher.model.document import Health, Outcome, Poll, Source, SourceState
from watcher.sources.address import polled_url
from watcher.sources.doorway import behind
from watcher.sources.entries import Reading, UnreadableError
from watcher.sources.failure import FetchError
from watcher.sources.fetch import Fetcher, FetchRequest, FetchResponse
from watcher.sources.pace import feed_wish
from watcher.sources.sandbox import SandboxError

Parse = Callable[[FetchResponse], Awaitable[Reading]]


async def read(source: Source, state: SourceState, fetcher: Fetcher, accept: str, parse: Parse) -> Poll:
    """One poll. `parse` raises UnreadableError or SandboxError for a body that it cannot use.

    The stored hash starts with a mark of the configuration: when that was edited, the old validators are not sent and
    the same body is read again.
    """
    mark = mark_of(source)
    same = (state.body_hash or "").startswith(mark)
    url = polled_url(source, state)
    request = FetchRequest(
        url,
        etag=state.etag if same else None,
        last_modified=state.last_modified if same else None,
        accept=accept,
    )
    try:
        response = await fetcher.get(request)
    except FetchError as error:
        failure = str(error.status or error.reason)
        return Poll(
            Outcome.FAILED, error=str(error), health=error.health, retry_after=error.retry_after, failure=failure
        )
    poll = await _polled(response, state, mark, parse)
    moved_to = response.moved_to or (url if url != source.url else None)
    wish = _wish(response, fetcher.now()) if source.every_max else None
    return replace(poll, moved_to=moved_to, seconds=response.seconds, wish=wish)


def _wish(response: FetchResponse, now: datetime) -> timedelta | None:
    """The longest pause that the publisher asks for; without `every_max` it would change nothing."""
    wishes = [response.max_age, None if response.not_modified else feed_wish(response.body, now)]
    return max((wish for wish in wishes if wish), default=None)


async def _polled(response: FetchResponse, state: SourceState, mark: str, parse: Parse) -> Poll:
    if response.not_modified:
        return _unchanged(state, response)
    digest = mark + sha256(response.body).hexdigest()
    if digest == state.body_hash:
        return replace(_unchanged(state, response), etag=response.etag, last_modified=response.last_modified)
    return await _parsed(response, digest, parse)


async def _parsed(response: FetchResponse, digest: str, parse: Parse) -> Poll:
    if not response.body.strip():
        return _failed("answers with an empty body", response, Health.EMPTY, "empty")
    try:
        reading = await parse(response)
    except (UnreadableError, SandboxError) as error:
        health, failure = behind(response.body) or (Health.FAILING, "unreadable")
        told = {"captcha": " (a captcha)", "parked": " (the domain is parked)"}.get(failure, "")
        return _failed(str(error) + told, response, health, failure)
    except Exception as error:  # a fault of ours in one parser must not stop the other sources
        return _failed(f"the parser failed ({type(error).__name__})", response)
    kept = reading.complete
    return Poll(
        Outcome.CHANGED,
        items=reading.items,
        etag=response.etag if kept else None,
        last_modified=response.last_modified if kept else None,
        body_hash=digest if kept else None,
        health=Health.HEALTHY if reading.items else Health.EMPTY,
        dropped=reading.dropped,
        notes=reading.notes if reading.items else (*reading.notes, "answers, but without items"),
        facts={"status": response.status, "bytes": len(response.body), "items": len(reading.items)},
    )


def _unchanged(state: SourceState, response: FetchResponse) -> Poll:
    empty = state.leaning is Health.EMPTY
    return Poll(
        Outcome.UNCHANGED,
        etag=response.etag or state.etag,
        last_modified=response.last_modified or state.last_modified,
        body_hash=state.body_hash,
        health=Health.EMPTY if empty else Health.HEALTHY,
        notes=("answers, but without items",) if empty else (),
        facts={"status": response.status, "bytes": len(response.body)},
    )


def _failed(error: str, response: FetchResponse, health: Health = Health.FAILING, failure: str = "internal") -> Poll:
    return Poll(
        Outcome.FAILED,
        error=error,
        health=health,
        failure=failure,
        facts={"status": response.status, "bytes": len(response.body)},
    )


def mark_of(source: Source) -> str:
    """Eight hex digits and a colon: changes when the source is configured differently."""
    return sha256(f"{source.kind}\n{source.url}\n{source.options!r}".encode()).hexdigest()[:8] + ":"
