"""Patterns with `*`, matched in linear time: no regular expression ever comes from a user."""

from __future__ import annotations

MAX_PATTERN = 200
"""Characters of a pattern."""


def glob_matches(pattern: str, text: str) -> bool:
    """Whether all of `text` fits `pattern`, where `*` is any run of characters and case is ignored."""
    first, *rest = pattern.casefold().split("*")
    text = text.casefold()
    if not rest:
        return first == text
    last = rest.pop()
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in rest:
        at = text.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True


def any_glob(patterns: tuple[str, ...], text: str) -> bool:
    """Whether `text` fits one of `patterns`; no patterns mean no demand."""
    return not patterns or any(glob_matches(pattern, text) for pattern in patterns)
