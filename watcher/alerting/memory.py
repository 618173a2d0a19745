"""The alerts of a rehearsal or a replay, in memory: decided and advanced as the service does with its rows. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from watcher.alerting.decide import advance, decide
from watcher.model.alert import Alert, Decision, Destination, Speak, Subject, ToldFigure
from watcher.model.document import Document
from watcher.model.match import Match
from watcher.model.signal import Signal
from watcher.model.story import Placement


class AlertMemory:
    """Nobody is muted, and everything has one destination. `new_id` names an alert by (signal id, story id)."""

    def __init__(self, destination: Destination, new_id: Callable[[str, str], str]) -> None:
        self._destination, self._new_id = destination, new_id
        self._alerts: dict[str, dict[str, Alert]] = {}

    def __len__(self) -> int:
        """Stories remembered."""
        return len(self._alerts)

    def forget(self, story_id: str) -> None:
        """The story is over."""
        self._alerts.pop(story_id, None)

    def judge(
        self,
        match: Match,
        signal: Signal,
        document: Document,
        placement: Placement,
        subject: Subject,
        now: datetime,
        told: Sequence[ToldFigure] = (),
    ) -> Decision:
        """Decide one match and remember what became of its alert."""
        alerts = self._alerts.setdefault(placement.story_id, {})
        existing = alerts.get(signal.id)
        decision = decide(
            match=match,
            signal=signal,
            document=document,
            placement=placement,
            existing=existing,
            subject=subject,
            silences=(),
            quiet_hours=(),
            destinations=(self._destination,),
            now=now,
            told=told,
        )
        if decision.speak is not Speak.QUIET:
            alerts[signal.id] = advance(
                existing,
                match=match,
                placement=placement,
                decision=decision,
                title=document.title,
                now=now,
                new_id=self._new_id(signal.id, placement.story_id),
            )
        return decision
