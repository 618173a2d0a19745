"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
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
        utc = value.astimezone(UTC)
        if dialect.name == "postgresql":
            return utc
        return utc.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

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
        return None if value is None else _UNSTORABLE.sub(_REPLACEMENT, str(value))


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


def digest(text: str) -> str:
    """32 hex digits to look long text up by: PostgreSQL refuses index entries over 2,700 bytes; links can be longer."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
