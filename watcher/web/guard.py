"""What every request meets: few bodies at once, small ones, little time for them, and a count of who is refused."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from aiohttp import web

log = structlog.get_logger(__name__)

AT_ONCE = 16
"""Bodies that are read and worked on at once; more are asked to come again, so that they never fill the memory."""

BODY_S = 10.0
"""Seconds for a body to arrive."""

WINDOW_S = 60.0
REFUSED_MOST = 30
"""Requests of one address that are refused within a window before it hears 429 instead of why."""

PEERS = 10_000
"""Addresses that are remembered."""

Clock = Callable[[], float]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class RefusedError(Exception):
    """An answer other than success: its status, a few words, perhaps which field is wrong, or when to come again."""

    def __init__(self, status: int, error: str, *, field: str = "", retry_after: int | None = None) -> None:
        super().__init__(error)
        self.status, self.error, self.field, self.retry_after = status, error, field, retry_after


@dataclass(slots=True)
class _Count:
    since: float
    refused: int = 0


class Guard:
    """`clock` is monotonic, in seconds; `body_s` is how long a body may take. `refused` counts those that proved
    nothing (401) since the start."""

    def __init__(self, clock: Clock, *, body_s: float = BODY_S) -> None:
        self._clock, self._body_s = clock, body_s
        self._with_body: set[int] = set()
        self._peers: OrderedDict[str, _Count] = OrderedDict()
        self.refused = 0

    async def around(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Run the handler; every refusal and every fault becomes an answer in JSON that gives nothing away."""
        try:
            return await handler(request)
        except RefusedError as refusal:
            return _answer(self._counted(request, refusal) if refusal.status == 401 else refusal)
        except web.HTTPException as error:
            return _answer(RefusedError(error.status, error.reason))
        except (ConnectionError, asyncio.IncompleteReadError):
            raise  # nobody is there to be answered
        except Exception:  # a fault of ours: the sender keeps what it has and comes again
            log.exception("web.failed", path=request.path)
            return _answer(RefusedError(500, "this failed; send it again"))
        finally:
            self._with_body.discard(id(request))

    async def body(self, request: web.Request, most: int) -> bytes:
        """The body. Raises RefusedError: 413 beyond `most` bytes, 408 if it does not come, 415 if it is compressed.

        It counts as one of those at once until the handler is done with it.
        """
        if len(self._with_body) >= AT_ONCE:
            raise RefusedError(503, "too many requests at once", retry_after=5)
        self._with_body.add(id(request))
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise RefusedError(415, "send the body uncompressed")
        if (request.content_length or 0) > most:
            raise RefusedError(413, f"at most {most:,} bytes")
        pieces: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self._body_s):
                async for piece in request.content.iter_any():
                    size += len(piece)
                    if size > most:
                        raise RefusedError(413, f"at most {most:,} bytes")
                    pieces.append(piece)
        except TimeoutError:
            raise RefusedError(408, "the body did not arrive in time") from None
        except web.RequestPayloadError:
            raise RefusedError(400, "the body is broken off") from None
        return b"".join(pieces)

    def _counted(self, request: web.Request, refusal: RefusedError) -> RefusedError:
        """Somebody who tries many keys hears no more about them, and the log tells of him once a window."""
        peer, now = request.remote or "unknown", self._clock()
        count = self._peers.get(peer)
        if count is None or now - count.since >= WINDOW_S:
            count = self._peers[peer] = _Count(now)
        self._peers.move_to_end(peer)
        while len(self._peers) > PEERS:
            self._peers.popitem(last=False)
        count.refused += 1
        self.refused += 1
        if count.refused in (1, REFUSED_MOST):
            log.warning("web.refused", peer=peer, path=request.path, reason=refusal.error, times=count.refused)
        if count.refused > REFUSED_MOST:
            return RefusedError(429, "too many refused requests", retry_after=int(WINDOW_S - (now - count.since)) + 1)
        return refusal


def _answer(refusal: RefusedError) -> web.Response:
    told = {"error": refusal.error} | ({"field": refusal.field} if refusal.field else {})
    headers = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after is not None else {}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if refusal.status in (408, 413):
        headers["Connection"] = "close"
    return web.json_response(told, status=refusal.status, headers=headers)
