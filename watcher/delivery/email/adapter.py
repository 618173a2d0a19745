"""Sends alerts by SMTP: one connection and one recipient per delivery."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from datetime import timedelta

import aiosmtplib

from watcher.delivery.context import ChannelContext
from watcher.delivery.email.mime import message_id
from watcher.delivery.email.options import EmailOptions, is_address
from watcher.delivery.email.render import render
from watcher.delivery.kind import options_of
from watcher.delivery.leaving import leave_link
from watcher.delivery.redact import safe_reason
from watcher.delivery.secret import ChannelSetupError
from watcher.model.alert import Channel
from watcher.model.delivery import Delivery, DeliveryError, Receipt

_PORTS = {"none": 25, "starttls": 587, "tls": 465}
_FAILURES = (aiosmtplib.SMTPException, OSError, asyncio.TimeoutError, ValueError)


@dataclass(slots=True)
class _Progress:
    """How far a transaction came; once the content is on its way, a lost answer may mean success."""

    content_sent: bool = False


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
        recipient = self._recipient(delivery)
        leave = self._options.unsubscribe or self._own_link(delivery.channel, recipient)
        mail = render(delivery, self._sender, recipient, self._context.now(), leave, self._timezone)
        progress = _Progress()
        client = self._client()
        try:
            async with asyncio.timeout(self._context.patience * 2):
                detail = await self._transact(client, mail, recipient, progress)
        except BaseException as error:
            client.close()
            if isinstance(error, _FAILURES):
                raise self._verdict(error, progress) from None
            raise
        # The mail is taken, and nobody knows of it yet: a goodbye must not stand between.
        parting = asyncio.create_task(self._part(client))
        self._parting.add(parting)
        parting.add_done_callback(self._parting.discard)
        return Receipt(message_id(delivery.id, self._sender.rpartition("@")[2]), detail)

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

    async def _transact(self, client: aiosmtplib.SMTP, mail: bytes, recipient: str, progress: _Progress) -> str:
        await client.connect()
        await client.mail(self._sender)
        await client.rcpt(recipient)
        progress.content_sent = True
        answer = await client.data(mail)
        return safe_reason(f"{answer.code} {answer.message}", self._secrets())

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
        if progress.content_sent:
            return DeliveryError(f"the mail server's answer was lost: {type(error).__name__}", ambiguous=True)
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
