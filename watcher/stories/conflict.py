"""What tells two similar reports apart: another number, another place or name where the other report has its own.

Both sides must have something of their own: a copy that only lost or gained words contradicts nothing.
"""

from __future__ import annotations

from rapidfuzz import fuzz

from watcher.model.story import Signature
from watcher.stories.wording import is_number

_VOWELS = str.maketrans("", "", "aeiouy")


def title_conflict(one: Signature, other: Signature) -> str:
    """Why two similar headlines tell different developments, or "".

    A headline's own word counts if its report confirms it, because an editor's choice of words ("jets" for "warplanes")
    is not in the text of a copy.
    """
    left, right = _own(one.title_tokens, other), _own(other.title_tokens, one)
    if why := _differ("numbers in the headlines", _numbers(left), _numbers(right)):
        return why
    return _differ("headlines", _confirmed(left, one), _confirmed(right, other))


def lead_conflict(one: Signature, other: Signature) -> str:
    """Why two nearly equal texts tell different developments, or "": other names at their beginning."""
    return _differ("names", _own(one.names, other), _own(other.names, one))


def figures_conflict(one: Signature, other: Signature) -> str:
    """Which numbers differ between two beginnings, or ""."""
    return _differ("numbers", _numbers(one.numbers - other.numbers), _numbers(other.numbers - one.numbers))


def _confirmed(words: set[str], signature: Signature) -> set[str]:
    if not signature.lead_tokens:
        return words
    return words & (signature.names or signature.lead_tokens)


def _own(words: frozenset[str], other: Signature) -> set[str]:
    known = other.title_tokens | other.lead_tokens
    return {word for word in words - known if not any(_same_word(word, there) for there in known)}


def _numbers(words: frozenset[str] | set[str]) -> set[str]:
    return {word for word in words if is_number(word)}


def _differ(what: str, left: set[str], right: set[str]) -> str:
    if not left or not right:
        return ""
    return f"{what} differ: {', '.join(sorted(left)[:3])} and {', '.join(sorted(right)[:3])}"


def _same_word(one: str, other: str) -> bool:
    """Spellings and endings of one word: Hezbollah and Hizballah, Mobilisation and Mobilization; not Iran and Iraq."""
    if is_number(one) or is_number(other) or one[0] != other[0] or min(len(one), len(other)) < 5:
        return False
    if abs(len(one) - len(other)) <= 1 and one.translate(_VOWELS) == other.translate(_VOWELS):
        return True
    return min(len(one), len(other)) >= 8 and fuzz.ratio(one, other) >= 88
