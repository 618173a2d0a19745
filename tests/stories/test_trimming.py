from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.stories.trimming import body, headline, without_dateline


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Iran seizes tanker in Hormuz - Reuters", "Iran seizes tanker in Hormuz"),
        ("Iran seizes tanker in Hormuz | World news | The Guardian", "Iran seizes tanker in Hormuz"),
        ("Iran seizes tanker in Hormuz – Example Desk", "Iran seizes tanker in Hormuz"),
        ("BREAKING: Iran seizes tanker in Hormuz", "Iran seizes tanker in Hormuz"),
        ("UPDATE 2-Iran seizes tanker in Hormuz", "Iran seizes tanker in Hormuz"),
        ("عاجل: إيران تحتجز ناقلة", "إيران تحتجز ناقلة"),
        # A place is no publisher, and a title is never emptied.
        ("Raid on militia offices in Iraq - Basra", "Raid on militia offices in Iraq - Basra"),
        ("Middle East - Reuters", "Middle East - Reuters"),
        ("Correction: Iraq arrests", "Correction: Iraq arrests"),
        ("Iran-backed group says no", "Iran-backed group says no"),
        ("", ""),
    ],
)
def test_headlines_lose_their_publisher(title: str, expected: str) -> None:
    assert headline(title, "exampledesk.org") == expected


@pytest.mark.parametrize(
    "dateline",
    [
        "BAGHDAD, April 5 (Wire) — ",
        "BAGHDAD (Example Wire) - ",
        "(Reuters) - ",
        "THE HAGUE — ",
        "BASRA: ",
        "Tallinn – ",
        "PARIS (AFP) — LONDON — ",
        "МОСКВА, 5 апр (ТАСС) — ",
        "بغداد (رويترز) - ",
        "بغداد - ",
    ],
)
def test_datelines_go(dateline: str) -> None:
    assert without_dateline(dateline + "Forces raided a farm.") == "Forces raided a farm."


@pytest.mark.parametrize(
    "text",
    [
        "Minister: we shall not pay.",
        "The deal – long awaited – was signed.",
        "He said it was over. Then – nothing.",
        "Forces raided a farm.",
        "",
    ],
)
def test_sentences_stay(text: str) -> None:
    assert without_dateline(text) == text


@pytest.mark.parametrize(
    "boilerplate",
    [
        "\n(Reporting by Ann Example in Baghdad; Editing by Bob Example)",
        " Reporting by Ann Example",
        "\nRead more: Ten things to know",
        "\n\nSubscribe to our newsletter",
        "\nThe post Iraq raids farm appeared first on Example News.",
        "\n© 2026 Example. All rights reserved.",
        "\nاقرأ المزيد",
    ],
)
def test_boilerplate_goes(boilerplate: str) -> None:
    assert body("Forces raided a farm." + boilerplate).strip() == "Forces raided a farm."


def test_a_teaser_loses_its_torn_word() -> None:
    words = " ".join(f"word{number}" for number in range(30))
    assert body(words + " Bandar Ab").endswith(" Bandar")
    assert body(words + " Bandar Abbas.").endswith(" Abbas.")
    assert body("A raid in Basra") == "A raid in Basra"


@given(st.text(max_size=400), st.text(max_size=40))
def test_trimming_only_takes_away(text: str, publisher: str) -> None:
    assert headline(text, publisher) in text
    assert without_dateline(text) in text
    assert len(body(text)) <= len(text)
