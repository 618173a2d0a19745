"""`watcher alerts ack|snooze|resolve|reopen|feedback`: what a person does with an alert, from the terminal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import typer

from watcher.cli.lists import alerts
from watcher.cli.output import Output
from watcher.cli.person import BY, user_name
from watcher.cli.session import JSON, database, start
from watcher.model.life import Act, Actor, Feedback, Verb

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from watcher.services.respond import Responder, Response

ALERT = typer.Argument(help="Id of an alert, or its unambiguous beginning.")
NOTE = typer.Option("", "--note", "-m", help="Why; kept in the alert's history.")


def register(_: typer.Typer) -> None:
    """The commands hang themselves below `watcher alerts` when this module is read."""


@alerts.command("ack")
def acknowledge(
    alert: str = ALERT,
    lasts: str = typer.Option("", "--for", help="How long you have it: 2h, 1d (default: 12h)."),
    note: str = NOTE,
    by: str = BY,
    as_json: bool = JSON,
) -> None:
    """Take an alert: escalation stops, and every place that told it shows who has it."""
    _do(Verb.ACKNOWLEDGE, alert, lasts, note, by, as_json)


@alerts.command()
def snooze(
    alert: str = ALERT,
    lasts: str = typer.Option(..., "--for", help="How long: 30m, 4h, 2d."),
    note: str = NOTE,
    by: str = BY,
    as_json: bool = JSON,
) -> None:
    """Put an alert off; it speaks all the same if it grows more severe."""
    _do(Verb.SNOOZE, alert, lasts, note, by, as_json)


@alerts.command()
def resolve(alert: str = ALERT, note: str = NOTE, by: str = BY, as_json: bool = JSON) -> None:
    """End an alert: nothing more is to be done about it."""
    _do(Verb.RESOLVE, alert, "", note, by, as_json)


@alerts.command()
def reopen(alert: str = ALERT, note: str = NOTE, by: str = BY, as_json: bool = JSON) -> None:
    """Open an alert again."""
    _do(Verb.REOPEN, alert, "", note, by, as_json)


@alerts.command("feedback")
def give_feedback(
    alert: str = ALERT,
    verdict: Feedback = typer.Argument(help="relevant, not-relevant or duplicate; the latter two also end it."),
    note: str = NOTE,
    by: str = BY,
    as_json: bool = JSON,
) -> None:
    """Say whether an alert was worth telling; `watcher eval --feedback` counts it for each signal."""
    _show(lambda it: it.say(alert, verdict, Actor(by or user_name(), "cli"), note=note), as_json)


def _do(verb: Verb, alert: str, lasts: str, note: str, by: str, as_json: bool) -> None:
    from watcher.services.clock import SystemClock

    now = SystemClock().now()
    act = Act(verb, Actor(by or user_name(), "cli"), now, until=_until(lasts, now), note=note)
    _show(lambda it: it.act(alert, act), as_json)


def _until(lasts: str, now: datetime) -> datetime | None:
    from watcher.rulebook.durations import parse_duration

    if not lasts:
        return None
    try:
        return now + parse_duration(lasts)
    except ValueError as error:
        raise typer.BadParameter(f"{lasts[:40]!r} is no duration: {error}", param_hint="--for") from None


def _show(what: Callable[[Responder], Awaitable[Response]], as_json: bool) -> None:
    import asyncio

    from watcher.services import inspect, rules
    from watcher.services.clock import SystemClock
    from watcher.services.respond import Responder

    settings, _ = start(log_level="warning")
    output = Output(as_json)
    rulebook, _findings = rules.read(settings.rules)
    if rulebook is None:
        output.error("the rules have errors, so no channel is told of this; `watcher check` shows them")
    followers = rules.followers(rulebook) if rulebook else frozenset[str]()

    async def inner() -> Response:
        async with database(settings) as db:
            return await what(Responder(db, SystemClock(), lambda: followers))

    response = asyncio.run(inner())
    if as_json:
        output.json({**inspect.alert_row(response.alert), "changed": response.changed, "why": list(response.reasons)})
    else:
        output.line(f"{response.alert.id} is {response.alert.status}: {'; '.join(response.reasons)}")
    if not response.changed:
        raise typer.Exit(1)
