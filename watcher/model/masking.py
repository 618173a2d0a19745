"""What stands where a secret was."""

from __future__ import annotations

import re

MASK = "[redacted]"
_LOGIN = re.compile(r"(?<=://)[^/\s@]{1,300}@")


def without_login(text: str) -> str:
    """The text with the user name and the password of each address masked."""
    return _LOGIN.sub(f"{MASK}@", text)
