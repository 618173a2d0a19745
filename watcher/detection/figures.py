"""Figures in a text: shares, sums of money and numbers of people, with their values. Pure, linear, no backtracking.

Only what is written as a figure counts: "48%", "six in ten", "$3.2 billion", "2,600 fighters". "Most" and "dozens" do
not. A change ("by 5 percent"), percentage points and a margin of error are no figures of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from watcher.detection.numerals import NUMERAL, value_of
from watcher.model.signal import Measure

PERCENT, PEOPLE = "percent", "people"
MAX_FIGURES: Final = 100  # of one text
_GAP: Final = r"(?:\s|&nbsp;|&\#160;)"
_NUMBER: Final = rf"(?<![\w.,])(?<![^\W\d_]-)(?P<number>{NUMERAL})"
_WORDS: Final = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "twenty": 20, "hundred": 100,
}  # fmt: skip
_TENS: Final = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SPELLED: Final = rf"(?:{'|'.join(_TENS)})(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|{'|'.join(_WORDS)}"
_WORD: Final = "|".join(_WORDS)
_SMALL: Final = rf"\d{{1,3}}+|{_WORD}"
_SHARES: Final = {"third": 3, "quarter": 4, "fifth": 5}
_SCALES: Final = {
    "k": 1e3, "thousand": 1e3, "tausend": 1e3, "mille": 1e3, "mil": 1e3, "тысяч": 1e3, "тысячи": 1e3, "bin": 1e3,
    "هزار": 1e3, "ألف": 1e3, "آلاف": 1e3,
    "m": 1e6, "mn": 1e6, "mln": 1e6, "mio": 1e6, "million": 1e6, "millions": 1e6, "millionen": 1e6, "millones": 1e6,
    "milhões": 1e6, "milioni": 1e6, "миллионов": 1e6, "млн": 1e6, "milyon": 1e6, "میلیون": 1e6, "مليون": 1e6,
    "b": 1e9, "bn": 1e9, "billion": 1e9, "billions": 1e9, "mrd": 1e9, "milliarden": 1e9, "milliards": 1e9,
    "mil millones": 1e9, "miliardi": 1e9, "миллиардов": 1e9, "млрд": 1e9, "milyar": 1e9, "میلیارد": 1e9, "مليار": 1e9,
    "tn": 1e12, "trillion": 1e12,
}  # fmt: skip
_SCALE: Final = "|".join(sorted(_SCALES, key=len, reverse=True))
_MARKS: Final = {"us$": "USD", "$": "USD", "€": "EUR", "£": "GBP", "₪": "ILS", "¥": "JPY"}
_CODES: Final = {code.lower(): code for code in ("USD", "EUR", "GBP", "CHF", "ILS", "JPY", "TRY", "CAD", "IQD", "IRR")}
_NAMES: Final = {
    "dollar": "USD", "dollars": "USD", "dólares": "USD", "долларов": "USD", "dolar": "USD", "دلار": "USD",
    "دولار": "USD", "euro": "EUR", "euros": "EUR", "евро": "EUR", "avro": "EUR", "یورو": "EUR", "يورو": "EUR",
    "pound": "GBP", "pounds": "GBP", "shekels": "ILS", "yen": "JPY",
}  # fmt: skip
_CURRENCIES: Final = _MARKS | _CODES | _NAMES
_BEFORE: Final = "|".join(re.escape(mark) for mark in sorted([*_MARKS, *_CODES], key=len, reverse=True))
_AFTER: Final = "|".join(re.escape(name) for name in sorted(_CURRENCIES, key=len, reverse=True))
_PERCENT_WORD: Final = (
    r"[%٪]|(?:percent|per[ -]cent|pct|prozent|pour[ ]cent|por[ ]ciento|por[ ]cento|per[ ]cento|процент(?:ов|а)?|yüzde"
    r"|درصد|في[ ]المئة|في[ ]المائة|بالمئة|بالمائة|אחוז(?:ים)?)(?!\w)"
)
_PEOPLE_WORD: Final = (
    "fighters?|troops?|soldiers?|militants?|militiamen|personnel|members?|servicemen|gunmen|combatants?|guards|"
    "reservists|sailors|marines|officers|police|policemen|men|people|civilians|employees|"
    "soldaten|kämpfer|soldats|combattants|soldados|combatientes|солдат|бойцов|военных|asker|savaşçı|"
    "نیرو|سرباز|جندي|مقاتل|عنصر|آلاف مقاتل"
)
_NOT_PEOPLE: Final = r"(?:years?|months?|weeks?|days?|hours?|minutes?|percent|per|of|and|or|to|in|for)\b"
_BODIES: Final = "brigade|force|battalion|contingent|unit|division|garrison|army|militia|group|corps"
_ROUGHLY: Final = "(?:about|some|around|nearly|almost|roughly|up to|more than|over|at least|as many as)"


def _one(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE)


_EXPRESSIONS: Final = {
    Measure.PERCENT: (
        _one(rf"{_NUMBER}{_GAP}?(?:{_PERCENT_WORD})(?!{_GAP}?points?\b)"),
        _one(rf"(?<![\w.,])(?:%|yüzde{_GAP})(?P<number>{NUMERAL})"),
        _one(rf"(?<![\w-])(?P<spelled>{_SPELLED}){_GAP}(?:{_PERCENT_WORD})(?!{_GAP}?points?\b)"),
        _one(rf"(?<!\w)(?P<part>{_SMALL})(?:\s(?:in|out\sof)\s|-in-)(?P<whole>{_SMALL})(?!\w)"),
        _one(r"(?<!\w)(?P<part>one|two|three|four)[ -](?P<share>third|quarter|fifth)s?(?!\w)"),
    ),
    Measure.MONEY: (
        _one(rf"(?<![\w])(?P<currency>{_BEFORE}){_GAP}?(?P<number>{NUMERAL})(?:[ -]?(?P<scale>{_SCALE})(?!\w))?"),
        _one(rf"{_NUMBER}(?:[ -]?(?P<scale>{_SCALE})(?!\w))?{_GAP}?(?:U\.?S\.?{_GAP})?(?P<currency>{_AFTER})(?!\w)"),
    ),
    Measure.PEOPLE: (
        _one(
            rf"{_NUMBER}(?:[ ](?P<scale>{_SCALE})(?!\w))?(?:[ -]strong)?"
            rf"(?:[ -](?!{_NOT_PEOPLE})[^\W\d_]{{2,20}}+){{0,2}}?[ -](?:{_PEOPLE_WORD})(?!\w)"
        ),
        _one(
            rf"(?<!\w)(?:{_BODIES}){_GAP}of{_GAP}(?:{_ROUGHLY}{_GAP})?(?P<number>{NUMERAL})"
            rf"(?:[ ](?P<scale>{_SCALE})(?!\w))?"
        ),
    ),
}
_CHANGE: Final = re.compile(
    r"(?:\b(?:by|up|down)\s|±\s?|\+/-\s?|plus or minus\s|margin of error[^.;]{0,30})$", re.IGNORECASE
)
_LOOK_BACK: Final = 60


@dataclass(frozen=True, slots=True)
class Figure:
    """`text[start:end]` says `value` in `unit`: percent, people, or a currency's code."""

    start: int
    end: int
    value: float
    unit: str


