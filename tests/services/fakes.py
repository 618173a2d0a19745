"""Hand-written stand-ins for what the services work with: adapters, source kinds, a desk."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from tests.support.clocks import NOON
from tests.support.velmar import DAM_FAILS, Report, Velmar
from watcher.detection.engine import Detector
from watcher.model.delivery import Citation, Delivery, DeliveryStatus, Message, Receipt
from watcher.model.document import Document, Item, Outcome, Poll, Source, SourceState
from watcher.services import rules
from watcher.services.desk import Desk
from watcher.sources.fetch import Fetcher
from watcher.sources.identity import content_hash


class FakeAdapter:
    """Sends into `sent`; `answers` are raised or returned first, one a send. A closed `gate` holds sends up."""

    def __init__(self, lane: str = "lane", pace: float = 0.0) -> None:
        self.lane = lane
        self.pace = timedelta(seconds=pace)
        self.sent: list[Delivery] = []
        self.tried: list[Delivery] = []
        self.answers: deque[Exception | Receipt] = deque()
        self.gate = asyncio.Event()
        self.gate.set()
        self.begun = asyncio.Event()
        self.closed = False

    async def send(self, delivery: Delivery) -> Receipt:
        self.tried.append(delivery)
        self.begun.set()
        await self.gate.wait()
        answer = self.answers.popleft() if self.answers else Receipt(f"ref-{delivery.id}", "taken")
        if isinstance(answer, Exception):
            raise answer
        self.sent.append(delivery)
        return answer

    async def close(self) -> None:
        self.closed = True


@dataclass
class FakeKind:
    """A kind of source that answers from a script: polls, or errors to raise. Without one nothing has changed.

    `crowded` tells that `crowd` polls are under way at once.
    """

    options: type[BaseModel] = BaseModel
    answers: dict[str, deque[Poll | Exception]] = field(default_factory=dict)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    polled: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    crowd: int = 0
    crowded: asyncio.Event = field(default_factory=asyncio.Event)

    async def poll(self, source: Source, state: SourceState, fetcher: Fetcher, now: datetime) -> Poll:
        self.polled.append(source.id)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        if self.at_once == self.crowd:
            self.crowded.set()
        try:
            await self.gate.wait()
        finally:
            self.at_once -= 1
        script = self.answers.get(source.id)
        answer = script.popleft() if script else Poll(Outcome.UNCHANGED)
        if isinstance(answer, Exception):
            raise answer
        return answer


def desk(
    root: Path,
    adapters: dict[str, Any] | None = None,
    targets: Any = None,
    route: dict[str, Any] | None = None,
    ladders: dict[str, Any] | None = None,
    inhibit: list[Any] | None = None,
    **channels: Any,
) -> Desk:
    """The desk of Velmar with these adapters in place of real ones; every channel is told, by one `route`."""
    velmar = Velmar(root)
    named = channels or {name: {"kind": "console"} for name in adapters or {"screen": None}}
    more = {"escalations": ladders or {}, "inhibit": inhibit or []}
    velmar.routes(named, [{"to": list(named), **(route or {})}], **more)
    rulebook, findings = rules.read(root)
    assert rulebook is not None, findings
    detector = Detector(rulebook.signals, rulebook.lexicons)
    everyone = {name: ("",) for name in named} if targets is None else targets
    return Desk(rulebook, detector, adapters or {}, everyone)


def document(number: int, report: Report = DAM_FAILS, **changes: Any) -> Document:
    """A stored document of its own source position, published just now."""
    given: dict[str, Any] = {
        "id": f"doc_{number:04}",
        "source_id": "wire",
        "publisher": "wire.example",
        "guid": str(number),
        "url": f"https://wire.example/{number}",
        "canonical_url": f"https://wire.example/{number}",
        "title": report.title,
        "text": report.text,
        "language": "en",
        "published_at": NOON,
        "first_seen_at": NOON,
        "content_hash": content_hash(report.title, report.text),
    }
    return Document(**(given | changes))


def item(number: int, report: Report = DAM_FAILS) -> Item:
    """The same as a parser reads it."""
    return Item(str(number), f"https://wire.example/{number}", report.title, report.text, NOON)


def delivery(number: int, channel: str = "screen", **changes: Any) -> Delivery:
    """A delivery that is due."""
    told = Message(
        kind="alert", alert_id="", signal_id="dam-failure", signal_title="A dam fails", story_id="sty_1",
        severity="high", score=80, assertion="asserted", document=Citation(f"Report {number}", "", "wire.example"),
        sentence="A dam failed.",
    )  # fmt: skip
    given: dict[str, Any] = {
        "id": f"dlv_{number:04}",
        "alert_id": None,
        "channel": channel,
        "message": told,
        "status": DeliveryStatus.PENDING,
        "attempts": 0,
        "priority": 1,
        "due_at": NOON,
        "created_at": NOON,
    }
    return Delivery(**(given | changes))


def ids(deliveries: Sequence[Delivery]) -> list[str]:
    """Their ids, in order."""
    return [one.id for one in deliveries]
