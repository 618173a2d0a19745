"""Lists, patterns and cues of one language are for its documents; the filter before them changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.detection.engine import Detector
from watcher.detection.patterns import parse_pattern
from watcher.detection.terms import parse_term
from watcher.model.match import Assertion, Match
from watcher.model.signal import Cue, Group, Lexicon, Signal, Term

NAMES = ("state", "act", "target", "rival")
ANY_ORDER = "state act target within 12 in any order without rival for ar fa tr de"


def _terms(language: str | None, *texts: str, stem: bool = False) -> tuple[Term, ...]:
    return tuple(replace(parse_term(text), language=language, stem=stem) for text in texts)


def _lexicon(language: str | None, *, stem: bool = False, **lists: tuple[str, ...]) -> Lexicon:
    terms = {name: _terms(language, *texts, stem=stem) for name, texts in lists.items()}
    return Lexicon(f"base-{language}" if language else "base", terms, (), language)


LEXICONS = (
    _lexicon(None, target=("~kataib hezbollah",)),
    _lexicon("en", state=("police",), act=("arrest*",), target=("militia*",), rival=("tribe",)),
    _lexicon(
        "de", stem=True, state=("irakische Polizei",), act=("verhaften",), target=("Milizionär",), rival=("Stamm",)
    ),
    _lexicon("ar", stem=True, state=("الشرطة",), act=("اعتقل",), target=("ميليشيات",), rival=("عشيرة",)),
    _lexicon("fa", state=("پلیس",), act=("بازداشت",), target=("شبه‌نظامی",), rival=("قبیله",)),
    _lexicon("tr", state=("polis*",), act=("tutukla*",), target=("milis*",), rival=("aşiret*",)),
    Lexicon("cues-de", {}, (Cue("könnte", Assertion.HYPOTHETICAL, language="de"),), "de"),
)


def _signal(*patterns: str, signal_id: str = "crackdown") -> Signal:
    groups = tuple(Group(name, 0 if name == "rival" else 30, lists=(name,)) for name in NAMES)
    return Signal(signal_id, "Crackdown", groups, tuple(parse_pattern(text, NAMES) for text in patterns))


SIGNALS = (
    _signal("state act target within 12", ANY_ORDER),
    _signal("target act-passive (by state)?", signal_id="passive"),
    _signal(ANY_ORDER, signal_id="abroad"),
    Signal("plain", "Plain", (Group("target", 50, lists=("target",)), Group("act", 50, lists=("act",)))),
)
DETECTOR = Detector(SIGNALS, LEXICONS)
SLOW = Detector(SIGNALS, LEXICONS, prefilter=False)


def _match(text: str, language: str, signal_id: str = "crackdown") -> Match | None:
    matches = DETECTOR.detect(text, "", language).matches
    return next((match for match in matches if match.signal_id == signal_id and match.pattern), None)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Police arrest militia men", "en"),
        ("Police arrest men of Kata'ib Hizbullah", "en"),
        ("Milizionäre von der irakischen Polizei verhaftet", "de"),
        ("Die irakische Polizei verhaftete Mitglieder von Kataib Hisbollah", "de"),
        ("اعتقلت الشرطة عناصر من الميليشيات", "ar"),
        ("پلیس شماری از شبه نظامیان را بازداشت کرد", "fa"),
        ("Polis milisleri tutukladı", "tr"),
        ("POLİS, Bağdat'ta milisleri tutukladı", "tr"),
        ("伊拉克警察逮捕了民兵組織的成員伊拉克警察逮捕了民兵 الشرطة arrest militia", "und"),
    ],
)
def test_a_pattern_holds_in_the_order_of_the_language(text: str, language: str) -> None:
    match = _match(text, language)
    assert match is not None
    assert match.alert
    for evidence in match.evidence:
        assert text[evidence.start : evidence.end] == evidence.text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Police arrest militia men", "de"),
        ("Police arrest militia men", "it"),
        ("Militia arrest police", "en"),  # any order is for others
        ("Milizionäre vom Stamm der Dulaim hat die irakische Polizei verhaftet", "de"),
        ("Polizei " + "und noch ein Wort " * 5 + "verhaften Milizionär", "de"),
    ],
)
def test_what_belongs_to_another_language_or_is_ruled_out_does_not_hold(text: str, language: str) -> None:
    assert _match(text, language) is None


def test_a_signal_all_of_whose_patterns_are_of_other_languages_never_holds() -> None:
    assert _match("Police arrest militia men", "en", "abroad") is None
    detection = DETECTOR.detect("Police arrest militia men", "", "en")
    assert not any(match.alert for match in detection.matches if match.signal_id == "abroad")


def test_cues_are_of_the_documents_language() -> None:
    match = _match("Die irakische Polizei könnte Milizionäre verhaften", "de")
    assert match is not None
    assert match.assertion is Assertion.HYPOTHETICAL


def test_the_words_of_a_pattern_in_any_order_do_not_overlap() -> None:
    groups = tuple(Group(name, 30, (parse_term("militia"),)) for name in ("one", "two"))
    signal = Signal("twice", "Twice", groups, (parse_pattern("one two in any order", ("one", "two")),))
    reader = Detector([signal])
    assert not any(match.pattern for match in reader.detect("militia", "", "en").matches)
    assert any(match.pattern for match in reader.detect("militia meets militia", "", "en").matches)


WORDS = [
    *("Police", "arrest", "militia", "irakische", "Polizei", "verhaftet", "Milizionäre", "Stamm", "könnte", "."),
    *(
        "الشرطة",
        "اعتقلت",
        "والميليشيات",
        "پلیس",
        "بازداشت",
        "شبه‌نظامیان",
        "شبه",
        "نظامی",
        "polisi",
        "tutukladı",
        "milisler",
    ),
    *("Kata'ib", "Hizbullah", "al-", "и", "&#8217;", "l’", "\u200c", "\u00a0", "،", "؟", "\n", "45.", "٤٥"),
]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join)
LANGUAGES = st.sampled_from(["en", "de", "ar", "fa", "tr", "fr", "es", "ru", "und", "it", None])


@given(TEXTS, TEXTS, LANGUAGES)
def test_the_prefilter_changes_nothing_in_any_language(title: str, text: str, language: str | None) -> None:
    detection = DETECTOR.detect(title, text, language)
    assert detection == SLOW.detect(title, text, language)
    for match in detection.matches:
        for evidence in match.evidence:
            assert evidence.text == {"title": title, "text": text}[evidence.field][evidence.start : evidence.end] != ""


@given(st.text(max_size=300), LANGUAGES)
def test_any_text_is_read_in_any_language(text: str, language: str | None) -> None:
    DETECTOR.detect(text, text, language)
