"""The rulebook: every signal, lexicon, source, channel and route, loaded and valid."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.model.alert import Routing
from watcher.model.composite import Composite
from watcher.model.document import Source
from watcher.model.signal import Finding, Lexicon, Signal


@dataclass(frozen=True, slots=True)
class Rulebook:
    """`fingerprint` is hex over the bytes of all files: two equal ones decide alike. Retired signals are not in it."""

    signals: tuple[Signal, ...]
    lexicons: tuple[Lexicon, ...]
    sources: tuple[Source, ...]
    routing: Routing
    fingerprint: str
    warnings: tuple[Finding, ...] = ()
    composites: tuple[Composite, ...] = ()

    def signal(self, signal_id: str) -> Signal | None:
        """The signal of that id, if it is loaded."""
        return next((signal for signal in self.signals if signal.id == signal_id), None)
