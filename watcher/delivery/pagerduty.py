"""On-call: PagerDuty's Events API v2, and what speaks the same."""

from __future__ import annotations

import asyncio
import json
import re
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import ClassVar
from weakref import WeakValueDictionary

import httpx
from pydantic import Field, SecretStr, field_validator

from watcher.delivery import wording
from watcher.delivery.answer import retry_after
from watcher.delivery.context import ChannelContext
from watcher.delivery.inert import cut
from watcher.delivery.kind import ChannelOptions, options_of
from watcher.delivery.posting import Answer, Posting, post, refusal
from watcher.delivery.secret import ChannelSetupError, resolve
from watcher.model.alert import Channel
from watcher.model.delivery import Delivery, DeliveryError, Message, Receipt
from watcher.net.secret import is_reference

SEVERITIES = {"low": "info", "medium": "warning", "high": "error", "critical": "critical"}
SUMMARY = 1_024
DEDUP_KEY = 255
ACTIONS = {
    "acknowledged": "acknowledge", "snoozed": "acknowledge", "resolved": "resolve", "expired": "resolve",
    "open": "trigger",
}  # fmt: skip
"""What a change of an alert's life is there, by the status afterwards. There is no way to take an acknowledgement
back: a trigger joins the incident while it is open, and opens another one once it was resolved."""
MOST_ITEMS = 20
"""Alerts of a round-up that are listed."""
REMEMBERED = 1_000
"""Incidents of which it is kept in memory what was sent last."""
_KEY_LENGTH = 32
_SERVICE = re.compile(r"[A-Z0-9]{4,20}")
_PATH = "/v2/enqueue"


class PagerDutyOptions(ChannelOptions):
    """`routing_key` is an integration key of 32 characters, better written `env:NAME`. `service` is the id of the
    service that it belongs to, as its address shows it: needed where several services are told of one alert."""

    pages: ClassVar[bool] = True
    routing_key: SecretStr = Field(json_schema_extra={"secret": True})
    service: str | None = None

    @property
    def known_as(self) -> str:
        return self.service or ""

    @field_validator("service")
    @classmethod
    def _service(cls, value: str | None) -> str | None:
        if value is not None and not _SERVICE.fullmatch(value):
            raise ValueError("service must be the service's id, such as PF9KMXH: the end of its address in PagerDuty")
        return value

    @field_validator("routing_key")
    @classmethod
    def _key(cls, value: SecretStr) -> SecretStr:
        if not is_reference(value) and not _is_key(value.get_secret_value()):
            raise ValueError("routing_key must be 32 letters and digits, or env:NAME")
        return value


def dedup_key(delivery: Delivery) -> str:
    """The alert's id, so that an update joins the incident that is open; at most 255 characters."""
    return (delivery.message.alert_id or delivery.id)[:DEDUP_KEY]


def action(message: Message) -> str:
    """trigger, acknowledge or resolve."""
    return ACTIONS.get(message.status, "trigger") if message.kind == "status" else "trigger"


def render(delivery: Delivery) -> dict[str, object]:
    """The event without its routing key; a few kB at most (the limit is 512 kB).

    Acknowledge and resolve name the incident and nothing else: PagerDuty reads no more of them.
    """
    message = delivery.message
    named: dict[str, object] = {"event_action": action(message), "dedup_key": dedup_key(delivery)}
    if named["event_action"] != "trigger":
        return named
    document = wording.reference(message.document)
    return {
        **named,
        "client": "Signal Watch",
        "payload": {
            "summary": cut(wording.summary(message), SUMMARY),
            "source": document.publisher or "signal-watch",
            "severity": SEVERITIES.get(message.severity, "warning"),
            "component": wording.identifier(message.signal_id),
            "group": wording.identifier(message.story_id),
            "class": wording.assertion(message),
            "custom_details": _listed(delivery, message) if message.items else _details(delivery, message),
        },
        "links": _links(message),
    }


