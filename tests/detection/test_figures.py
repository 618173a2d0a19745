"""Figures as they are written, in several languages, against their values; and any text at all."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.detection.figures import MAX_FIGURES, figures
from watcher.detection.numerals import value_of
from watcher.model.signal import Measure


def read(text: str, measure: Measure, language: str = "en") -> list[tuple[str, float, str]]:
    return [(text[one.start : one.end], one.value, one.unit) for one in figures(text, measure, language)]


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("48%", "en", [48.0]),
        ("48 percent, 43.5 per cent", "en", [48.0, 43.5]),
        ("nearly six in ten and 6 out of 10", "en", [60.0, 60.0]),
        ("two-thirds", "en", [66.7]),
        ("Forty-four percent, thirty per cent, six percent", "en", [44.0, 30.0, 6.0]),
        ("one in three", "en", [33.3]),
        ("2.5 percent of GDP", "en", [2.5]),
        ("1,250%", "en", [1250.0]),
        ("48,5 Prozent", "de", [48.5]),
        ("48,5 %", "fr", [48.5]),
        ("48 pour cent", "fr", [48.0]),
        ("48 por ciento", "es", [48.0]),
        ("48 процентов", "ru", [48.0]),
        ("yüzde 48 ve %52", "tr", [48.0, 52.0]),
        ("۴۸ درصد", "fa", [48.0]),
        ("٤٨٫٥٪ و ٤٨ في المئة", "ar", [48.5, 48.0]),
        ("48&nbsp;percent", "en", [48.0]),
        ("fell by 5 percent", "en", []),
        ("up 5 percent, down 3%", "en", []),
        ("3 percentage points, 4% points", "en", []),
        ("a margin of error of 3 percent, plus or minus 4 percent, ±2%", "en", []),
        ("a majority, most, 1 in 2026, ten in one", "en", []),
        ("F-16% and v2.48%", "en", []),
    ],
)
def test_shares(text: str, language: str, values: list[float]) -> None:
    assert [value for _, value, unit in read(text, Measure.PERCENT, language) if unit == "percent"] == values


@pytest.mark.parametrize(
    ("text", "language", "sums"),
    [
        ("$3.2 billion", "en", [(3.2e9, "USD")]),
        ("EUR 400m and GBP 37 bn", "en", [(4e8, "EUR"), (3.7e10, "GBP")]),
        ("US$ 5 million, 5 million U.S. dollars", "en", [(5e6, "USD"), (5e6, "USD")]),
        ("£1,000.50", "en", [(1000.5, "GBP")]),
        ("3,2 Milliarden Euro", "de", [(3.2e9, "EUR")]),
        ("1.250.000,50 €", "de", [(1250000.5, "EUR")]),
        ("2.5 percent of GDP, 400 men", "en", []),
    ],
)
def test_sums_of_money(text: str, language: str, sums: list[tuple[float, str]]) -> None:
    assert [(value, unit) for _, value, unit in read(text, Measure.MONEY, language)] == sums


@pytest.mark.parametrize(
    ("text", "language", "numbers"),
    [
        ("2,600 fighters", "en", [2600.0]),
        ("a brigade of 3,000", "en", [3000.0]),
        ("a force of up to 10,000", "en", [10000.0]),
        ("3,000 armed PMF members", "en", [3000.0]),
        ("2.5 million people", "en", [2500000.0]),
        ("a 500-strong force of police", "en", []),
        ("10 years of police, 3 of the soldiers", "en", []),
        ("2.600 Soldaten", "de", [2600.0]),
        ("3\u202f200 soldats", "fr", [3200.0]),
        ("2.5 soldiers", "en", []),
    ],
)
def test_numbers_of_people(text: str, language: str, numbers: list[float]) -> None:
    assert [value for _, value, _ in read(text, Measure.PEOPLE, language)] == numbers


@given(st.integers(0, 999_999_999))
def test_grouped_numbers_have_their_value(number: int) -> None:
    assert value_of(f"{number:,}", "en") == number
    assert value_of(f"{number:,}".replace(",", "."), "de") == number
    assert value_of(f"{number:,}".replace(",", "\u202f"), "fr") == number
    assert figures(f"{number:,}%", Measure.PERCENT, "en")[0].value == number


@given(st.integers(0, 9999), st.integers(0, 99))
def test_decimals_have_their_value(whole: int, part: int) -> None:
    expected = float(f"{whole}.{part:02}")
    assert value_of(f"{whole}.{part:02}", "en") == expected
    assert value_of(f"{whole},{part:02}", "de") == expected


@given(st.text(max_size=300) | st.text("0123456789.,% $€mbillionofin-ten ٤٪", max_size=300), st.sampled_from(Measure))
def test_any_text_gives_figures_in_order_and_apart(text: str, measure: Measure) -> None:
    found = figures(text, measure, "en")
    assert len(found) <= MAX_FIGURES
    for one in found:
        assert 0 <= one.start < one.end <= len(text)
        assert one.value >= 0
    assert all(one.end <= after.start for one, after in pairwise(found))


def test_a_long_row_of_digits_and_marks_is_read_in_one_go() -> None:
    assert figures("1," * 50_000, Measure.MONEY, "en") == []
    assert len(figures("1% " * 50_000, Measure.PERCENT, "en")) == MAX_FIGURES
