"""A lane at work: sends under way side by side, and a new one as soon as there is room, or something to send.

Nobody waits for the slowest of those that were claimed together: a receiver that hangs holds up one message. And no
call to look again is missed, not even one that comes while the lane finds that nothing is left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeAlias

from watcher.model.delivery import Delivery

Send: TypeAlias = tuple[Delivery, Coroutine[Any, Any, None]]
Begin: TypeAlias = Callable[[list[Delivery]], Awaitable[Sequence[Send]]]


class Lane:
    """`begin` is told what is being sent, and gives the sends that may join it: none if there is no room, or nothing is
    due."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin
        self._news = asyncio.Event()
        self._under_way: dict[asyncio.Task[None], Delivery] = {}
        self._failure: BaseException | None = None

    def kick(self) -> None:
        """There may be more to send."""
        self._news.set()

    async def run(self) -> None:
        """Until nothing is due and nothing under way. Raises what a send raised, when the others have ended what they
        began; nothing new is begun meanwhile. Cancelled, it cancels them."""
        try:
            while True:
                self._news.clear()
                if self._failure is None:
                    for send in await self._begin(list(self._under_way.values())):
                        self._start(send)
                if not self._under_way and not self._news.is_set():
                    break
                await self._news.wait()
        finally:
            for task in self._under_way:
                task.cancel()
            if self._under_way:  # else nothing may come between the last look and the end
                await asyncio.gather(*self._under_way, return_exceptions=True)
        if self._failure:
            raise self._failure

    def _start(self, send: Send) -> None:
        delivery, sending = send
        task = asyncio.create_task(sending)
        self._under_way[task] = delivery
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        if not task.cancelled():
            self._failure = self._failure or task.exception()
        self._news.set()
