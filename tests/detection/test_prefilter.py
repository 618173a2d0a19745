"""The gate and the choice of signals leave nothing out: detection with them and without them is the same."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from tests.detection.samples import terms
from watcher.detection.compiled import Compiler
from watcher.detection.engine import Detector
from watcher.detection.patterns import parse_pattern
from watcher.detection.prefilter import MAX_PIECE, Prefilter
from watcher.detection.topic import shared_terms
from watcher.model.signal import Group, Lexicon, Signal, Term

LANGUAGES = ("en", "ar", "fa", "fr", "de", "tr", "ru", "es", "und", "zh")
STATE = ("iraqi police", "=US", "~kataib hezbollah", "الحكومة", "دولت", "Bundeswehr", "Präsident", "полиция", "baghdad")
ACT = (
    "arrest*",
    "+seize",
    "stopped paying",
    "crack* down",
    "اعتقل",
    "بازداشت",
    "verhaft*",
    "tutukla*",
    "арест*",
    "saisi",
)
TARGET = ("militia*", "!militia museum", "~asaib ahl al haq", "الحشد الشعبي", "شبه‌نظامی", "milis", "l'état", "ополчен*")
WORDS = (
    *("Iraqi", "police", "US", "U.S.", "us", "Kataib", "Ketaeb", "Hizbullah", "al-Hezbollah", "Baghdad's", "BAGHDAD"),
    *("arrested", "re-arrested", "seized", "seizing", "stopped", "paying", "cracked", "down", "cracking"),
    *(
        "militia",
        "militia-men",
        "mili\u00adtia",
        "mili\u200btia",
        "militiamen’s",
        "museum",
        "Asaeb",
        "Ahl",
        "el",
        "Haq",
    ),
    *("والحكومة", "للحكومة", "الحَكومة", "وسيعتقل", "اعتقل", "الحشد", "للحشد", "الشعبي", "دولت", "دولت‌های", "بازداشت"),
    *("شبه‌نظامیان", "شبه", "نظامیان", "Bağdat'ta", "milis'in", "tutuklandı", "Praesident", "Bundeswehr", "verhaftet"),
    *("l'état", "l&#8217;Etat", "saisi", "d'Irak", "полицией", "полиция", "арестовала", "ополченцев", "Катаиб", "的"),
    *("<b>militia</b>", "<a", "title='x'>militia", "mili<b>tia", "&nbsp;police", "1,000", "%", "(militia", "“police”,"),
    *(
        "of",
        "the",
        ".",
        "?",
        "—",
        ";",
        "\n",
        "\u2028",
        "\x1c",
        "\u202e",
        "by",
        "said",
        "x" * (MAX_PIECE + 1) + "-militia",
    ),
)
GLUE = ("", " ", " ", " ", "\u00a0", "\n", "-", "'", "’", "\u200c", ".", "/")


@st.composite
def _texts(draw: st.DrawFn) -> str:
    """Words of all scripts, with spaces, marks or nothing between them."""
    pieces = draw(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(GLUE)), max_size=30))
    return "".join(word + glue for word, glue in pieces)


TEXTS = st.one_of(_texts(), st.text(max_size=80))


def _own(*texts: str) -> tuple[Term, ...]:
    return tuple(one for text in texts for one in terms(text))


@cache
def _signals() -> tuple[tuple[Signal, ...], tuple[Lexicon, ...]]:
    lexicons = (
        Lexicon("shared", {"act": _own(*ACT), "state": _own(*STATE[:3])}),
        Lexicon("other", {"state": _own(*STATE[3:])}, language="ar"),
    )
    state = Group("state", 25, _own(*STATE), required=None)
    listed = Group("state", 25, _own("baghdad"), lists=("state",))
    act, target = Group("act", 30, lists=("act",)), Group("target", 25, _own(*TARGET))
    names = ("state", "act", "target")
    patterns = tuple(parse_pattern(text, names) for text in ("state act target", "target act-passive near state"))
    turned = (parse_pattern("act target within 9 in any order for ar fa tr", names),)
    return (
        Signal("all", "All", (state, act, target), patterns),
        Signal("listed", "Listed", (listed, act, target), (*patterns, *turned)),
        Signal("required", "Required", (replace(state, required=True), act, replace(target, required=True)), patterns),
        Signal("turned", "Turned", (state, act, target), turned),
        Signal("no-pattern", "None", (listed, target)),
        Signal(
            "any-one",
            "Any",
            (Group("a", 50, _own("paying"), required=False), Group("b", 50, (), required=False)),
        ),
    ), lexicons


@cache
def _detectors() -> tuple[Detector, Detector]:
    return Detector(*_signals()), Detector(*_signals(), prefilter=False)


@given(TEXTS, TEXTS, st.sampled_from(LANGUAGES))
def test_with_the_prefilter_and_without_it_the_result_is_the_same(title: str, text: str, language: str) -> None:
    fast, slow = _detectors()
    assert fast.detect(title, text, language) == slow.detect(title, text, language)


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
def test_the_gate_lets_through_all_that_the_terms_do(text: str) -> None:
    prefilter, compiler = _english()
    if prefilter.candidates(compiler.index.scan(text.split())):
        assert prefilter.opens("", text) and prefilter.opens(text, "")


@cache
def _english() -> tuple[Prefilter, Compiler]:
    signals, lexicons = _signals()
    compiler = Compiler(lexicons, "en")
    ready = tuple(compiler.signal(signal) for signal in signals)
    return Prefilter(ready, compiler.index, shared_terms(ready)), compiler


def test_the_gate_is_shut_on_what_has_nothing_to_do_with_any_signal() -> None:
    prefilter, _ = _english()
    assert not prefilter.opens("Cup final", "The home side won by two goals, police said.")
    assert not prefilter.opens("Police", "The militia museum opens on Sunday."), "words of a phrase apart are nothing"
    assert not prefilter.opens("", "He stopped at the door. Iraqi dates are sweet."), "part of a phrase is nothing"
    assert prefilter.opens("Iraqi police", "They arrested two men of a militia.")
    assert prefilter.opens("", "Paying has stopped"), "where the words stand is not asked"


def test_what_the_gate_remembers_is_bounded() -> None:
    prefilter, _ = _english()
    before = prefilter.remembered
    prefilter.opens("", "a" * (MAX_PIECE + 1) + " " + "b" * 90_000)
    assert prefilter.remembered == before
    prefilter.opens("", "zebra zebra zebra")
    assert prefilter.remembered == before + 1
