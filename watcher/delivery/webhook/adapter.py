"""Posts alerts to a hook of the desk's own."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

from watcher.delivery.answer import retry_after
from watcher.delivery.context import ChannelContext
from watcher.delivery.kind import options_of
from watcher.delivery.posting import Posting, post, refusal
from watcher.delivery.secret import ChannelSetupError, resolve
from watcher.delivery.webhook.options import WebhookOptions, host_of
from watcher.delivery.webhook.render import render
from watcher.delivery.webhook.signing import PREFIX, SecretError, key_of, sign
from watcher.model.alert import Channel
from watcher.model.delivery import Delivery, DeliveryError, Receipt
from watcher.net.transport import Bounds, GuardedTransport

_SHORTEST_SECRET = 6
_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")


class WebhookAdapter:
    """One endpoint. The receiver knows a repeat by `webhook-id`, so what may have arrived is simply sent again."""

    pace = timedelta(0)

    def __init__(self, url: str, secrets: tuple[str, ...], context: ChannelContext) -> None:
        self._host = host_of(url)
        self.lane = f"webhook:{self._host}"
        self.endpoint = hashlib.sha256(url.encode()).hexdigest()[:16]
        self._url = url
        self._keys = tuple(key_of(secret) for secret in secrets)
        self._secrets = (*_pieces(url), *secrets, *(secret.removeprefix(PREFIX) for secret in secrets))
        self._context = context
        patience = context.patience
        self._transport = GuardedTransport(
            allow_private=context.allow_private,
            http2=False,
            # No connection is kept: one that the receiver dropped meanwhile would make an honest post ambiguous.
            bounds=Bounds(total_timeout=patience, connect_timeout=patience / 2, max_bytes=1_000_000, keepalive=0.0),
        )

    async def send(self, delivery: Delivery) -> Receipt:
        """Post it. Any 2xx is success; nothing is followed; 410 closes the channel, other answers are tried again."""
        if not _ID.fullmatch(delivery.id):
            raise DeliveryError("the delivery's id cannot be a webhook-id", permanent=True)
        body = render(delivery)
        now = self._context.now()
        headers = {
            "Content-Type": "application/json",
            "webhook-id": delivery.id,
            "webhook-timestamp": str(int(now.timestamp())),
        }
        if self._keys:
            headers["webhook-signature"] = sign(self._keys, delivery.id, int(now.timestamp()), body)
        posting = Posting(self._url, body, headers, self._host, self._context.patience)
        answer = await post(self._transport, posting)
        if 200 <= answer.status < 300:
            return Receipt(delivery.id, f"answered {answer.status}")
        raise DeliveryError(
            refusal(posting, answer, self._secrets),
            permanent=answer.status == 410,
            gone=self.endpoint if answer.status == 410 else "",
            retry_after=retry_after(answer.headers, now),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.aclose()


def _pieces(url: str) -> list[str]:
    """All of the URL beyond its host that could be a secret, for a receiver that repeats some of it."""
    beyond = url.partition("://")[2].partition("/")[2]
    return [url, *(piece for piece in re.split(r"[/?&=#]+", beyond) if len(piece) >= _SHORTEST_SECRET)]


def build(channel: Channel, context: ChannelContext) -> WebhookAdapter:
    """Raises ChannelSetupError if a variable is not set, or does not hold an address or a secret."""
    options = options_of(channel, WebhookOptions)
    url = resolve(options.url, context.env, "url")
    if not host_of(url):
        raise ChannelSetupError("url is not an http(s) address without user name and password")
    secrets = tuple(resolve(secret, context.env, "secret") for secret in options.secret)
    try:
        return WebhookAdapter(url, secrets, context)
    except SecretError as error:
        raise ChannelSetupError(str(error)) from None