def _listed(delivery: Delivery, message: Message) -> dict[str, object]:
    """The alerts of a summary or digest: one incident for all of them."""
    lines = [
        f"{cut(one.severity, 20)}: {cut(one.signal_title, 120)}: {wording.reference(one.document).title} "
        f"(score {one.score}, alert {wording.identifier(one.alert_id)})"
        for one in message.items[:MOST_ITEMS]
    ]
    left = len(message.items) - MOST_ITEMS
    return {
        "delivery": wording.identifier(delivery.id),
        "alerts": [*lines, f"and {left} more"] if left > 0 else lines,
    }


def worth_paging(message: Message) -> bool:
    """A digest that has nothing to say is for readers, not for who is on call."""
    return message.kind not in {"digest", "summary"} or bool(message.items)


def _details(delivery: Delivery, message: Message) -> dict[str, object]:
    return {
        "delivery": wording.identifier(delivery.id),
        "signal": wording.signal_name(message),
        "question": cut(message.question, 300),
        "sentence": cut(wording.sentence(message), 1_000),
        "score": message.score,
        "ledger": list(wording.ledger(message)),
        "reasons": list(wording.reasons(message)),
        "publishers": message.publishers,
        "published_at": wording.reference(message.document).published_at,
    }


def _links(message: Message) -> list[dict[str, str]]:
    references = [wording.reference(message.document), *wording.others(message)]
    return [{"href": shown.url, "text": shown.title} for shown in references if shown.url]


class PagerDutyAdapter:
    """The incidents of one service: one for each alert."""

    pace = timedelta(0)

    def __init__(self, name: str, routing_key: str, context: ChannelContext) -> None:
        # PagerDuty counts by routing key, which must not be shown.
        self.lane = f"pagerduty:{name}"
        self._key = routing_key
        self._url = context.pagerduty_api_url.rstrip("/").removesuffix(_PATH) + _PATH
        self._context = context
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._last: OrderedDict[str, datetime] = OrderedDict()
        # The base address is a setting, not a rule: no guard. It comes from who runs the process.
        self._transport = httpx.AsyncHTTPTransport(
            trust_env=False, proxy=httpx.Proxy(context.proxy) if context.proxy else None
        )

    async def send(self, delivery: Delivery) -> Receipt:
        """Trigger, acknowledge or resolve; 202 is success. 400 is never tried again, 429 and 5xx are.

        What is older than what the incident was told last is not sent: a page that waited for a retry would come
        after the acknowledgement.
        """
        if not worth_paging(delivery.message):
            return Receipt(detail="nothing to tell: nobody is paged for that")
        key = dedup_key(delivery)
        turn = self._turns.setdefault(key, asyncio.Lock())
        async with turn:  # one event of an incident after the other, or an acknowledgement might overtake the page
            if delivery.outdated or delivery.created_at < self._last.get(key, delivery.created_at):
                return Receipt(key, "not sent: the incident was told something newer")
            await self._post(delivery)
            self._last[key] = delivery.created_at
            self._last.move_to_end(key)
            while len(self._last) > REMEMBERED:
                self._last.popitem(last=False)
        return Receipt(key, f"accepted: {action(delivery.message)}")

    async def _post(self, delivery: Delivery) -> None:
        body = json.dumps({"routing_key": self._key, **render(delivery)}).encode()
        posting = Posting(self._url, body, {"Content-Type": "application/json"}, "PagerDuty", self._context.patience)
        answer = await post(self._transport, posting)
        if answer.status != 202:
            raise self._refused(posting, answer)

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    def _refused(self, posting: Posting, answer: Answer) -> DeliveryError:
        return DeliveryError(
            refusal(posting, answer, (self._key,)),
            permanent=400 <= answer.status < 500 and answer.status not in {408, 425, 429},
            retry_after=retry_after(answer.headers, self._context.now()),
        )


def build(channel: Channel, context: ChannelContext) -> PagerDutyAdapter:
    """Raises ChannelSetupError if the routing key's variable is not set, or is not a key."""
    options = options_of(channel, PagerDutyOptions)
    key = resolve(options.routing_key, context.env, "routing_key")
    if not _is_key(key):
        raise ChannelSetupError("routing_key is not a key of 32 letters and digits")
    return PagerDutyAdapter(channel.name, key, context)


def _is_key(text: str) -> bool:
    return len(text) == _KEY_LENGTH and text.isascii() and text.isalnum()
