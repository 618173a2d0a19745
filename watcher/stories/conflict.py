"""What tells two similar reports apart: another number, another place or name where the other report has its own.

Both sides must have something of their own: a copy that only lost or gained words contradicts nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from functools import lru_cache

from rapidfuzz import fuzz

from watcher.model.story import Signature
from watcher.stories.vocabulary import DAYS, TURNING
from watcher.stories.wording import is_number

_GROUNDED = 0.25
_ALMOST_EQUAL = 2
_ENDINGS = frozenset({"", "s", "n", "i", "is", "an", "ian", "ans", "ians", "ese", "ish"})
_VOWELS = str.maketrans("", "", "aeiouy")


def title_conflict(one: Signature, other: Signature) -> str:
    """Why two similar headlines tell different developments, or "".

    A headline's own word counts if its report has it in some form, because an editor's choice of words ("jets" for
    "warplanes") is not in the text of a copy.
    """
    left, right = _own(one.title_tokens, other), _own(other.title_tokens, one)
    return (
        _differ("numbers in the headlines", _numbers(left), _numbers(right))
        or _differ("headlines", _confirmed(left, one), _confirmed(right, other))
        or (_turn(left | right) if len(left | right) <= _ALMOST_EQUAL else "")
    )


def lead_conflict(one: Signature, other: Signature) -> str:
    """Why two nearly equal texts tell different developments, or "": other names at their beginning.

    A publisher's own name is a credit ("the Tigris Post reported"), whichever of the two it publishes.
    """
    publishers = (one.publisher + other.publisher).casefold()
    left, right = (
        {name for name in _own(mine.names & mine.lead_tokens, theirs) if len(name) < 4 or name not in publishers}
        for mine, theirs in ((one, other), (other, one))
    )
    return _differ("names", left, right)


def figures_conflict(one: Signature, other: Signature) -> str:
    """Which numbers or days differ between two beginnings, or ""."""
    return _differ("figures", _own_figures(one, other), _own_figures(other, one)) or _differ(
        "days", _own_days(one, other), _own_days(other, one)
    )


def unrelated_headlines(one: Signature, other: Signature) -> bool:
    """Whether neither headline has to do with the other report: what is equal then is a feed's standing text."""
    return max(_grounded(one.title_tokens, other), _grounded(other.title_tokens, one)) < _GROUNDED


def _grounded(title: frozenset[str], other: Signature) -> float:
    return 1 - len(_own(title, other)) / len(title) if title else 1.0


def _turn(words: set[str]) -> str:
    turning = sorted(words & TURNING)
    return f"only one headline says {turning[0]}" if turning else ""


def _confirmed(words: set[str], signature: Signature) -> set[str]:
    if not signature.lead_tokens:
        return words
    lead = _by_letter(signature.lead_tokens)
    return {word for word in words if any(_same_root(word, there) for there in lead.get(word[0], ()))}


def _own(words: Set[str], other: Signature) -> set[str]:
    own = words - other.known
    if not own:
        return set()
    known = _by_letter(other.known)
    return {word for word in own if not any(_same_word(word, there) for there in known.get(word[0], ()))}


@lru_cache(maxsize=1_000)
def _by_letter(words: frozenset[str]) -> Mapping[str, Sequence[str]]:
    """Words by their first letter: spellings and forms of one word begin alike."""
    found: dict[str, list[str]] = defaultdict(list)
    for word in words:
        found[word[0]].append(word)
    return dict(found)


def _own_figures(one: Signature, other: Signature) -> Set[str]:
    return _figures(one.title_tokens, one.lead_tokens) - other.numbers


@lru_cache(maxsize=4_000)
def _figures(title: frozenset[str], lead: frozenset[str]) -> frozenset[str]:
    return frozenset(_numbers(title | lead))


def _own_days(one: Signature, other: Signature) -> set[str]:
    return set((one.lead_tokens & DAYS) - other.lead_tokens)


def _numbers(words: Set[str]) -> set[str]:
    return {word for word in words if is_number(word)}


def _differ(what: str, left: Set[str], right: Set[str]) -> str:
    if not left or not right:
        return ""
    return f"{what} differ: {', '.join(sorted(left)[:3])} and {', '.join(sorted(right)[:3])}"


def _same_root(one: str, other: str) -> bool:
    """Headlines say "frees" where reports say "freed"."""
    root = max(4, min(len(one), len(other)) - 2)
    return one == other or (one[:root] == other[:root] and len(one[:root]) == root)


def _same_word(one: str, other: str) -> bool:
    """Spellings and endings of one word: Hezbollah and Hizballah, Oman and Omani, Mobilisation and Mobilization.

    Not Iran and Iraq, Niger and Nigeria, Austria and Australia.
    """
    if one[0] != other[0] or is_number(one):
        return False
    short, long = sorted((one, other), key=len)
    if len(short) < 4:
        return False
    if long.startswith(short) and long[len(short) :] in _ENDINGS:
        return True
    if len(short) >= 5 and len(long) - len(short) <= 1 and one.translate(_VOWELS) == other.translate(_VOWELS):
        return True
    return len(short) >= 8 and fuzz.ratio(one, other) >= 88
