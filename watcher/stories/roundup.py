"""Texts on several developments: live blogs, diaries, newsletters, the week in review."""

from __future__ import annotations

import re

ROUNDUP = "roundup"
CLOCK = re.compile(r"^\W{0,3}(?:[01]?\d|2[0-3])[:.h][0-5]\d\b", re.MULTILINE)
HEADED = re.compile(r"^\W{0,3}(?:[A-Z][\w’'-]*(?: [\w’'-]+){0,3}[.:]|(?:One|Two|Three)\.)\s", re.MULTILINE)
_TITLE = re.compile(
    r"\blive\b(?=\s*(?:[:|–-]|blog|updates?))|\bas it happened\b|\bround-?up\b|\bnewsletter\b|\bbriefing\b|\bnotebook\b"
    r"|\bdiary\b|\bweek(?:ly)? in\b|\bthe week\b|\bwhat to watch\b|\bat a glance\b"
    r"|\bledger no\b|\bmorning (?:brief|note)\b|\bticker\b"
    r"|\bliveblog\b|\ben direct\b|\ben directo\b|онлайн|\bcanlı\b|مباشر|زنده",
    re.IGNORECASE,
)
_ENTRIES = 3
_SECTIONS = 4


def is_roundup(title: str, text: str) -> bool:
    """Whether a document says so in its title, has entries by the clock, or sections with headings."""
    return bool(_TITLE.search(title)) or _at_least(CLOCK, text, _ENTRIES) or _at_least(HEADED, text, _SECTIONS)


def _at_least(expression: re.Pattern[str], text: str, wanted: int) -> bool:
    return sum(1 for _ in zip(range(wanted), expression.finditer(text), strict=False)) >= wanted
