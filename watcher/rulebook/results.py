"""What came of the tests embedded in rules."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.model.signal import Finding


@dataclass(frozen=True, slots=True)
class TestResult:
    """One text's outcome. `got` is alert, below or silent, and the assertion if one was asked for; `score` is 0 to 100.

    `reasons` are the largest entries of the ledger, or what was missing; `text` is shortened.
    """

    signal_id: str
    path: str
    line: int
    passed: bool
    expected: str
    got: str
    score: int
    alert_at: int
    reasons: tuple[str, ...]
    text: str

    def finding(self) -> Finding:
        """A failure as a finding, T610."""
        told = f"expected {self.expected}, got {self.got} (score {self.score}, alerts at {self.alert_at})"
        return Finding(self.path, self.line, "T610", f"{told}: {'; '.join(self.reasons)}: “{self.text}”")

    def as_dict(self) -> dict[str, str | int | bool | list[str]]:
        """Plain data for JSON."""
        return {
            "signal": self.signal_id,
            "path": self.path,
            "line": self.line,
            "passed": self.passed,
            "expected": self.expected,
            "got": self.got,
            "score": self.score,
            "alert_at": self.alert_at,
            "reasons": list(self.reasons),
            "text": self.text,
        }

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: passed" if self.passed else str(self.finding())
