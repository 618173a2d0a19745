"""Fetching: one conditional GET with redirects, repeats, politeness and bounds. What came is not looked into here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import httpx

from watcher.net.body import ACCEPTED
from watcher.net.deadline import Deadline
from watcher.net.transport import GuardedTransport, Outside
from watcher.sources.address import Target, redirected, target_of
from watcher.sources.failure import FetchError, Reason, classify
from watcher.sources.gate import Gate
from watcher.sources.pace import max_age
from watcher.sources.policy import FetchPolicy
from watcher.sources.retry_after import parse_retry_after
from watcher.sources.sandbox import Sandbox

Sleep = Callable[[float], Awaitable[None]]

_PERMANENT = (301, 308)
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to get. The validators are those of an earlier answer, verbatim."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    accept: str = "*/*"

    @property
    def conditional(self) -> bool:
        """Whether "not modified" would be an answer."""
        return bool(self.etag or self.last_modified)


@dataclass(frozen=True, slots=True)
class FetchResponse:
    """What came: decompressed `body`, final `url`, and `moved_to` when every redirect up to there was permanent.

    `not_modified` means that the validators still hold; the body is empty then. `max_age` is how long the server says
    that the answer stays good, `seconds` how long it took from the first byte sent to the last one read.
    """

    url: str
    status: int
    body: bytes
    content_type: str = ""
    link: str = ""
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str | None = None
    not_modified: bool = False
    max_age: timedelta | None = None
    seconds: float = 0.0


class Fetcher:
    """Long-lived: one transport, one TLS context, one pool. `sleep` and `outside` are passed in by tests.

    `sandbox` is where risky parsing runs; it is closed together with the fetcher. `env` answers `env:NAME` in the
    options of sources.
    """

    def __init__(
        self,
        policy: FetchPolicy | None = None,
        *,
        outside: Outside | None = None,
        sleep: Sleep = asyncio.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sandbox: Sandbox | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.policy = policy or FetchPolicy()
        self.sandbox = sandbox or Sandbox()
        self.outside = outside or Outside()
        self.env = env or {}
        self._clock = self.outside.clock
        self._sleep = sleep
        self.now = now
        self._gate = Gate(self.policy, sleep=sleep, clock=self._clock)
        # The transport without httpx's client around it: no cookies to keep, no redirect that is looked into for us.
        self._transport = GuardedTransport(
            allow_private=self.policy.allow_private,
            bounds=self.policy.bounds,
            http2=self.policy.http2,
            outside=self.outside,
            proxy=self.policy.proxy,
        )

    def room(self, host: str) -> int:
        """How many requests to that host may be begun now; see Gate."""
        return self._gate.room(host)

    async def get(self, request: FetchRequest) -> FetchResponse:
        """Fetch, following at most five redirects and repeating what may pass quickly. Raises FetchError only."""
        target = target_of(request.url)
        async with self._gate.enter(target.host):
            deadline = Deadline(self.policy.total_timeout, self._clock)
            began = self._clock()
            response = await self._with_repeats(request, target, deadline)
            return replace(response, seconds=max(0.0, self._clock() - began))

    async def close(self) -> None:
        """Close connections and the sandbox."""
        await self._transport.aclose()
        await self.sandbox.close()

    async def _with_repeats(self, request: FetchRequest, target: Target, deadline: Deadline) -> FetchResponse:
        for pause in self.policy.retries:
            try:
                return await self._confirmed(request, target, deadline)
            except FetchError as error:
                if not error.transient or deadline.remaining() <= pause:
                    raise
            await self._sleep(pause)
        return await self._confirmed(request, target, deadline)

    async def _confirmed(self, request: FetchRequest, target: Target, deadline: Deadline) -> FetchResponse:
        """Some caches say "not modified" to a question that was not asked; then it is put once more, plainly."""
        response = await self._follow(request, target, deadline)
        if response.status != 304 or request.conditional:
            return response
        response = await self._follow(replace(request, etag=None, last_modified=None), target, deadline, fresh=True)
        if response.status == 304:
            raise FetchError(Reason.PROTOCOL, "answers 304 although nothing was asked conditionally", status=304)
        return response

    async def _follow(
        self, request: FetchRequest, target: Target, deadline: Deadline, *, fresh: bool = False
    ) -> FetchResponse:
        moved_to = None
        permanent = True
        for _ in range(self.policy.max_redirects + 1):
            answer, body = await self._once(request, target, deadline, fresh=fresh)
            if answer.status_code not in _REDIRECTS:
                return self._read(answer, body, target, moved_to)
            location = answer.headers.get("location", "")
            if not location:
                raise FetchError(Reason.REDIRECTS, "redirects without saying where to")
            before, target = target, redirected(target, location)
            weaker = before.url.scheme == "https" and target.url.scheme == "http"
            permanent = permanent and answer.status_code in _PERMANENT and not weaker
            moved_to = str(target.url) if permanent else moved_to
        raise FetchError(Reason.REDIRECTS, f"more than {self.policy.max_redirects} redirects")

    async def _once(
        self, request: FetchRequest, target: Target, deadline: Deadline, *, fresh: bool
    ) -> tuple[httpx.Response, bytes]:
        try:
            headers = self._headers(request, target, fresh=fresh)
            ready = httpx.Request("GET", target.url, headers=headers, extensions={"deadline": deadline})
            answer = await self._transport.handle_async_request(ready)
            try:
                body = b"".join([piece async for piece in answer.aiter_bytes()]) if answer.is_success else b""
            finally:
                await answer.aclose()
        except Exception as error:  # whatever a hostile answer leads to: the source failed, nobody else
            raise classify(error, time_is_up=deadline.remaining() <= 0, total=self.policy.total_timeout) from None
        return answer, body

    def _headers(self, request: FetchRequest, target: Target, *, fresh: bool) -> dict[str, str]:
        headers = {"User-Agent": self.policy.user_agent, "Accept": request.accept, "Accept-Encoding": ACCEPTED}
        for name, value in (
            ("If-None-Match", request.etag),
            ("If-Modified-Since", request.last_modified),
            ("Authorization", target.authorization),
            ("Cache-Control", "no-cache" if fresh else None),
        ):
            if value:
                headers[name] = value
        return headers

    def _read(self, answer: httpx.Response, body: bytes, target: Target, moved_to: str | None) -> FetchResponse:
        status = answer.status_code
        if not answer.is_success and status != 304:
            policy = self.policy
            wait = parse_retry_after(
                answer.headers.get("retry-after", ""), self.now(), policy.retry_after_least, policy.retry_after_most
            )
            challenged = answer.headers.get("cf-mitigated", "").strip().lower() == "challenge"
            told = f"the server answers {status}" + (" and wants a captcha" if challenged else "")
            raise FetchError(Reason.HTTP_STATUS, told, status=status, retry_after=wait, challenged=challenged)
        return FetchResponse(
            url=str(target.url),
            status=status,
            body=body,
            content_type=answer.headers.get("content-type", "")[:200],
            link=answer.headers.get("link", "")[:8_000],
            etag=_validator(answer.headers.get("etag")),
            last_modified=_validator(answer.headers.get("last-modified")),
            moved_to=moved_to,
            not_modified=status == 304,
            max_age=max_age(answer.headers.get("cache-control", "")),
        )


def _validator(value: str | None) -> str | None:
    """Kept as it was sent; but not what could not be sent back."""
    if not value or len(value) > 1_000 or not value.isascii() or not value.isprintable():
        return None
    return value
