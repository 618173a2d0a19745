"""What people do in Slack: one handler for clicks that came over Socket Mode and for those that came as requests."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol

import structlog

from watcher.delivery.slack.buttons import ACKNOWLEDGE, NOT_RELEVANT, REOPEN, RESOLVE, SNOOZE, WHY, snoozed_until
from watcher.delivery.slack.options import Allow, SlackOptions
from watcher.delivery.slack.people import Person, refusal
from watcher.delivery.slack.why import render_view, render_why, render_why_text
from watcher.model.alert import Channel
from watcher.model.errors import UserError
from watcher.model.life import Act, Actor, Feedback, Verb
from watcher.model.ports import Clock
from watcher.services.desk import DeskHolder
from watcher.services.respond import Responder, Response
from watcher.services.slack_click import Click, read_click
from watcher.services.why import explain
from watcher.storage import outbox
from watcher.storage.engine import Database

log = structlog.get_logger(__name__)
AT_ONCE = 100
"""Clicks that are worked on at once; more are refused, and people press again."""

_VERBS = {ACKNOWLEDGE: Verb.ACKNOWLEDGE, SNOOZE: Verb.SNOOZE, RESOLVE: Verb.RESOLVE, REOPEN: Verb.REOPEN}
_FAILED = "That failed, and nothing was changed. Try again in a moment."
_NOT_HERE = "This channel is not one of the watcher's any more, so nothing can be done from here."


class Talk(Protocol):
    """How people are answered; see `delivery.slack.talk`."""

    async def person(self, user_id: str, name: str) -> Person: ...

    async def in_groups(self, user_id: str, groups: Sequence[str]) -> bool | None: ...

    async def open_view(self, trigger_id: str, view: dict[str, Any]) -> bool: ...

    async def whisper(
        self, response_url: str, channel_id: str, user_id: str, text: str, blocks: Sequence[dict[str, object]] = ()
    ) -> bool: ...


class SlackActions:
    """`take` a payload that is known to come from Slack; it is worked on after that was answered.

    `tally` counts what came of the clicks: done, unchanged, repeated, refused, failed, foreign, why.
    """

    def __init__(self, db: Database, holder: DeskHolder, responder: Responder, talk: Talk, clock: Clock) -> None:
        self._db, self._holder, self._responder, self._talk, self._clock = db, holder, responder, talk, clock
        self._under_way: set[asyncio.Task[None]] = set()
        self.tally: Counter[str] = Counter()

    def take(self, payload: object) -> bool:
        """Begin the work; False if too much is under way. Returns at once."""
        click = read_click(payload)
        if click is None:
            self.tally["foreign"] += 1
            return True
        if len(self._under_way) >= AT_ONCE:
            return False
        task = asyncio.create_task(self._work(click), name="slack click")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return True

    async def settle(self, timeout_s: float) -> None:
        """Wait for what is under way, at most so long; what is not done then is given up."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=timeout_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _work(self, click: Click) -> None:
        try:
            outcome = await self._handle(click)
        except UserError as error:
            outcome = "failed"
            await self._tell(click, f"{error}.")
        except Exception:
            log.exception("slack.click_failed", action=click.action, alert=click.alert_id)
            outcome = "failed"
            await self._tell(click, _FAILED)
        self.tally[outcome] += 1
        log.info("slack.click", action=click.action, alert=click.alert_id, user=click.user_id, outcome=outcome)

    async def _handle(self, click: Click) -> str:
        channel = await self._channel(click)
        if channel is None:
            await self._tell(click, _NOT_HERE)
            return "refused"
        allow = channel.options.allow if isinstance(channel.options, SlackOptions) else None
        person, in_group = await self._who(click, allow)
        if problem := refusal(allow, person, click.team_id, in_group=in_group):
            await self._tell(click, problem)
            return "refused"
        if click.action == WHY:
            return await self._explain(click)
        return await self._act(click, person)

    async def _channel(self, click: Click) -> Channel | None:
        """The configured channel in which it was pressed: where the alert was told, else the one of that id or name."""
        channels = self._holder.current.rulebook.routing.channels
        slack = {name: it for name, it in channels.items() if isinstance(it.options, SlackOptions)}
        async with self._db.read() as conn:
            told = await outbox.places(conn, click.alert_id)
        for name, provider_ref in told:
            if name in slack and provider_ref.startswith(f"{click.channel_id}/"):
                return slack[name]
        # Pressed before the answer to the post was written down.
        known_as = {click.channel_id, click.channel_name, f"#{click.channel_name}"}
        fitting = (slack[name] for name, _ in told if name in slack)
        return next((it for it in fitting if _target(it) in known_as), None)

    async def _who(self, click: Click, allow: Allow | None) -> tuple[Person, bool | None]:
        """Asked for at each click: a person may have left, or become a guest, since the last one."""
        groups = allow.usergroups if allow and click.user_id not in allow.users else ()
        person, in_group = await asyncio.gather(
            self._talk.person(click.user_id, click.user_name), self._talk.in_groups(click.user_id, groups)
        )
        return person, in_group

    async def _explain(self, click: Click) -> str:
        async with self._db.read() as conn:
            why = await explain(conn, click.alert_id)
        if why is None:
            await self._tell(click, "Nothing is kept of why this was told.")
        elif not await self._talk.open_view(click.trigger_id, render_view(why)):
            text, blocks = render_why_text(why), render_why(why)
            await self._talk.whisper(click.response_url, click.channel_id, click.user_id, text, blocks)
        return "why"

    async def _act(self, click: Click, person: Person) -> str:
        now, actor = self._clock.now(), Actor(person.name, "slack")
        if click.action == NOT_RELEVANT:
            said = Feedback.NOT_RELEVANT
            response = await self._responder.say(click.alert_id, said, actor, external_id=click.external_id)
        else:
            until = snoozed_until(click.choice, now, person.timezone) if click.action == SNOOZE else None
            act = Act(_VERBS[click.action], actor, now, until=until, external_id=click.external_id)
            response = await self._responder.act(click.alert_id, act)
        return await self._answer(click, response)

    async def _answer(self, click: Click, response: Response) -> str:
        """What was done shows in the message itself; what came to nothing is told to whoever pressed."""
        if response.changed or response.repeated:
            return "repeated" if response.repeated else "done"
        await self._tell(click, f"Nothing was changed: {'; '.join(response.reasons)}.")
        return "unchanged"

    async def _tell(self, click: Click, sentence: str) -> None:
        await self._talk.whisper(click.response_url, click.channel_id, click.user_id, sentence)


def _target(channel: Channel) -> str:
    return channel.options.channel if isinstance(channel.options, SlackOptions) else ""
