"""What the services work by: the rulebook with all that was built from it. A reload replaces it as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from watcher.detection.engine import Detector
from watcher.model.delivery import ChannelAdapter
from watcher.model.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Desk:
    """`targets` lists, for a channel kind that speaks to each recipient apart, its recipients; else ("",).

    `unbuilt` names the channels that lack something (a token, a variable): their adapters only say what.
    """

    rulebook: Rulebook
    detector: Detector
    adapters: Mapping[str, ChannelAdapter] = field(default_factory=dict)
    targets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unbuilt: frozenset[str] = frozenset()

    @property
    def senders(self) -> dict[str, ChannelAdapter]:
        """The adapters that can send; what is for another channel waits, however long."""
        return {name: adapter for name, adapter in self.adapters.items() if name not in self.unbuilt}


class DeskHolder:
    """The desk in force; services read it anew for each piece of work, so that a swap takes effect at once."""

    def __init__(self, desk: Desk) -> None:
        self.current = desk
