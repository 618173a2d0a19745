"""Notes: what a process must not forget when it is killed between a send and its commit.

A line is written when a message is offered that could come twice unnoticed, and one when it was taken. A successor
reads them: what was taken counts as sent, what was not even offered did not arrive, and only the rest is in doubt.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from watcher.model.delivery import Attempt, Delivery, Receipt

log = structlog.get_logger(__name__)
_OFFERED, _TAKEN = "offered", "taken"
KEPT = timedelta(minutes=10)
"""Longer than any lease: then somebody else has taken care of what could not be stored."""


class Notebook(Protocol):
    """Where a process writes what it must not do twice; others read it when it is gone."""

    def note(self, line: str) -> None: ...
    def forget(self) -> None: ...
    def notes(self, name: str) -> list[str]: ...
    def bury(self, name: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt that succeeded."""

    receipt: Receipt
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Recalled:
    """All that a process noted that is gone, by (delivery id, lease token). `taken` was not committed yet."""

    taken: dict[tuple[str, str], Outcome]
    offered: frozenset[tuple[str, str]]


class Notes:
    """The lines of this process; they go when the last of them is in the database."""

    def __init__(self, notebook: Notebook | None) -> None:
        self._notebook = notebook
        self._open: dict[str, Statement] = {}

    def statement(self, delivery: Delivery, started: datetime, now: Callable[[], datetime]) -> Statement:
        """For an attempt at a claimed delivery; an earlier one if that was taken and could not be stored."""
        for id_ in [id_ for id_, one in self._open.items() if started - one.started > KEPT]:
            del self._open[id_]
        kept = self._open.get(delivery.id)
        if kept is None or kept.outcome is None:
            kept = self._open[delivery.id] = Statement(self._write, delivery, started, now)
        return kept

    def settled(self, delivery: Delivery) -> None:
        """What came of the attempt is committed."""
        self._open.pop(delivery.id, None)
        if self._notebook and not self._open:
            self._notebook.forget()

    def _write(self, line: str) -> None:
        """A disk that is full costs the safety of the note, not the message."""
        try:
            if self._notebook:
                self._notebook.note(line)
        except OSError as error:
            log.warning("delivery.not_noted", error=str(error))


class Statement:
    """What an adapter says of one attempt; `outcome` is None until the message was taken."""

    def __init__(
        self, write: Callable[[str], None], delivery: Delivery, started: datetime, now: Callable[[], datetime]
    ) -> None:
        self._write, self._delivery, self.started, self._now = write, delivery, started, now
        self.outcome: Outcome | None = None

    def offered(self) -> None:
        """From now on it may arrive."""
        self._write(json.dumps([self._delivery.id, self._delivery.lease_token, _OFFERED]))

    def taken(self, receipt: Receipt) -> None:
        """The receiver has it."""
        one, ended = self._delivery, self._now()
        self.outcome = Outcome(receipt, Attempt(one.id, one.attempts, self.started, ended, "sent", receipt.detail))
        said = (receipt.provider_ref, receipt.detail, one.attempts, str(self.started), str(ended))
        self._write(json.dumps([one.id, one.lease_token, _TAKEN, *said]))


def recall(lines: Iterable[str]) -> Recalled:
    """What the lines of a notebook tell; one that cannot be read (a disk lost half of it) is passed over."""
    taken: dict[tuple[str, str], Outcome] = {}
    offered: set[tuple[str, str]] = set()
    for line in lines:
        try:
            id_, token, said, *more = json.loads(line)
            if said == _TAKEN:
                taken[id_, token] = _outcome(id_, *more)
            else:
                offered.add((id_, token))
        except (ValueError, TypeError):
            log.warning("delivery.note_unreadable")
    return Recalled(taken, frozenset(offered))


def _outcome(id_: str, provider_ref: str, detail: str, number: int, started: str, ended: str) -> Outcome:
    times = datetime.fromisoformat(started), datetime.fromisoformat(ended)
    return Outcome(Receipt(provider_ref, detail), Attempt(id_, number, *times, "sent", detail))
