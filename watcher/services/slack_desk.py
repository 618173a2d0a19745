"""The part of the watcher that listens to Slack: built and shut down as one, and only where a button can reach it."""

from __future__ import annotations

from watcher.delivery.context import ChannelContext
from watcher.delivery.slack.socket import SlackSocket
from watcher.delivery.slack.talk import SlackTalk
from watcher.model.ports import Clock
from watcher.services.desk import DeskHolder
from watcher.services.respond import Responder
from watcher.services.slack_actions import SlackActions
from watcher.storage.engine import Database

GRACE_S = 3.0
"""What was pressed just before the end has so long to be done."""


class SlackDesk:
    """`actions` takes what was pressed, whichever way it came."""

    def __init__(
        self, db: Database, holder: DeskHolder, responder: Responder, clock: Clock, context: ChannelContext,
        app_token: str = "",
    ) -> None:  # fmt: skip
        """With an `app_token`, `start` opens a connection of Socket Mode."""
        token = context.slack_bot_token.get_secret_value().strip() if context.slack_bot_token else ""
        self._talk = SlackTalk(token, context)
        self.actions = SlackActions(db, holder, responder, self._talk, clock)
        self._socket = SlackSocket(app_token, context, self.actions.take) if app_token else None

    def start(self) -> None:
        """Listen."""
        if self._socket:
            self._socket.start()

    async def close(self) -> None:
        """Hang up, let what is under way end, close the connections."""
        if self._socket:
            await self._socket.close()
        await self.actions.settle(GRACE_S)
        await self._talk.close()
