"""Which language a text is in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.detection.language import SUPPORTED, detect_language


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
    assert detect_language(text, text) in SUPPORTED
