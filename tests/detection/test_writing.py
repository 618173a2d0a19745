"""Words as their language writes them: one term, many ways to write it, and what must not be taken for it."""

from __future__ import annotations

import pytest

from watcher.detection.compiled import Compiler
from watcher.detection.engine import Detector
from watcher.detection.terms import parse_term
from watcher.model.signal import Group, Lexicon, Signal


def found(term: str, text: str, language: str) -> list[str]:
    """The words of the text that the term finds."""
    signal = Signal("any", "Any", (Group("group", 100, (parse_term(term),)),))
    detection = Detector([signal]).detect("", text, language)
    spans = [(one.start, one.end) for match in detection.matches for one in match.evidence]
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("term", "text", "language", "expected"),
    [
        ("الحشد الشعبي", "قرار بحل الحشد الشعبي", "ar", "الحشد الشعبي"),
        ("الحشد الشعبي", "قرار للحشد الشعبي", "ar", "للحشد الشعبي"),
        ("الحشد الشعبي", "قال إن والحَشْد الشعبى", "ar", "والحَشْد الشعبى"),
        ("بغداد", "وفي ببغداد اليوم", "ar", "ببغداد"),
        ("حكومة", "بالحكومه", "ar", "بالحكومه"),
        ("أربيل", "في اربيل", "ar", "اربيل"),
        ("مسؤول", "المســـؤول", "ar", "المســـؤول"),
        ("يعتقل", "وسيعتقل غدا", "ar", "وسيعتقل"),
        ("لبنان", "قال للبنان", "ar", "للبنان"),
        ("اللواء 45", "اللواء ٤٥", "ar", "اللواء ٤٥"),
        ("می‌شود", "منحل می‌شود", "fa", "می‌شود"),
        ("می‌شود", "منحل می شود", "fa", "می شود"),
        ("می‌شود", "منحل میشود", "fa", "میشود"),
        ("می شود", "منحل می‌شود", "fa", "می‌شود"),
        ("گروه مسلح", "گروه‌های مسلح", "fa", "گروه‌های مسلح"),
        ("گروه مسلح", "گروه های مسلح", "fa", "گروه های مسلح"),
        ("شبه‌نظامی", "شبه نظامیان", "fa", "شبه نظامیان"),
        ("شبه‌نظامی", "شبه‌نظامیان", "fa", "شبه‌نظامیان"),
        ("تیپ ۴۵", "تيپ 45", "fa", "تيپ 45"),
        ("کتائب", "كتائب", "fa", "كتائب"),
        ("Bağdat", "BAĞDAT'ta", "tr", "BAĞDAT'ta"),
        ("Iran", "İran'ın", "tr", "İran'ın"),
        ("İran", "IRAN", "tr", "IRAN"),
        ("iran", "ıran", "en", "ıran"),
        ("=ABD", "ABD'nin", "tr", "ABD'nin"),
        ("AB", "AB'ye", "tr", "AB'ye"),
        ("Präsident", "der Praesident sagte", "de", "Praesident"),
        ("Praesident*", "der Präsidentin", "de", "Präsidentin"),
        ("Straße", "in der Strasse", "de", "Strasse"),
        ("Irak", "l'Irak et l’Iran", "fr", "Irak"),
        ("Irak", "contre l&#8217;Irak", "fr", "l&#8217;Irak"),
        ("Iran", "lorsqu'Iran", "fr", "Iran"),
        ("état", "l'Etat", "fr", "Etat"),
        ("боевиков", "двоих боёвиков", "ru", "боёвиков"),
        ("militia", "the mili\u00adtia\u00a0men", "en", "mili\u00adtia"),
        ("stopped paying", "stopped\u00a0paying", "en", "stopped\u00a0paying"),
        ("milice", "la milice&nbsp;chiite", "fr", "milice"),
        ("+verhaften", "wurden verhaftet", "de", "verhaftet"),
        ("+ميليشيا", "عناصر من الميليشيات", "ar", "الميليشيات"),
        ("+العراقي", "القوات العراقية", "ar", "العراقية"),
        ("+боевик", "двух боевиков", "ru", "боевиков"),
        ("+milice", "les milices", "fr", "milices"),
        ("+arrestation", "l'arrestation", "fr", "arrestation"),
        ("+milicia", "las milicias", "es", "milicias"),
        ("+milis", "milislere", "tr", "milislere"),
        ("+irakische Polizei", "der irakischen Polizei", "de", "irakischen Polizei"),
        ("%", "استطلاع: 54٪ من الأمريكيين", "ar", "٪"),
    ],
)
def test_a_term_is_found_however_it_is_written(term: str, text: str, language: str, expected: str) -> None:
    assert found(term, text, language) == [expected]


@pytest.mark.parametrize(
    ("term", "text", "language"),
    [
        ("زير", "وزير", "fa"),  # clitics are Arabic's alone
        ("ير", "وير", "ar"),  # too little left
        ("ته", "ته‌ها", "fa"),
        ("Mali", "Somali", "tr"),
        ("Prasident", "Praesident", "fr"),
        ("Iran", "l’Irakien", "fr"),
        ("=ABD", "abd'nin", "tr"),
        ("can", "can't", "en"),
        ("+milis", "militan", "tr"),
    ],
)
def test_other_words_are_not_taken_for_it(term: str, text: str, language: str) -> None:
    assert found(term, text, language) == []


def test_equal_lists_of_one_language_are_one_set() -> None:
    lexicon = Lexicon("places-ar", {"places": (parse_term("بغداد"),)}, language="ar")
    signals = [Signal(name, name, (Group("place", 50, lists=("places",)),)) for name in ("one", "two")]
    one, two = (Compiler([lexicon], "ar").signal(signal) for signal in signals)
    assert one.groups["place"].terms == two.groups["place"].terms
    assert Compiler([lexicon], "en").signal(signals[0]).groups["place"].terms == frozenset()
