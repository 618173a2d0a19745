"""Which language a text is in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.detection.language import SUPPORTED, UNKNOWN, detect_language, language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Iraqi police have raided the homes of militia leaders", "en"),
        ("La police irakienne a mené des perquisitions dans les bureaux des milices", "fr"),
        ("Die irakische Polizei hat die Büros der Milizen durchsucht", "de"),
        ("La policía iraquí registró las oficinas de las milicias en el sur del país", "es"),
        ("Irak polisi milislerin ofislerine baskın düzenledi ve çok sayıda kişi gözaltına alındı", "tr"),
        ("Иракская полиция провела обыски в офисах ополченцев", "ru"),
        ("داهمت الشرطة العراقية مكاتب الفصائل المسلحة في بغداد", "ar"),
        ("پلیس عراق به دفترهای گروه‌های شبه‌نظامی در بغداد حمله کرد", "fa"),
        ("", "en"),
        ("12345 !!", "en"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert detect_language(text, "") == language
    assert detect_language("", text) == language


@given(st.text(max_size=200))
def test_any_text_has_a_supported_language(text: str) -> None:
    assert detect_language(text, text) in {*SUPPORTED, UNKNOWN}


@pytest.mark.parametrize(
    ("declared", "text", "language"),
    [
        ("en-GB", "Raid in Basra", "en"),
        ("English", "Raid in Basra", "en"),
        ("eng", "Raid in Basra", "en"),
        ("pt_BR", "Ataque em Basra", "pt"),
        ("fr", "Raid in Basra", "fr"),  # a short text is no proof against what is declared
        ("en", "داهمت الشرطة العراقية مكاتب الفصائل في بغداد", "ar"),
        ("ar", "Iraqi police have raided the offices of the militia", "en"),
        ("en-US", "Иракская полиция провела обыски", "ru"),
        ("ar", "2026", "ar"),
        ("fa", "داهمت الشرطة", "fa"),
        (None, "משטרת עיראק פשטה על משרדי המיליציות", UNKNOWN),
        ("und", "La police irakienne a mené des perquisitions dans les bureaux", "fr"),
        ("", "", "en"),
    ],
)
def test_a_declared_language_is_believed_unless_the_letters_are_others(
    declared: str | None, text: str, language: str
) -> None:
    assert language_of(declared, text, "") == language
    assert language_of(declared, "", text) == language


@given(st.text(max_size=30), st.text(max_size=50))
def test_any_declaration_is_read(declared: str, text: str) -> None:
    assert len(language_of(declared, text, "")) <= 20
