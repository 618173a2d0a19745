"""What a rule means, as a digest: two files with the same one find and score alike, however they are written down.

Comments, the order of keys and of lists, spaces, titles, owners, tests and the status are no part of it. What a
lexicon says is the lexicon's own meaning: a signal names its lists.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from pydantic import BaseModel

_DECIDING: Final = frozenset(
    {
        *("groups", "patterns", "exclude", "quantities", "fields", "use"),
        *("within", "when"),
        *("alert_at", "severity", "max_age", "story_window"),
        *("language", "stem", "lists", "cues"),
    }
)


def meaning_of(file: BaseModel) -> str:
    """Hex over what decides in the file of a signal, a composite or a lexicon."""
    # pydantic warns of every union whose branch a function chose
    told = file.model_dump(mode="json", by_alias=True, include=set(_DECIDING), warnings=False)
    return hashlib.sha256(_written(_ordered(told)).encode()).hexdigest()[:16]


def _ordered(value: Any) -> Any:
    """The same with one order, and one way to put spaces: no list of these files means something by its order."""
    if isinstance(value, dict):
        return {key: _ordered(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted({_plain(item) if isinstance(item, str) else _written(_ordered(item)) for item in value})
    return _plain(value) if isinstance(value, str) else value


def _plain(text: str) -> str:
    return " ".join(text.split())


def _written(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
