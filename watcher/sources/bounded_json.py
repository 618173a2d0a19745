"""JSON from outside: bounded depth, no NaN, no surprises."""

from __future__ import annotations

import json
import re

from watcher.sources.entries import UnreadableError
from watcher.sources.sandbox import Json

MAX_DEPTH = 60

# Possessive, so that an unclosed string costs one pass and not one for each quote in it.
_TOKENS = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


def parse_json(text: str) -> Json:
    """Parse. Raises UnreadableError for what is not JSON, is nested deeper than MAX_DEPTH, or has NaN in it."""
    _check_depth(text)
    try:
        # strict=False: raw line breaks within strings are common and harmless.
        parsed: Json = json.loads(text.removeprefix("\ufeff"), strict=False, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(f"not JSON: {_glimpse(text)}") from None
    return parsed


def _check_depth(text: str) -> None:
    depth = 0
    for token in _TOKENS.finditer(text):
        first = text[token.start()]
        if first in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise UnreadableError(f"JSON nested deeper than {MAX_DEPTH} levels")
        elif first in "]}":
            depth -= 1


def _refuse(constant: str) -> Json:
    raise UnreadableError(f"not JSON: {constant} is not a JSON value")


def _glimpse(text: str) -> str:
    shown = "".join(char if char.isprintable() else " " for char in text[:200])
    return repr(" ".join(shown.split())[:100]) if shown.strip() else "nothing in it"
