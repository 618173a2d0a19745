"""Collects the findings of one file, each at the line of the value it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from watcher.model.signal import Finding
from watcher.rulebook.wording import printable
from watcher.rulebook.yaml import Place

Location = Sequence[str | int]


@dataclass(slots=True)
class Notebook:
    """`path` is what the findings show; `places` knows the lines."""

    path: str
    places: Place
    findings: list[Finding] = field(default_factory=list)

    def line(self, location: Location) -> int:
        """The line of the value at `location`, or of the nearest thing around it."""
        return self.places.find(location).line

    def error(self, code: str, location: Location, message: str) -> None:
        """Note what refuses the file."""
        self._note(code, location, message, error=True)

    def warn(self, code: str, location: Location, message: str) -> None:
        """Note what a person should look at; the file is used all the same."""
        self._note(code, location, message, error=False)

    def advise(self, code: str, location: Location, message: str) -> None:
        """Note what would be good to know; nothing is wrong."""
        self._note(code, location, message, error=False, note=True)

    def failed(self) -> bool:
        """Whether an error is among the findings."""
        return any(finding.error for finding in self.findings)

    def _note(self, code: str, location: Location, message: str, *, error: bool, note: bool = False) -> None:
        finding = Finding(self.path, self.line(location), code, printable(message), error, note)
        if finding not in self.findings[-20:]:  # a bad default shows once, not once for each source
            self.findings.append(finding)
