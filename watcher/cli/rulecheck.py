"""`watcher check` and `watcher test`: what an editor runs before a rule goes live."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from watcher.cli.named import check_signals
from watcher.cli.output import Output
from watcher.cli.session import JSON, RULES, rulebook, start


def register(cli: typer.Typer) -> None:
    """Add the commands of this module."""
    cli.command()(check)
    cli.command()(test)


def check(
    rules: Path | None = RULES,
    strict: bool = typer.Option(False, "--strict", help="Exit 1 for warnings too."),
    against: str | None = typer.Option(
        None, "--against", help="A directory or git revision: tell which rules changed since without a new version."
    ),
    notes: bool = typer.Option(False, "--notes", help="Tell the advice too: it never counts as a finding."),
    schema: bool = typer.Option(False, "--schema", help="Print the JSON Schemas of the rule files, for editors."),
    as_json: bool = JSON,
) -> None:
    """Check all configuration: one line a finding, `path:line: CODE message`; exit 1 if there is an error.

    Warnings ask for a look, notes are advice: neither stops the rules. Variables that the rules name and that are not
    set here are notes too, told always. docs/checks.md explains every code. Embedded tests are run by `watcher test`.
    """
    from watcher.services import rules as rules_service

    if schema:
        from watcher.rulebook.schema_export import schemas

        typer.echo(json.dumps(schemas(rules_service.SOURCE_OPTIONS), indent=2))
        return
    from watcher.rulebook.codes import HERE
    from watcher.settings import load_environment

    settings, _ = start(rules, log_level="warning")
    loaded, told = rules_service.look_closer(settings.rules, against, load_environment())
    findings = [finding for finding in told if notes or not finding.note or finding.code in HERE]
    output = Output(as_json)
    if as_json:
        output.json(
            [
                {
                    "path": f.path,
                    "line": f.line,
                    "code": f.code,
                    "message": f.message,
                    "error": f.error,
                    "level": f.level,
                }
                for f in findings
            ]
        )
    else:
        for finding in findings:
            output.line(f"{finding}" if finding.error else f"{finding} ({finding.level})")
        hidden = len(told) - len(findings)
        warnings = sum(not finding.error and not finding.note for finding in findings)
        if loaded:
            output.line(
                f"{settings.rules}: {_verdict(warnings, strict)}: {len(loaded.signals)} signals, "
                f"{len(loaded.lexicons)} lexicons, {len(loaded.sources)} sources, "
                f"{len(loaded.routing.channels)} channels"
                + (f" (and {hidden} notes: --notes shows them)" if hidden else ""),
                style="green",
            )
    raise typer.Exit(1 if any(finding.error or (strict and not finding.note) for finding in findings) else 0)


def _verdict(warnings: int, strict: bool) -> str:
    if not warnings:
        return "good"
    many = f"{warnings} warning{'s' if warnings > 1 else ''}"
    return f"not good, as --strict counts {many}" if strict else f"good, with {many}"


def test(
    signals: list[str] | None = typer.Argument(None, help="Only these signals (default: all)."),
    rules: Path | None = RULES,
    as_json: bool = JSON,
) -> None:
    """Run the tests embedded in the rules; a failure says what was expected, what came and why. Exit 1 if one fails."""
    from watcher.rulebook.testing import run_tests

    settings, _ = start(rules, log_level="warning")
    loaded = rulebook(settings, signals_only=True)
    known = {signal.id for signal in (*loaded.signals, *(one.signal for one in loaded.composites))}
    check_signals(signals or (), known, "SIGNAL")
    results = run_tests(loaded, signals or None)
    output = Output(as_json)
    failed = [result for result in results if not result.passed]
    if as_json:
        output.json([result.as_dict() for result in results])
    else:
        for result in failed:
            output.line(str(result), style="red")
        output.line(
            f"{len(results) - len(failed)} passed, {len(failed)} failed in {len(signals or known)} signals",
            style="red" if failed else "green",
        )
        if not results:
            output.line("No signal has a test yet: docs/signals.md shows how to write one.", style="yellow")
    raise typer.Exit(1 if failed else 0)
