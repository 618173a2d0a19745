"""What a kind of source is."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Protocol

from pydantic import BaseModel, ConfigDict

from watcher.model.document import Poll, Source, SourceState
from watcher.sources.fetch import Fetcher


class Options(BaseModel):
    """The keys that a kind adds to a source in sources.yaml.

    `schemes` are those of the addresses that it reads, `example` is one of them. Secrets are SecretStr.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    schemes: ClassVar[tuple[str, ...]] = ("http", "https")
    example: ClassVar[str] = "https://example.org/rss.xml"


class SourceKind(Protocol):
    """One way of reading a source.

    `options` is the model of the keys that the kind adds. `poll` never raises for anything that a source does: a
    failure is a Poll with Outcome.FAILED, an `error` for people and a health.
    """

    @property
    def options(self) -> type[Options]:
        """The kind's own keys."""
        ...

    async def poll(self, source: Source, state: SourceState, fetcher: Fetcher, now: datetime) -> Poll:
        """Fetch and read `source` once; `state` brings what the last poll left."""
        ...
