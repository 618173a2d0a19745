"""Sends alerts by SMTP: one connection and one recipient per delivery."""

from __future__ import annotations

import asyncio
import base64
from datetime import timedelta

import aiosmtplib

from watcher.delivery.context import ChannelContext
from watcher.delivery.email.handover import hand_over
from watcher.delivery.email.mime import message_id
from watcher.delivery.email.options import EmailOptions, is_address
from watcher.delivery.email.render import render
from watcher.delivery.kind import options_of
from watcher.delivery.leaving import leave_link
from watcher.delivery.redact import safe_reason
from watcher.delivery.secret import ChannelSetupError
from watcher.model.alert import Channel
from watcher.model.delivery import Delivery, DeliveryError, Receipt, Witness

_PORTS = {"none": 25, "starttls": 587, "tls": 465}
_FAILURES = (aiosmtplib.SMTPException, OSError, asyncio.TimeoutError, ValueError)
_HOLD = timedelta(seconds=15)
"""A server whose answer was lost is given that long, so that no further mail comes in doubt meanwhile."""


class _Progress:
    """How far a transaction came, for the adapter itself and whoever asked."""

    def __init__(self, witness: Witness | None) -> None:
        self._witness = witness
        self.in_doubt = False
        self.receipt: Receipt | None = None

    def offered(self) -> None:
        self.in_doubt = True
        if self._witness:
            self._witness.offered()

    def taken(self, receipt: Receipt) -> None:
        self.receipt = receipt
        if self._witness:
            self._witness.taken(receipt)


