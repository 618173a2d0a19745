"""Names of languages as sources write them, to ISO 639-1 codes."""

from __future__ import annotations

from watcher.model.language import language_code

__all__ = ["language_code"]
