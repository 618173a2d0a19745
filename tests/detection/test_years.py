"""Which years are past is told against the year in which a document came."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.detection.samples import crackdown, lexicon
from watcher.detection.engine import Detector
from watcher.detection.years import ANY_YEAR, as_any_year, year_of
from watcher.model.match import Assertion
from watcher.model.signal import Cue, Direction, Lexicon

CUES = (
    Cue("in {past year}", Assertion.HISTORICAL, Direction.BOTH, 12),
    Cue("march {past year}", Assertion.HISTORICAL, Direction.BOTH, 12),
    Cue("{past year}'da", Assertion.HISTORICAL, Direction.BOTH, 12, language="tr"),
    Cue("سال {past year}", Assertion.HISTORICAL, Direction.BOTH, 12, language="fa"),
)
DETECTOR = Detector([crackdown()], [lexicon(), Lexicon("years", cues=CUES)])


def stated(text: str, year: int, language: str = "en") -> tuple[Assertion, str]:
    (match,) = DETECTOR.detect("", text, language, year).matches
    return match.assertion, match.cue


@pytest.mark.parametrize(
    ("text", "year", "expected"),
    [
        ("Iraqi police raided a militia in 2026", 2027, Assertion.HISTORICAL),
        ("Iraqi police raided a militia in 2026", 2026, Assertion.ASSERTED),
        ("Iraqi police raided a militia in March 2026", 2031, Assertion.HISTORICAL),
        ("Iraqi police raided a militia in March 2026", 2026, Assertion.ASSERTED),
        ("Iraqi police raided a militia in 2035", 2031, Assertion.ASSERTED),
        ("Iraqi police raided a militia in 1453 homes", 2026, Assertion.ASSERTED),
        ("Iraqi police raided a militia in 0000", 2026, Assertion.ASSERTED),
    ],
)
def test_a_year_is_past_once_it_is_over(text: str, year: int, expected: Assertion) -> None:
    assert stated(text, year)[0] is expected


def test_years_of_other_calendars_and_with_endings() -> None:
    assert stated("Iraqi police raid militia 2019'da", 2026, "tr")[0] is Assertion.HISTORICAL
    assert stated("Iraqi police raid militia 2026'da", 2026, "tr")[0] is Assertion.ASSERTED
    persian = "پلیس عراق امروز در بغداد اعلام کرد که عملیات تازه را آغاز کرده است.\n\nIraqi police raid militia "
    assert stated(persian + "سال ۱۴۰۰", 2026, "fa")[0] is Assertion.HISTORICAL
    assert stated(persian + "سال ۱۴۰۵", 2026, "fa")[0] is Assertion.ASSERTED


def test_a_document_without_a_date_is_read_by_years_that_are_surely_past() -> None:
    (match,) = DETECTOR.detect("", "Iraqi police raided a militia in 2019", "en").matches
    assert match.assertion is Assertion.HISTORICAL


def test_a_retrospective_goes_through_years_before_its_own() -> None:
    text = "Iraqi police raid a militia. It began in a café. " + "2027, 2028 and 2029 were quiet."
    assert stated(text, 2031) == (Assertion.HISTORICAL, "2027, 2028, 2029")
    assert stated(text, 2029)[0] is Assertion.ASSERTED


def test_the_explanation_is_told_the_year_too() -> None:
    text = "Iraqi police raided a militia in 2026"
    assert DETECTOR.explain("", text, "en", year=2027)[0].assertion is Assertion.HISTORICAL
    assert DETECTOR.explain("", text, "en", year=2026)[0].assertion is Assertion.ASSERTED


@given(st.text(max_size=8))
def test_only_years_are_years(form: str) -> None:
    year, general = year_of(form), as_any_year(form)
    assert (year is None) == (general is None)
    if year is not None and general is not None:
        assert 1900 <= year <= 2120 and general.startswith(ANY_YEAR) and general[4:] == form[4:]
