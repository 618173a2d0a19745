"""The one error that is meant for a person: what is wrong, and what to do."""

from __future__ import annotations


class UserError(Exception):
    """Something that the person at the keyboard can mend. `str()` is one line: what is wrong; what to do."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(f"{message}; {advice}" if advice else message)
