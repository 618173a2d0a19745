"""Why a score is what it is, in a few words: what speaks for it, and what is wanting to the threshold. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from watcher.detection.explain import Explanation
from watcher.model.match import LedgerEntry, Match

STRONGEST = 3


def strongest(ledger: Sequence[LedgerEntry]) -> list[str]:
    """The reasons with most points, each with them."""
    giving = sorted((entry for entry in ledger if entry.points > 0), key=lambda entry: -entry.points)
    return [_written(entry) for entry in giving[:STRONGEST]]


def wanting_match(match: Match) -> list[str]:
    """What keeps a match below its threshold: groups that are not there, what took points; else what little it has."""
    return _wanting(match.missing, match.ledger) or strongest(match.ledger)


def wanting(explanation: Explanation) -> list[str]:
    """The same of an explanation, which also knows the groups that are not needed but would add points."""
    found = _wanting(explanation.needed, explanation.ledger)
    if not found and explanation.missing:
        found = [f"not found: {', '.join(explanation.missing)}"]
    return found or strongest(explanation.ledger)


def _wanting(needed: Sequence[str], ledger: Sequence[LedgerEntry]) -> list[str]:
    taking = sorted((entry for entry in ledger if entry.points < 0), key=lambda entry: entry.points)
    return [f"needs {name}" for name in needed] + [_written(entry) for entry in taking]


def _written(entry: LedgerEntry) -> str:
    return f"{entry.reason} ({entry.points:+d})"
