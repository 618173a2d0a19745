"""What a report can share with one in other words or another language: names, places, figures, days, and stems.

A feature is a kind and a value: the consonants of a name `n:mskt`, a name
of few consonants as it is spelt `x:lahoud`, a city `p:basra`, a nation `c:de`, a figure `f:60`,
a percentage `%:58`, a numbered paper `l:117`, the day of an event `d:2026-07-12`, a deed `s:force.arrest` (`t:plan`:
still to come), the beginning of a word `w:works`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from watcher.stories.gazetteer import PLACES
from watcher.stories.numerals import numbers_of
from watcher.stories.senses import SENSES
from watcher.stories.skeleton import is_arabic, skeleton, without_article
from watcher.stories.vocabulary import MONTHS, OFFICES, PERCENT, WEEKDAYS
from watcher.stories.wording import is_number, names, telling, tokens

LEAD = 45
"""Words of a text that tell what it is about, beside its headline and the sentences that fired."""

REACH = 260
"""Words of a text in which another report's features are looked for."""

_NAMES_REACH = 2_500  # characters
_REACH_CHARACTERS = 2_600
_LABELS_REACH = 400
_STEM = 5
_SHORTEST_STEM = 4
_SHORTEST_NAME = 3
_PERCENT_SIGN = re.compile(r"[%٪]")
_PERCENT_BEFORE = re.compile(r"(?<![\d\s])[%٪](\d[\d.,]{0,8})")
_TENS = frozenset({"20", "30", "40", "50", "60", "70", "80", "90"})
_PLAN = re.compile(
    r"\b(?:will|plans? to|set to|(?:is|are) to|next (?:week|month|year)|soll|sollen|künftig|plant|prévoit|envisage"
    r"|planea|prevé|планиру\w+|намерен\w*|planlıyor|سوف|تعتزم|یعتزم|خواهد)\b",
    re.IGNORECASE,
)
_MONTHS = "|".join(sorted(month.capitalize() for month in MONTHS))
_LABELLED = re.compile(
    r"(?:\b(?i:no|nr|num|number|numero|número|numéro)\b\.?|№|n[°º]|رقم|شماره"
    rf"|\b(?!(?:{_MONTHS})\b)[A-Z][a-z]{{3,15}})\s?(\d{{1,5}})\b(?![.,:]\d)"
)
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Features:
    """`focus`: of the headline; `kernel`: with lead and fired sentences; `reach`: of the first page; `topic`: of the
    evidence."""

    focus: frozenset[str]
    kernel: frozenset[str]
    reach: frozenset[str]
    topic: frozenset[str]


def features(
    title: str, text: str, language: str, day: date | None, fired: Sequence[str] = (), evidence: Iterable[str] = ()
) -> Features:
    """Of a plain headline and body; `fired` are sentences of them, `evidence` the words that made them fire."""
    numbers = numbers_of(language)
    words = _counted(text[:_REACH_CHARACTERS], numbers)[:REACH]
    headline, sentences = _counted(title, numbers), _counted("\n".join(fired), numbers)
    named = frozenset(names(text[:_NAMES_REACH])) | frozenset(_title_names(title))
    labels = _labels(f"{title}\n{text[:_NAMES_REACH]}")
    kernel = _of([headline, words[:LEAD], sentences], named, day)
    kernel |= _plans(f"{title}\n{text[:_LABELS_REACH]}") | _labels("\n".join((title, text[:_LABELS_REACH], *fired)))
    return Features(
        frozenset(_of([headline], named, day) | _plans(title)),
        frozenset(kernel),
        frozenset(kernel | labels | _of([words], named, day)),
        frozenset(_of([_counted("\n".join(evidence), numbers)], None, None)),
    )


def _labels(text: str) -> set[str]:
    return {f"l:{int(number)}" for number in _LABELLED.findall(text)}


def _plans(text: str) -> set[str]:
    return {"t:plan"} if _PLAN.search(text) else set()


def _counted(text: str, numbers: Mapping[str, str]) -> list[str]:
    """The telling words of a text, with figures for numbers in words; "fifty-eight" is one."""
    text = _PERCENT_SIGN.sub(" percent ", _PERCENT_BEFORE.sub(r"\1 percent ", text))
    told: list[str] = []
    for word in telling(tokens(text)):
        figure = word if is_number(word) else numbers.get(word) or numbers.get(without_article(word)) or word
        if told and len(figure) == 1 and told[-1] in _TENS and is_number(figure):
            told[-1] = f"{told[-1][0]}{figure}"
        else:
            told.append(figure)
    return told


def _title_names(title: str) -> list[str]:
    """Of a headline that capitalises like a sentence."""
    words = [word for word in title.split() if word[0].isalpha()]
    capitals = sum(word[0].isupper() for word in words)
    return names(title) if capitals * 2 <= len(words) else []


def _of(parts: Iterable[Sequence[str]], named: frozenset[str] | None, day: date | None) -> set[str]:
    found: set[str] = set()
    for words in parts:
        for at, word in enumerate(words):
            if is_number(word):
                found |= _figure(word, _is_percentage(words, at))
            elif word in WEEKDAYS:
                if day is not None:
                    found.add(f"d:{_latest(WEEKDAYS[word], day)}")
            else:
                found |= _word(word, named is None or word in named)
    return found


def _is_percentage(words: Sequence[str], at: int) -> bool:
    """48 percent; in Turkish, percent 48."""
    return words[at - 1 : at] == ["yuzde"] or not PERCENT.isdisjoint(words[at + 1 : at + 2])


def _figure(figure: str, percentage: bool) -> set[str]:
    return {f"%:{figure}", f"f:{figure}"} if percentage else {f"f:{figure}"}


@lru_cache(maxsize=20_000)
def _word(word: str, name: bool) -> frozenset[str]:
    """The features of a word that is a name, or none."""
    if place := PLACES.of(word):
        return frozenset({place})
    found = {sense} if (sense := SENSES.of(word)) else set()
    arabic = is_arabic(word)
    bare = without_article(word)
    if arabic or name:
        bones = skeleton(word)
        if len(bones) >= _SHORTEST_NAME and word not in OFFICES:
            found.add(f"n:{bones}")
        if len(bones) <= _SHORTEST_NAME and not arabic and word not in OFFICES:
            found.add(f"x:{word}")
    if len(bare) >= _SHORTEST_STEM:
        found.add(f"w:{bare[:_STEM]}")
    return frozenset(found)


def _latest(weekday: int, day: date) -> date:
    """The last such day of the week before or on `day`; tomorrow counts, because clocks differ."""
    ahead = (weekday - day.weekday()) % _WEEK
    return day + timedelta(days=ahead if ahead <= 1 else ahead - _WEEK)
