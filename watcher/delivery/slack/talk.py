"""Answering people in Slack: who they are, a word to them alone, a modal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient

from watcher.delivery.context import ChannelContext
from watcher.delivery.slack.blocks import Block, plain
from watcher.delivery.slack.client import FAILURES, close, open_session, web_client
from watcher.delivery.slack.people import Person
from watcher.delivery.slack.verdict import verdict

log = structlog.get_logger(__name__)
IN_TIME = 2.0
"""Seconds that one call may take: a modal's trigger lives for three."""

_HOSTS = (".slack.com", ".slack-gov.com")


def _teams(user: dict[str, Any]) -> tuple[str, ...]:
    organisation = user.get("enterprise_user")
    also = organisation.get("teams") if isinstance(organisation, dict) else None
    return (str(user.get("team_id") or ""), *(str(team) for team in also or ()))


class SlackTalk:
    """Calls of Slack's Web API on behalf of a person's click. What fails is logged, and told by what comes back."""

    def __init__(self, token: str, context: ChannelContext) -> None:
        self._token, self._context = token, context
        self._session: aiohttp.ClientSession | None = None
        self._client: AsyncWebClient | None = None

    async def person(self, user_id: str, name: str) -> Person:
        """Who it is; `known` is False if Slack did not say, and `name` (as the click told it) stands in."""
        try:
            user = (await self._web().users_info(user=user_id)).get("user")
            if not isinstance(user, dict):
                raise TypeError("no user")
        except FAILURES as error:
            self._failed("users.info", error)
            return Person(user_id, name, known=False)
        profile = user.get("profile")
        profile = profile if isinstance(profile, dict) else {}
        shown = profile.get("display_name") or profile.get("real_name") or user.get("name") or name
        return Person(
            id=user_id,
            name=plain(str(shown), 80) or user_id,
            team_ids=_teams(user),
            timezone=str(user.get("tz") or "UTC"),
            guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
            outside=bool(user.get("is_stranger")),
            gone=bool(user.get("deleted") or user.get("is_bot")),
        )

    async def in_groups(self, user_id: str, groups: Sequence[str]) -> bool | None:
        """Whether the person is in one of the user groups; None if Slack did not say (scope usergroups:read)."""
        told = True
        for group in groups:
            try:
                answer = await self._web().usergroups_users_list(usergroup=group)
                if user_id in (answer.get("users") or ()):
                    return True
            except FAILURES as error:
                self._failed("usergroups.users.list", error)
                told = False
        return False if told else None

    async def open_view(self, trigger_id: str, view: dict[str, Any]) -> bool:
        """Show a modal to whoever pressed; False if Slack did not (it was too late, or it is out of reach)."""
        try:
            await self._web().views_open(trigger_id=trigger_id, view=view)
        except FAILURES as error:
            self._failed("views.open", error)
            return False
        return True

    async def whisper(
        self, response_url: str, channel_id: str, user_id: str, text: str, blocks: Sequence[Block] = ()
    ) -> bool:
        """Tell one person alone, beside the message: by its response_url, else by chat.postEphemeral."""
        if self._may_answer(response_url) and await self._responded(response_url, text, blocks):
            return True
        try:
            await self._web().chat_postEphemeral(channel=channel_id, user=user_id, text=text, blocks=list(blocks))
        except FAILURES as error:
            self._failed("chat.postEphemeral", error)
            return False
        return True

    async def close(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        await close(client)

    async def _responded(self, response_url: str, text: str, blocks: Sequence[Block]) -> bool:
        said: dict[str, Any] = {"response_type": "ephemeral", "replace_original": False, "text": text}
        if blocks:
            said["blocks"] = list(blocks)
        self._web()
        assert self._session is not None  # noqa: S101 - made with the client
        try:
            async with self._session.post(
                response_url, data=json.dumps(said), headers={"Content-Type": "application/json"},
                allow_redirects=False, proxy=self._context.proxy,
            ) as answer:  # fmt: skip
                return 200 <= answer.status < 300
        except FAILURES as error:
            self._failed("response_url", error)
            return False

    def _may_answer(self, response_url: str) -> bool:
        """Slack's own hosts, or the stand-in's: whatever a payload says, nothing else is called."""
        try:
            place, ours = urlsplit(response_url), urlsplit(self._context.slack_api_url)
            host = place.hostname or ""
        except ValueError:
            return False
        return (place.scheme == "https" and host.endswith(_HOSTS)) or (
            bool(host) and (place.scheme, place.netloc) == (ours.scheme, ours.netloc)
        )

    def _web(self) -> AsyncWebClient:
        if self._client is None:
            self._session = open_session(min(IN_TIME, self._context.patience))
            self._client = web_client(self._context, self._token, self._session)
        return self._client

    def _failed(self, method: str, error: Exception) -> None:
        log.warning("slack.not_told", method=method, reason=verdict(error, (self._token,)).reason)
