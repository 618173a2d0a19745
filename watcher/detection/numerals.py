"""A number as it is written, in figures of any script: 48, 48.5, 48,5, 2,600, 2.600, 3 200, ٤٨."""

from __future__ import annotations

from typing import Final

_SPACES: Final = "\u00a0\u202f\u2009 '’"
_ARABIC: Final = str.maketrans({"٫": ".", "٬": None})
NUMERAL: Final = (
    r"\d{1,3}(?:[\u00a0\u202f\u2009]\d{3})++(?:[.,٫]\d{1,4}+)?+(?!\d)"  # 3 200, with the spaces that join
    r"|\d{1,3}(?:[.,٬'’]\d{3}(?!\d))++(?:[.,٫]\d{1,4}+)?+"  # 2,600  1.250.000,50
    r"|\d{1,15}+(?:[.,٫]\d{1,6}+)?+"
)
_COMMA_IS_DECIMAL: Final = frozenset(
    ["de", "fr", "es", "pt", "it", "ru", "tr", "nl", "pl", "uk", "cs", "sv", "da", "no", "fi", "el", "ro", "hu", "bg"]
)


def value_of(written: str, language: str) -> float | None:
    """The value of what NUMERAL finds; None if it is no number. `language` decides what "2.600" and "2,600" are."""
    plain = written.translate(_ARABIC)
    for space in _SPACES:
        plain = plain.replace(space, "")
    commas, dots = plain.count(","), plain.count(".")
    if commas and dots:
        decimal = max(",.", key=plain.rfind)
    elif commas + dots == 1:
        mark = "," if commas else "."
        decimal = "" if _groups(plain, mark, language) else mark
    else:
        decimal = ""
    other = {",": ".", ".": ","}.get(decimal, "")
    plain = plain.replace(other, "") if other else plain
    plain = plain.replace(decimal, ".") if decimal else plain.replace(",", "").replace(".", "")
    try:
        return float(plain)
    except ValueError:
        return None


def _groups(plain: str, mark: str, language: str) -> bool:
    """Whether a single mark groups thousands: three digits after it, and the mark that the language uses for it."""
    whole, _, rest = plain.partition(mark)
    if len(rest) != 3 or not 1 <= len(whole) <= 3 or whole == "0":
        return False
    return (mark == ".") == (language in _COMMA_IS_DECIMAL)