class EmailAdapter:
    """One SMTP server for all mail channels; each recipient is a delivery of its own."""

    pace = timedelta(0)
    abreast = 2
    """Nobody knows a mail that comes again: so many are in doubt when the process is killed, and no more."""

    def __init__(self, options: EmailOptions, sender: str, context: ChannelContext, timezone: str = "UTC") -> None:
        """Times are told by the clock in `timezone` too."""
        self.lane = f"email:{context.smtp_host}"
        self._options = options
        self._timezone = timezone
        self._sender = sender
        self._context = context
        self._password = context.smtp_password.get_secret_value() if context.smtp_password else ""
        self._parting: set[asyncio.Task[None]] = set()

    async def send(self, delivery: Delivery) -> Receipt:
        """One SMTP transaction to the delivery's target. 5xx is permanent, 4xx is not; a lost answer is ambiguous."""
        return await self._send(delivery, _Progress(None))

    async def send_witnessed(self, delivery: Delivery, witness: Witness) -> Receipt:
        """As `send`. The mail is offered with the dot that ends it, and taken with the server's answer to that."""
        return await self._send(delivery, _Progress(witness))

    async def _send(self, delivery: Delivery, progress: _Progress) -> Receipt:
        recipient = self._recipient(delivery)
        leave = self._options.unsubscribe or self._own_link(delivery.channel, recipient)
        mail = render(delivery, self._sender, recipient, self._context.now(), leave, self._timezone)
        name = message_id(delivery.id, self._sender.rpartition("@")[2])
        client = self._client()
        try:
            async with asyncio.timeout(self._context.patience * 2):
                await self._transact(client, mail, recipient, name, progress)
        except BaseException as error:
            client.close()
            if isinstance(error, _FAILURES) and progress.receipt is None:
                raise self._verdict(error, progress) from None
            if not isinstance(error, _FAILURES):
                raise
        # The mail is taken, and nobody knows of it yet: a goodbye must not stand between.
        parting = asyncio.create_task(self._part(client))
        self._parting.add(parting)
        parting.add_done_callback(self._parting.discard)
        return progress.receipt or Receipt(name)

    async def close(self) -> None:
        """Say goodbye where that is still under way; nothing is kept open between mails."""
        if self._parting:
            await asyncio.wait(self._parting, timeout=self._context.patience / 4)

    def _own_link(self, channel: str, recipient: str) -> str | None:
        context = self._context
        if not context.public_url or context.link_key is None:
            return None
        return leave_link(context.public_url, context.link_key.get_secret_value(), channel, recipient)

    def _recipient(self, delivery: Delivery) -> str:
        to = self._options.to
        recipient = delivery.target or (to[0] if len(to) == 1 else "")
        if not recipient:
            raise DeliveryError("the channel has several recipients and the delivery names none", permanent=True)
        if recipient not in to:
            raise DeliveryError("the recipient is no longer in the channel's list", permanent=True)
        return recipient

    async def _transact(
        self, client: aiosmtplib.SMTP, mail: bytes, recipient: str, name: str, progress: _Progress
    ) -> None:
        await client.connect()
        await client.mail(self._sender)
        await client.rcpt(recipient)
        await hand_over(
            client,
            mail,
            self._context.patience,
            offered=progress.offered,
            taken=lambda said: progress.taken(Receipt(name, safe_reason(said, self._secrets()))),
        )

    async def _part(self, client: aiosmtplib.SMTP) -> None:
        # The mail is taken: a server that does not say goodbye changes nothing.
        try:
            await client.quit(timeout=self._context.patience / 4)
        except (aiosmtplib.SMTPException, OSError):
            return
        finally:
            client.close()

    def _client(self) -> aiosmtplib.SMTP:
        context = self._context
        return aiosmtplib.SMTP(
            hostname=context.smtp_host,
            port=context.smtp_port or _PORTS[context.smtp_tls],
            username=context.smtp_username or None,
            password=self._password or None,
            # Not the machine's own name: looking it up can take long, and it is nobody's business.
            local_hostname=self._sender.rpartition("@")[2],
            timeout=context.patience,
            use_tls=context.smtp_tls == "tls",
            start_tls=context.smtp_tls == "starttls",
            tls_context=context.smtp_tls_context,
        )

    def _verdict(self, error: Exception, progress: _Progress) -> DeliveryError:
        secrets = self._secrets()
        if isinstance(error, aiosmtplib.SMTPResponseException):
            reason = safe_reason(f"the mail server answered {error.code} {error.message}", secrets)
            return DeliveryError(reason, permanent=500 <= error.code < 600)
        if isinstance(error, aiosmtplib.SMTPNotSupported):
            return DeliveryError(safe_reason(f"the mail server cannot: {error.message}", secrets), permanent=True)
        if progress.in_doubt:
            lost = f"the mail server's answer was lost: {type(error).__name__}"
            return DeliveryError(lost, ambiguous=True, retry_after=_HOLD)
        # What the client itself found wanting (no STARTTLS, no way to authenticate) has no class of its own.
        said = f" ({error})" if type(error) is aiosmtplib.SMTPException else ""
        return DeliveryError(safe_reason(f"the mail server cannot be used: {type(error).__name__}{said}", secrets))

    def _secrets(self) -> tuple[str, ...]:
        name, password = self._context.smtp_username, self._password
        plain = base64.b64encode(f"\0{name}\0{password}".encode()).decode() if password else ""
        return tuple(secret for secret in (password, plain) if secret)


def targets(channel: Channel) -> tuple[str, ...]:
    """Each recipient is a target: one delivery each, so that one refusal neither loses nor repeats the others."""
    return options_of(channel, EmailOptions).to


def build(channel: Channel, context: ChannelContext) -> EmailAdapter:
    """Raises ChannelSetupError if the server or the sender is not set."""
    options = options_of(channel, EmailOptions)
    if not context.smtp_host:
        raise ChannelSetupError("WATCHER_SMTP_HOST is not set")
    sender = options.sender or context.smtp_from
    if not sender:
        raise ChannelSetupError("WATCHER_SMTP_FROM is not set")
    if not is_address(sender):
        raise ChannelSetupError("WATCHER_SMTP_FROM must be a plain address (name@example.org)")
    if context.smtp_password and not context.smtp_username:
        raise ChannelSetupError("WATCHER_SMTP_PASSWORD is set, but WATCHER_SMTP_USERNAME is not")
    return EmailAdapter(options, sender, context, channel.digest.timezone if channel.digest else "UTC")
