"""Years that are past, told against the year in which a document came: nothing has to be raised each January."""

from __future__ import annotations

import re
from typing import Final

PAST_YEAR: Final = "{past year}"
"""Stands in the phrase of a cue for any year before that of the document: "in {past year}", "{past year} yılında"."""

SURELY_PAST: Final = 2025
"""The year that is taken where a document comes without a date: older years are past whenever it is read."""

ANY_YEAR: Final = "0000"
"""The normal form under which every year is looked up too, with what is joined to it ("2019'da" as "0000da")."""

_FIRST: Final = 1900
_LAST: Final = 2099
_SOLAR: Final = (1300, 1499)
_SOLAR_OFFSET: Final = 621  # the Persian calendar's year 1400 began in 2021
_YEAR: Final = re.compile(r"(\d{4})(?!\d)")


def as_any_year(form: str) -> str | None:
    """A normal form that begins with a year, with ANY_YEAR in its place; None for another."""
    return ANY_YEAR + form[4:] if year_of(form) is not None else None


def year_of(form: str) -> int | None:
    """The year (of the common era) with which a normal form begins; years of the Persian calendar are converted."""
    found = _YEAR.match(form)
    if found is None or not found[1].isascii():
        return None
    year = int(found[1])
    if _SOLAR[0] <= year <= _SOLAR[1]:
        return year + _SOLAR_OFFSET
    return year if _FIRST <= year <= _LAST else None
