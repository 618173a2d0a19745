from __future__ import annotations

from fnmatch import fnmatchcase

from hypothesis import example, given
from hypothesis import strategies as st

from watcher.alerting.globs import glob_matches

PATTERNS = st.text("ab*", max_size=12)
TEXTS = st.text("ab", max_size=12)


@given(PATTERNS, TEXTS)
@example("a*a", "a")
@example("*ab*ba*", "aba")
@example("**", "")
def test_the_same_as_fnmatch_where_only_stars_are_special(pattern: str, text: str) -> None:
    assert glob_matches(pattern, text) is fnmatchcase(text, pattern)


@given(st.text(max_size=20))
def test_everything_fits_itself_and_a_star(text: str) -> None:
    plain = text.replace("*", "")
    assert glob_matches(plain, plain)
    assert glob_matches("*", text)
    assert glob_matches(plain.upper().casefold(), plain.upper())


def test_only_the_star_is_special() -> None:
    assert not glob_matches("iraq-?", "iraq-x")
    assert not glob_matches("[ab]", "a")
    assert glob_matches("a.c", "A.C")
    assert not glob_matches("a.c", "abc")


def test_many_stars_do_not_explode() -> None:
    """A backtracking matcher would not come back from this."""
    assert not glob_matches("a*" * 100 + "b", "a" * 100_000)
    assert glob_matches("*a" * 100 + "*", "a" * 100_000)
