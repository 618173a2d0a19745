"""On-call: PagerDuty's Events API v2, and what speaks the same."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx
from pydantic import Field, SecretStr, field_validator

from watcher.delivery import wording
from watcher.delivery.answer import retry_after
from watcher.delivery.context import ChannelContext
from watcher.delivery.inert import cut
from watcher.delivery.kind import ChannelOptions, options_of
from watcher.delivery.posting import Answer, Posting, post, refusal
from watcher.delivery.secret import ChannelSetupError, is_reference, resolve
from watcher.model.alert import Channel
from watcher.model.delivery import Delivery, DeliveryError, Message, Receipt

SEVERITIES = {"low": "info", "medium": "warning", "high": "error", "critical": "critical"}
SUMMARY = 1_024
DEDUP_KEY = 255
_KEY_LENGTH = 32
_PATH = "/v2/enqueue"


class PagerDutyOptions(ChannelOptions):
    """`routing_key` is an integration key of 32 characters, better written `env:NAME`."""

    routing_key: SecretStr = Field(json_schema_extra={"secret": True})

    @field_validator("routing_key")
    @classmethod
    def _key(cls, value: SecretStr) -> SecretStr:
        if not is_reference(value) and not _is_key(value.get_secret_value()):
            raise ValueError("routing_key must be 32 letters and digits, or env:NAME")
        return value


def dedup_key(delivery: Delivery) -> str:
    """The alert's id, so that an update joins the incident that is open; at most 255 characters."""
    return (delivery.message.alert_id or delivery.id)[:DEDUP_KEY]


def render(delivery: Delivery) -> dict[str, object]:
    """The event without its routing key; a few kB at most (the limit is 512 kB)."""
    message = delivery.message
    document = wording.reference(message.document)
    return {
        "event_action": "trigger",
        "dedup_key": dedup_key(delivery),
        "client": "Signal Watch",
        "payload": {
            "summary": cut(wording.summary(message), SUMMARY),
            "source": document.publisher or "signal-watch",
            "severity": SEVERITIES.get(message.severity, "warning"),
            "component": wording.identifier(message.signal_id),
            "group": wording.identifier(message.story_id),
            "class": wording.assertion(message),
            "custom_details": _details(delivery, message),
        },
        "links": _links(message),
    }


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
    """Triggers incidents of one service."""

    pace = timedelta(0)

    def __init__(self, name: str, routing_key: str, context: ChannelContext) -> None:
        # PagerDuty counts by routing key, which must not be shown.
        self.lane = f"pagerduty:{name}"
        self._key = routing_key
        self._url = context.pagerduty_api_url.rstrip("/").removesuffix(_PATH) + _PATH
        self._context = context
        # The base address is a setting, not a rule: no guard. It comes from who runs the process.
        self._transport = httpx.AsyncHTTPTransport(
            trust_env=False, proxy=httpx.Proxy(context.proxy) if context.proxy else None
        )

    async def send(self, delivery: Delivery) -> Receipt:
        """Trigger; 202 is success. 400 is never tried again, 429 and 5xx are."""
        body = json.dumps({"routing_key": self._key, **render(delivery)}).encode()
        posting = Posting(self._url, body, {"Content-Type": "application/json"}, "PagerDuty", self._context.patience)
        answer = await post(self._transport, posting)
        if answer.status != 202:
            raise self._refused(posting, answer)
        return Receipt(dedup_key(delivery), "accepted")

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
