"""`watcher backtest` and `watcher near-misses`: what the stored archive says of the rules."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from watcher.cli.lists import LIMIT, ask
from watcher.cli.output import Output
from watcher.cli.session import JSON, RULES, database, rulebook, start
from watcher.model.errors import UserError

if TYPE_CHECKING:
    from watcher.model.rulebook import Rulebook
    from watcher.settings import Settings

SINCE = typer.Option("7d", "--since", help="How far back: 30m, 24h, 7d.")


def register(cli: typer.Typer) -> None:
    """Add the commands of this module."""
    cli.command("backtest")(run_backtest)
    cli.command("near-misses")(near_misses)


def since_moment(since: str, now: datetime) -> datetime:
    """The moment so long ago; a clear error for what is no duration, or reaches before the calendar."""
    from watcher.rulebook.durations import parse_duration

    try:
        return now - parse_duration(since)
    except (ValueError, OverflowError) as error:
        advice = str(error) if isinstance(error, ValueError) else "that is before the calendar begins"
        raise typer.BadParameter(f"{since!r}: {advice}", param_hint="--since") from None


def with_archive(settings: Settings) -> None:
    """UserError if there is no database yet: reading an empty new one would say that nothing was ever found."""
    if not settings.has_database:
        raise UserError(
            f"there is no database in {settings.data_dir}", "set WATCHER_DATABASE_URL, or run the service first"
        )


def run_backtest(
    since: str = SINCE,
    as_live: bool = typer.Option(False, "--as-live", help="Judge shadow and draft signals as if they were live."),
    limit: int = LIMIT,
    gates: bool = typer.Option(False, "--gates", help="Tell at which gates the readings ended (always in --json)."),
    rules: Path | None = RULES,
    as_json: bool = JSON,
) -> None:
    """Replay the archive: what these rules would have told of it, beside what was really told then.

    Detection, stories and alerts are decided anew in memory, in the order of arrival; nothing is stored or sent.
    Silences, quiet hours and routes take no part.
    """
    import asyncio

    from watcher.cli import gated
    from watcher.cli.replayed import show
    from watcher.services.clock import SystemClock

    settings, _ = start(rules, log_level="warning")
    now = SystemClock().now()
    begin = since_moment(since, now)
    loaded = rulebook(settings, signals_only=True)
    with_archive(settings)
    report = asyncio.run(_replay(settings, loaded, begin, now, limit, as_live))
    output = Output(as_json)
    if as_json:
        output.json({"rules": str(settings.rules), **report})
    else:
        show(output, report)
        if gates:
            gated.show(output, report["readings"], report["gates"])


async def _replay(
    settings: Settings, loaded: Rulebook, since: datetime, now: datetime, limit: int, as_live: bool
) -> dict[str, Any]:
    from watcher.cli.progress import meter
    from watcher.services import archive, backtest

    async with database(settings) as db:
        with meter(await archive.size(db, backtest.before_stories(loaded, since))) as advance:
            return await backtest.run(db, loaded, since, now, limit=limit, as_live=as_live, progress=advance)


def near_misses(
    since: str = typer.Option("24h", "--since", help="How far back: 30m, 24h, 7d."),
    limit: int = LIMIT,
    as_json: bool = JSON,
) -> None:
    """List stored matches below their threshold, the nearest first, with what was wanting."""
    from watcher.services import nearmiss
    from watcher.services.clock import SystemClock

    settings, _ = start(log_level="warning")
    begin = since_moment(since, SystemClock().now())
    with_archive(settings)
    rows = ask(settings, lambda db: nearmiss.rows(db, begin, limit))
    output = Output(as_json)
    if as_json or not rows:
        output.table(rows, (), empty=f"No near misses in the last {since}.")
        return
    for row in rows:
        cue = f" by “{row['cue']}”" if row["cue"] else ""
        output.line(f"{row['distance']:3d} short  {row['signal']}  {row['score']}/{row['alert_at']}  {row['title']}")
        output.line(f"           {row['assertion']}{cue}: {'; '.join(row['wanting'])}", style="dim")
        output.line(f"           {row['document']}  {row['publisher']}  {row['url']}", style="dim")
