"""Everything else: the services that the library Apprise knows. Optional: `pip install signal-watch[apprise]`."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import Field, SecretStr, field_validator

from watcher.delivery.apprise_text import Note, render
from watcher.delivery.context import ChannelContext
from watcher.delivery.kind import ChannelOptions, options_of
from watcher.delivery.secret import ChannelSetupError, resolve
from watcher.model.alert import Channel
from watcher.model.delivery import Delivery, DeliveryError, Receipt
from watcher.net.secret import is_reference

if TYPE_CHECKING:
    from apprise import Apprise

CHATTY = ("apprise", "urllib3", "requests", "requests_oauthlib", "oauthlib")
"""Loggers that repeat addresses, and with them their secrets."""
EXTRA = "kind apprise needs the library Apprise: pip install 'signal-watch[apprise]'"
_UNDER_WAY = 4
"""Sends at once: a service that hangs holds a thread."""


class AppriseOptions(ChannelOptions):
    """`url` is an Apprise URL (`ntfys://…`, `discord://…`): a secret, better written `env:NAME`."""

    url: SecretStr = Field(json_schema_extra={"secret": True})

    @field_validator("url")
    @classmethod
    def _address(cls, value: SecretStr) -> SecretStr:
        if not is_reference(value) and "://" not in value.get_secret_value():
            raise ValueError("url must be an Apprise URL such as ntfys://host/topic, or env:NAME")
        return value


class AppriseAdapter:
    """One service. Apprise blocks and tells no more than yes or no: each send has a thread, and a no is tried again."""

    pace = timedelta(0)

    def __init__(self, name: str, service: Apprise, patience: float) -> None:
        # Its address is a secret, and there is no telling the host from it.
        self.lane = f"apprise:{name}"
        self._service, self._patience = service, patience
        self._room = asyncio.Semaphore(_UNDER_WAY)

    async def send(self, delivery: Delivery) -> Receipt:
        """Hand it over. Every failure is tried again, and may have arrived: the library does not say."""
        note = render(delivery)
        try:
            async with self._room, asyncio.timeout(self._patience):
                taken = await _in_thread(lambda: _notify(self._service, note))
        except TimeoutError:
            raise DeliveryError("the service did not answer in time", ambiguous=True) from None
        except Exception as error:  # its text may hold the address
            raise DeliveryError(f"Apprise failed: {type(error).__name__}", ambiguous=True) from None
        if not taken:
            raise DeliveryError("the service did not take the message (Apprise does not say why)", ambiguous=True)
        return Receipt(detail="taken by the service")

    async def close(self) -> None:
        """Nothing is kept open: every send has a connection of its own."""


def _notify(service: Apprise, note: Note) -> bool:
    from apprise import NotifyFormat, NotifyType  # noqa: PLC0415 - an extra: only channels of this kind need it

    return bool(
        service.notify(
            note.text, title=note.title, notify_type=NotifyType(note.kind), body_format=NotifyFormat.TEXT.value
        )
    )


async def _in_thread(work: Callable[[], bool]) -> bool:
    """The outcome of `work`. A daemon thread: one that hangs must hold up neither other sends nor the program's end."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[bool] = loop.create_future()

    def settle(outcome: bool | Exception) -> None:
        if done.done():
            return
        if isinstance(outcome, Exception):
            done.set_exception(outcome)
        else:
            done.set_result(outcome)

    def run() -> None:
        outcome: bool | Exception
        try:
            outcome = work()
        except Exception as error:  # it is raised where it is waited for
            outcome = error
        with suppress(RuntimeError):  # the loop has ended meanwhile: nobody waits any more
            loop.call_soon_threadsafe(settle, outcome)

    threading.Thread(target=run, name="apprise", daemon=True).start()
    return await done


def build(channel: Channel, context: ChannelContext) -> AppriseAdapter:
    """Raises ChannelSetupError if the extra is missing, the variable is not set, or the URL is none that it knows."""
    options = options_of(channel, AppriseOptions)
    url = resolve(options.url, context.env, "url")
    try:
        from apprise import Apprise, AppriseAsset  # noqa: PLC0415
    except ImportError:
        raise ChannelSetupError(EXTRA) from None
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    asset = AppriseAsset(app_id="Signal Watch", app_desc="Signal Watch", storage_mode="memory", async_mode=False)
    service = Apprise(asset=asset)
    if not service.add(url) or len(service) != 1:
        raise ChannelSetupError("url is not one Apprise URL of a service that it knows")
    for one in service.services:
        one.socket_connect_timeout = one.socket_read_timeout = min(4.0, context.patience)
    return AppriseAdapter(channel.name, service, context.patience)
