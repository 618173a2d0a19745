"""What the service logs, while it runs in the test's own process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from tests.support.bell import Bell


class Logbook:
    """Every line as data, in order; rings when one comes."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self.lines: list[dict[str, Any]] = []

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        self.lines.append(dict(event))
        self._bell.ring()
        raise structlog.DropEvent

    def events(self, name: str) -> list[dict[str, Any]]:
        """The lines of that event."""
        return [line for line in self.lines if line["event"] == name]

    async def logged(self, name: str, times: int = 1) -> list[dict[str, Any]]:
        """Wait until the event was logged so often."""
        await self._bell.until(lambda: len(self.events(name)) >= times)
        return self.events(name)


@contextmanager
def keeping(bell: Bell) -> Iterator[Logbook]:
    """Send what structlog is told into a logbook."""
    before = structlog.get_config()
    book = Logbook(bell)
    structlog.configure(
        processors=[book], wrapper_class=structlog.make_filtering_bound_logger(0), cache_logger_on_first_use=False
    )
    try:
        yield book
    finally:
        structlog.configure(**before)
