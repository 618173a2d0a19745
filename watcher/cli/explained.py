"""How an explanation looks: strongest signal first, the sentence with its evidence, the points, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from rich.text import Text

from watcher.cli.output import Output, inert
from watcher.detection.explain import Explanation
from watcher.model.document import Document
from watcher.services.compose import highlights


def show(output: Output, document: Document, explanations: Sequence[Explanation]) -> None:
    """Print all of them, or one JSON object with them."""
    ranked = sorted(explanations, key=lambda one: (one.distance, one.signal_id))
    if output.as_json:
        signals = [{**asdict(one), "alert": one.alert, "distance": one.distance} for one in ranked]
        output.json({"id": document.id, "title": document.title, "language": document.language, "signals": signals})
        return
    output.line(document.title or "(no title)", style="bold")
    if document.url:
        output.line(document.url)
    for one in ranked:
        if one.found:
            _one(output, one)
    if silent := [one.signal_id for one in ranked if not one.found]:
        output.line()
        output.line(f"Nothing found of: {', '.join(silent)}", style="dim")


def _one(output: Output, one: Explanation) -> None:
    output.line()
    verdict = "ALERTS" if one.alert else f"{one.distance} points short"
    output.line(
        f"{one.signal_id}  {one.score} of {one.alert_at}  {verdict}", style="bold green" if one.alert else "bold yellow"
    )
    if one.sentence:
        output.console.print(_quoted(one))
    output.line(f"  found    {', '.join(one.found)}")
    if one.missing:
        needed = [f"{name} (needed)" if name in one.needed else name for name in one.missing]
        output.line(f"  missing  {', '.join(needed)}")
    if one.pattern:
        output.line(f"  pattern  {one.pattern}")
    elif one.patterns:
        output.line(f"  pattern  none held of: {' | '.join(one.patterns)}")
    cue = f" by “{one.cue}”" if one.cue else ""
    output.line(f"  states   {one.assertion}{cue}")
    for entry in one.ledger:
        output.line(f"  {entry.points:+5d}  {entry.reason}")


def _quoted(one: Explanation) -> Text:
    text = Text("  “")
    at = 0
    for start, end in highlights(one.sentence, one.evidence):
        text.append(inert(one.sentence[at:start]))
        text.append(inert(one.sentence[start:end]), style="bold underline")
        at = end
    text.append(inert(one.sentence[at:]))
    return text.append("”")
