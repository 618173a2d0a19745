"""Documents that come as JSON Lines, bounded and checked: what `watcher match` reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from watcher.model.document import Document
from watcher.sources.identity import canonical_url, content_hash

LONGEST_LINE = 16 * 1024 * 1024
"""Characters; a longer line is refused."""


class InputError(ValueError):
    """A line that is no document; says which line and why."""


def documents_in(lines: Iterable[str]) -> Iterator[tuple[Document, dict[str, Any]] | InputError]:
    """The documents of JSON Lines, each with its raw object; blank lines are passed over, bad ones yield an error."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            raw = _object(line)
            yield read_document(raw, f"line-{number}"), raw
        except ValueError as error:
            yield InputError(f"line {number}: {error}")


def _object(line: str) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        raise ValueError(f"longer than {LONGEST_LINE:,} characters")
    try:
        raw = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at character {error.pos}") from None
    except RecursionError:
        raise ValueError("not a document: brackets nested too deeply") from None
    if not isinstance(raw, dict):
        raise ValueError(  # noqa: TRY004 - the caller knows one kind of error
            'not an object like {"id": "...", "title": "...", "text": "..."}'
        )
    return raw


def read_document(raw: dict[str, Any], default_id: str) -> Document:
    """A document of one JSON object; raises ValueError naming the key that is not as it should be."""

    def text(key: str) -> str:
        value = raw.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise ValueError(f'"{key}" must be a string, not {type(value).__name__}')  # noqa: TRY004
        return value

    title, body, source = text("title"), text("text"), text("source")
    published = _moment(text("published_at"))
    return Document(
        id=str(raw.get("id", default_id)),
        source_id=source,
        publisher=text("publisher") or source,
        guid="",
        url=text("url"),
        canonical_url=canonical_url(text("url")),
        title=title,
        text=body,
        language=text("language") or None,
        published_at=published,
        first_seen_at=published or datetime.fromtimestamp(0, UTC),
        content_hash=content_hash(title, body),
    )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # the year 1 or 9999, and an offset that leads out of time
        return None
