"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any, TypeAlias

from sqlalchemy import DateTime, Dialect, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

JsonValue: TypeAlias = "bool | int | float | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"

# PostgreSQL stores no NUL, and neither database half of a surrogate pair. One character for one keeps offsets true.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\ufffd"
_EMPTY: tuple[JsonValue, ...] = ([], ())


Converter: TypeAlias = "Callable[[Any], object]"


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC datetime. SQLite holds `2026-01-31T09:15:00.000000Z`, whose text order is its time order."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """TIMESTAMP WITH TIME ZONE on PostgreSQL, fixed-width text elsewhere."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> object:
        """Refuse a naive time: nobody knows which moment it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        utc = value if value.tzinfo is UTC else value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else _written(utc)

    def process_result_value(self, value: object, dialect: Dialect) -> datetime | None:
        """Aware, in UTC, from either database."""
        if value is None:
            return None
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        return moment.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text from anywhere. What no database can store (NUL, lone surrogates) becomes U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Plain `str`, also from an enum."""
        return storable(value)

    def bind_processor(self, dialect: Dialect) -> Converter:
        """The same without a look at the dialect: this is done for each text of each row."""
        return storable


class Json(TypeDecorator[JsonValue]):
    """JSON as text: the same bytes on both databases, and room for what JSONB refuses (an escaped NUL)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: JsonValue, dialect: Dialect) -> str:
        """Compact, with readable letters of every script."""
        if value in _EMPTY:  # most lists are; the encoder takes longer to start than to write
            return "[]"
        return _SURROGATE.sub(_REPLACEMENT, json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def process_result_value(self, value: str | None, dialect: Dialect) -> JsonValue:
        """Lists and dicts again."""
        decoded: JsonValue = None if value is None else json.loads(value)
        return decoded


def storable(value: str | None) -> str | None:
    """Text that every database takes."""
    if value is None:
        return None
    if value.isascii() and "\x00" not in value:
        return str(value)
    return _UNSTORABLE.sub(_REPLACEMENT, str(value))


@lru_cache(maxsize=1_000)
def _written(utc: datetime) -> str:
    """Documents of one poll share most of their times."""
    return utc.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def digest(text: str) -> str:
    """32 hex digits to look long text up by: PostgreSQL refuses index entries over 2,700 bytes; links can be longer."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