def figures(text: str, measure: Measure, language: str = "en") -> list[Figure]:
    """The figures of one sort in a text, in order, none overlapping, at most MAX_FIGURES."""
    found = sorted(_all(text, measure, language), key=lambda one: (one.start, -one.end))
    kept: list[Figure] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept[:MAX_FIGURES]


def _all(text: str, measure: Measure, language: str) -> Iterator[Figure]:
    for expression in _EXPRESSIONS[measure]:
        for match in expression.finditer(text):
            if measure is Measure.PERCENT and _CHANGE.search(text, max(0, match.start() - _LOOK_BACK), match.start()):
                continue
            if (read := _read(match, measure, language)) is not None:
                yield Figure(match.start(), match.end(), *read)


def _read(match: re.Match[str], measure: Measure, language: str) -> tuple[float, str] | None:
    given = {name: value.lower() for name, value in match.groupdict().items() if value}
    if "part" in given:
        return _share(given)
    if "spelled" in given:
        return _spelled(given["spelled"]), PERCENT
    value = value_of(given["number"], language)
    if value is None:
        return None
    value *= _SCALES.get(given.get("scale", ""), 1)
    if measure is Measure.PERCENT:
        return value, PERCENT
    if measure is Measure.MONEY:
        return value, _CURRENCIES[given["currency"]]
    return (value, PEOPLE) if value == int(value) and value else None


def _share(given: dict[str, str]) -> tuple[float, str] | None:
    part = _small(given["part"])
    whole = _SHARES[given["share"]] if "share" in given else _small(given["whole"])
    if not 3 <= whole <= 1000 or part > whole or whole < 2:
        return None
    return round(100 * part / whole, 1), PERCENT


def _small(written: str) -> int:
    return _WORDS.get(written) or int(written)


def _spelled(written: str) -> float:
    tens, _, ones = written.replace("-", " ").partition(" ")
    return float(_TENS.get(tens, _WORDS.get(tens, 0)) + _WORDS.get(ones, 0))
