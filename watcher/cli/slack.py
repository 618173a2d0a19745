"""`watcher slack manifest`: what a Slack app for this desk is made from."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import typer

from watcher.cli.output import Output
from watcher.cli.session import JSON, RULES, start
from watcher.model.errors import UserError

slack = typer.Typer(help="Set up Slack.", no_args_is_help=True)


def register(cli: typer.Typer) -> None:
    """Add the commands of this module."""
    cli.add_typer(slack, name="slack")


@slack.callback()
def _slack() -> None:
    """docs/slack.md tells step by step how Slack is set up."""


@slack.command("manifest")
def show_manifest(
    url: str = typer.Option(
        "", "--url", help="Public address of the web server (default: WATCHER_PUBLIC_URL); without one: Socket Mode."
    ),
    socket: bool = typer.Option(False, "--socket", help="Socket Mode, although there is a public address."),
    rules: Path | None = RULES,
    as_json: bool = JSON,
) -> None:
    """Print the manifest to paste at api.slack.com/apps, with the scopes that the channels in the rules need."""
    import yaml

    from watcher.delivery.slack.manifest import manifest
    from watcher.delivery.slack.options import SlackOptions
    from watcher.services import rules as rulebooks

    settings, _ = start(rules, log_level="warning")
    output = Output(as_json)
    rulebook, _findings = rulebooks.read(settings.rules)
    if rulebook is None:
        output.error("the rules have errors, so this is the manifest of a desk whose channels go by their ids")
    channels = rulebook.routing.channels.values() if rulebook else ()
    made = manifest(
        (one.options for one in channels if isinstance(one.options, SlackOptions)),
        "" if socket else _checked(url or settings.public_url),
    )
    if as_json:
        output.json(made)
    else:
        typer.echo(yaml.safe_dump(made, sort_keys=False, allow_unicode=True), nl=False)


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme != "https" or not parts.hostname):
        raise UserError(f"{url[:80]} is no https address, which Slack insists on", "leave it out for Socket Mode")
    return url
