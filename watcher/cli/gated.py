"""How drop counters look: each gate with what ended there, and what it means."""

from __future__ import annotations

from collections.abc import Mapping

from watcher.cli.output import Output
from watcher.services.gates import GATES


def show(output: Output, readings: int, gates: Mapping[str, int]) -> None:
    """A line for each gate, in the order in which they are passed; the counts add up to the readings."""
    output.line(f"{readings} readings (texts × signals), by where they ended:", style="bold")
    for name, count in gates.items():
        output.line(f"  {count:9d}  {name:22}  {GATES.get(name, '')}")


def lines(readings: int, gates: Mapping[str, int]) -> list[str]:
    """The same as plain lines, for standard error."""
    head = f"{readings} readings (texts x signals), by where they ended:"
    return [head, *(f"  {count:9d}  {name:22}  {GATES.get(name, '')}" for name, count in gates.items())]
