"""The errors that are meant for a person: what is wrong, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watcher.model.signal import Finding


class UserError(Exception):
    """Something that the person at the keyboard can mend. `str()` is one line: what is wrong; what to do."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(f"{message}; {advice}" if advice else message)


class RulesError(UserError):
    """The rules directory cannot be used; `findings` say where and why."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        count = sum(finding.error for finding in findings)
        super().__init__(f"{count} {'error' if count == 1 else 'errors'} in the rules")
        self.findings = findings
