"""Waiting for something to become true, without sleeping: whoever changes a thing rings, whoever waits looks again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Bell:
    """Shared by servers and processes of one test."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Something has changed."""
        self._rung.set()

    async def until(self, holds: Callable[[], bool], bound: float = 20.0) -> None:
        """Return once `holds()` is true; TimeoutError after `bound` seconds."""
        async with asyncio.timeout(bound):
            while not holds():
                self._rung.clear()
                await self._rung.wait()
