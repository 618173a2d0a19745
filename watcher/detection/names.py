"""Names in other spellings: transliterations of Arabic and Persian names into Latin and Cyrillic letters, and slips.

Two names are one if their consonants agree, up to what transliterations confuse (kh and ch, q and gh, sh and sch), and
their vowels are near; or, for long names, if one letter is wrong. Compared are distinct words, never text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product
from typing import Final

from rapidfuzz import fuzz

from watcher.detection.normal import word_set

ARTICLES: Final = word_set("al el ul il ol an en as es ash esh ech ach asch esch ad ed er ar at et az ez i e ye")
"""How the Arabic article is written before names, its assimilated forms and the Persian -e included."""
LONGEST_ARTICLE: Final = max(map(len, ARTICLES))
MIN_NAME: Final = 3
_MIN_SLIP: Final = 7  # letters of a name in which a wrong letter is forgiven
_SLIP: Final = 85.0  # percent: one letter of seven
_FEW: Final = 2  # consonants up to which a name must sound almost the same
_SHORT: Final = 4  # sounds up to which a and i are one vowel: "ahl" and "ehl"
_LEAST, _NEAR, _SAME = 50.0, 70.0, 85.0  # percent of sounds
_MAX_WAYS: Final = 64
_JOINED: Final = ("al", "el")  # articles that are also written as one with the name
_NONE: Final[frozenset[int]] = frozenset()

# How one sound is written by others. The longest comes first; a name is tried in all ways.
_WAYS: Final = {
    "kh": ("kh", "h", "ch"),
    "gh": ("gh", "g", "r"),
    "sh": ("sh", "sch", "ch", "s"),
    "ch": ("ch", "tsch", "tch", "sh", "c", "s"),
    "zh": ("zh", "j", "sh", "sch"),
    "j": ("j", "dj", "dsch", "g", "c"),
    "v": ("v", "w"),
    "w": ("w", "v"),
    "y": ("y", "yj"),
}
_SOUND: Final = re.compile("|".join(_WAYS) + "|.")
# Consonants that are confused are one letter; vowels, h, w and y are left out.
_CONFUSED: Final = dict(zip("cqgxzv", "kkkksf", strict=True))
_CONSONANTS: Final = str.maketrans({**dict.fromkeys("aeiouyhw'-"), **_CONFUSED})
_VOWELS: Final = str.maketrans({"e": "i", "y": "i", "o": "u", "w": "u", **_CONFUSED})
_LONG_VOWELS: Final = (("ou", "u"), ("oo", "u"), ("ee", "i"), ("ei", "i"), ("ey", "i"), ("ay", "i"), ("ai", "i"))
_DOUBLED: Final = re.compile(r"(.)\1+")
_DOUBLED_VOWEL: Final = re.compile(r"([aiu])\1+")
_HISSING: Final = re.compile("tsch|tch|sch|sh|ch")
_SILENT_H: Final = re.compile(r"(?<=.)h")
_FIRST_VOWEL: Final = re.compile("[aiu]")
_VOWEL_GROUP: Final = re.compile("[aiu]+")
_FINAL_J: Final = re.compile("(?<=[iy])j$")  # "Selenskyj"
_SHAPE: Final = str.maketrans({**dict.fromkeys("aeiouy", "V"), **dict.fromkeys("bcdfghjklmnpqrstvwxz", "C")})
_CYRILLIC: Final = str.maketrans(
    {
        **dict(zip("абвгдезиклмнопрстуфыэ", "abvgdeziklmnoprstufye", strict=True)),
        **{"ж": "zh", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch", "ю": "yu", "я": "ya", "ь": "", "ъ": ""},
    }
)


@dataclass(frozen=True, slots=True)
class _Name:
    """A name as it may sound, in all ways of writing it."""

    number: int
    sounds: tuple[str, ...]
    shapes: frozenset[str]
    few: bool  # few consonants
    alone: bool  # no other word of the name stands beside it


class NameBook:
    """Names that are looked for, each with its number."""

    def __init__(self) -> None:
        self._by_consonants: dict[str, list[_Name]] = {}
        self._long: dict[tuple[str, int], list[tuple[str, int]]] = {}  # by first letter and length
        self._ends: set[str] = set()  # first and last consonant: tells most words from all names at once

    def add(self, form: str, number: int, *, alone: bool = False) -> None:
        """A name in normal form, of three letters or more; `alone` if it is all that is asked for, and so must agree
        more closely."""
        form = latin(form)
        ways = [form, *islice(_ways(form), _MAX_WAYS)]
        sounds, few = tuple(dict.fromkeys(map(_sound, ways))), len(_consonants(form)) <= _FEW
        name = _Name(number, sounds, frozenset(map(_shape, ways)), few, alone)
        for consonants in dict.fromkeys(map(_consonants, ways)):
            self._by_consonants.setdefault(consonants, []).append(name)
            self._ends.add(consonants[:1] + consonants[-1:])
        if len(form) >= _MIN_SLIP:
            for length in (len(form) - 1, len(form), len(form) + 1):
                self._long.setdefault((form[0], length), []).append((form, number))

    def look_up(self, form: str) -> Collection[int]:
        """The numbers of the names that a word may be."""
        if len(form) < MIN_NAME or not self._by_consonants:
            return _NONE
        word = form if form.isascii() else latin(form)
        found = self._spelled(word)
        if word[:2] in _JOINED and len(word) >= MIN_NAME + 3:
            return {*found, *self._spelled(word[2:])}
        return found

    def _spelled(self, word: str) -> Collection[int]:
        consonants = word.translate(_CONSONANTS)
        long = self._long.get((word[:1], len(word)))
        if long is None and consonants[:1] + consonants[-1:] not in self._ends:
            return _NONE
        if _DOUBLED.search(word):
            consonants = _consonants(word)
        found = {name.number for name in self._by_consonants.get(consonants, ()) if _alike(word, name)}
        found.update(number for name, number in long or () if fuzz.ratio(word, name, score_cutoff=_SLIP))
        return found


def latin(form: str) -> str:
    """A word in Latin letters, if it is in Cyrillic; else as it is."""
    return form.translate(_CYRILLIC) if "\u0400" <= form[:1] <= "\u04ff" else form


def _ways(form: str) -> Iterator[str]:
    choices = (_WAYS.get(sound, (sound,)) for sound in _SOUND.findall(form))
    return map("".join, product(*choices))


def _consonants(word: str) -> str:
    return _DOUBLED.sub(r"\1", word).translate(_CONSONANTS)


@lru_cache(maxsize=4_096)
def _sound(word: str) -> str:
    word = _FINAL_J.sub("", _DOUBLED.sub(r"\1", word))
    word = _HISSING.sub("s", word).replace("kh", "h").replace("gh", "k")
    for pair, single in _LONG_VOWELS:
        word = word.replace(pair, single)
    return _DOUBLED_VOWEL.sub(r"\1", _SILENT_H.sub("", word).translate(_VOWELS))


def _alike(word: str, name: _Name) -> bool:
    sound = _sound(word)
    if name.alone and name.few and _shape(word) not in name.shapes:
        return False
    return any(_sound_alike(sound, other, name) for other in name.sounds)


def _sound_alike(one: str, other: str, name: _Name) -> bool:
    if not _open_alike(one, other) or one.translate(_CONSONANTS) != other.translate(_CONSONANTS):
        return False
    if abs(len(_VOWEL_GROUP.findall(one)) - len(_VOWEL_GROUP.findall(other))) > (not name.alone):
        return False
    if name.alone and (one[-1] in "aiu") != (other[-1] in "aiu"):
        return False
    if name.few and fuzz.ratio(one.replace("i", "a"), other.replace("i", "a")) < _SAME:
        return False
    return fuzz.ratio(one, other) >= (_LEAST if name.few and not name.alone and len(other) <= _SHORT else _NEAR)


def _shape(word: str) -> str:
    return _DOUBLED.sub(r"\1", word).translate(_SHAPE)


def _open_alike(one: str, other: str) -> bool:
    """Whether both begin alike: a and i stand for one another ("Kataib", "Ketaib"), a and u do not."""
    if one[:1] != other[:1] and {one[:1], other[:1]} != {"a", "i"}:
        return False
    first, second = _FIRST_VOWEL.search(one), _FIRST_VOWEL.search(other)
    return {match.group() for match in (first, second) if match is not None} != {"a", "u"}
