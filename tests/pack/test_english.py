"""The shipped pack on English feed items: what must alert, and what must not."""

from __future__ import annotations

import pytest

from tests.pack.reading import alerts, texts

TEXTS = texts("english")


@pytest.mark.parametrize(("signal", "title", "text"), TEXTS.fires)
def test_a_development_alerts(signal: str, title: str, text: str) -> None:
    assert signal in alerts(title, text, "en")


@pytest.mark.parametrize(("signal", "title", "text"), TEXTS.below)
def test_what_has_not_happened_stays_below(signal: str, title: str, text: str) -> None:
    assert signal not in alerts(title, text, "en")


@pytest.mark.parametrize(("title", "text"), TEXTS.unrelated)
def test_other_news_alerts_nothing(title: str, text: str) -> None:
    assert alerts(title, text, "en") == frozenset()
