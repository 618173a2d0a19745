"""What every command needs first: settings, logs, the database, in the order that makes errors clear."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from watcher.cli.output import Output
from watcher.model.errors import RulesError

if TYPE_CHECKING:
    from watcher.model.rulebook import Rulebook
    from watcher.settings import Settings
    from watcher.storage.engine import Database
    from watcher.telemetry import Redactor

JSON = typer.Option(False, "--json", help="Print JSON for a program to read.")
RULES = typer.Option(None, "--rules", "-r", help="Rules directory (default: WATCHER_RULES, else ./rules).")


def start(rules_dir: Path | None = None, *, log_level: str | None = None) -> tuple[Settings, Redactor]:
    """Settings with the command's own overrides, and logs that know their secrets."""
    from watcher.settings import load_settings
    from watcher.telemetry import Redactor, configure

    settings = load_settings()
    if rules_dir is not None:
        settings = settings.model_copy(update={"rules": rules_dir})
    redactor = Redactor(settings.secret_values())
    configure(settings.log_format, log_level or settings.log_level, redactor)
    return settings, redactor


def rulebook(settings: Settings, *, signals_only: bool = False) -> Rulebook:
    """The rulebook of the rules directory, or RulesError with the findings."""
    from watcher.services import rules

    loaded, findings = rules.read(settings.rules, signals_only=signals_only)
    if loaded is None:
        raise RulesError(findings)
    return loaded


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The database, migrated and closed again. Whoever asks in the wrong folder hears that it was empty."""
    from watcher.settings import make_data_dir
    from watcher.storage.engine import Database
    from watcher.storage.migrate import migrate

    is_new = not settings.has_database
    make_data_dir(settings.data_dir)
    db = await Database.open(settings.resolved_database_url)
    try:
        await migrate(db)
        yield db
        if is_new:
            Output().error(f"watcher: there was no database in {settings.data_dir}: an empty one was made")
    finally:
        await db.close()
