"""Monitor: tells somebody outside that the watcher is well, because a dead watcher can tell nobody.

While it is well, the address of a monitor (Healthchecks, Uptime Kuma, Cronitor …) is asked for with GET. If the pings
stay away the monitor raises the alarm; a second address, if it is set, is asked for at once when something is amiss.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx
import structlog

from watcher.model.ports import Clock

log = structlog.get_logger(__name__)
FAILING_EVERY = timedelta(minutes=5)
"""How often the second address is asked for while something stays amiss."""


class Monitor:
    """`well` says whether all is. Nothing is sent if `url` is empty."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        clock: Clock,
        well: Callable[[], bool],
        *,
        url: str,
        fail_url: str = "",
        every: timedelta = timedelta(minutes=1),
    ) -> None:
        self._client, self._clock, self._well = client, clock, well
        self._url, self._fail_url, self._every = url, fail_url, every
        self._next = 0.0
        self._was_well: bool | None = None
        self._heard = True

    async def run_due(self) -> None:
        """Ping if it is time to, or if things have changed since the last one."""
        well, now = self._well(), self._clock.monotonic()
        url = self._url if well else self._fail_url
        if not self._url or (now < self._next and well == self._was_well):
            return
        self._was_well = well
        self._next = now + (self._every if well else FAILING_EVERY).total_seconds()
        if url:
            await self._ping(url)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _ping(self, url: str) -> None:
        try:
            answer = await self._client.get(url)
            heard, reason = answer.is_success, f"answered {answer.status_code}"
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # Neither the address nor words of the error: the address is a secret.
            heard, reason = False, type(error).__name__
        if heard != self._heard:
            log.warning("heartbeat.heard" if heard else "heartbeat.unheard", reason=reason)
        self._heard = heard
