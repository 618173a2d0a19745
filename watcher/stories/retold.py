"""Do two reports tell one development in other words? Evidence in points, and what forbids it.

The same signal on both sets the scene; only what is specific decides: names, cities, figures, days, words that the
signal does not bring along. Each side's kernel is looked for in the other's first page.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from watcher.model.story import Signature
from watcher.stories.roundup import ROUNDUP
from watcher.stories.veto import UBIQUITOUS

_SAME_LANGUAGE = 1.7
_OTHER_LANGUAGE = 0.95
_NEAR_SIGNAL = 0.8
_NO_SIGNAL = 1.4
_OTHER_SIGNAL = 2.5
_ROUNDUP = 0.8
_OTHER_FIGURES = 0.7
_SHOWN = 5
_TOLL = "s:harm.kill"
_WORDING = frozenset("nwx")
_CROWD = 0.5
_TOPIC = 0.3
_INSIDE = 0.6
"""What a feature of a kernel is worth that the other report only mentions."""

_ROUNDING = 1e-6


class Evidence:
    """What a document can share with others, weighed once for all of them."""

    def __init__(self, signature: Signature, spread: Mapping[str, int]) -> None:
        """`spread`: in how many of the stories compared with a feature stands."""
        self._one = signature
        self._weights = {
            feature: _weight(feature)
            * (_TOPIC if feature in signature.topic and feature[0] in _WORDING else 1)
            / (1 + _CROWD * (spread.get(feature, 1) - 1))
            for feature in signature.reach
        }
        self._inside = {feature: weight * _INSIDE for feature, weight in self._weights.items()}

    def points(self, other: Signature, taken_up: frozenset[str] | None = None, least: float = 0) -> float:
        """How much speaks for one development; 0 if that is surely less than `least`.

        `taken_up`, if it is known: what the other's kernel has of this document's first page.
        """
        if taken_up is None:
            taken_up = self._one.reach & other.kernel
        named = self._one.kernel & other.reach
        both = named & taken_up
        one_side = (named | taken_up) - both
        found = [*map(self._weights.__getitem__, both), *map(self._inside.__getitem__, one_side)]
        if sum(found) + _ROUNDING < least:
            return 0
        shared = self._shared(other)
        points = sum(sorted(shared.values()))  # in an order, because sums of floats depend on it and sets have none
        return points - (_OTHER_FIGURES if _figures_differ(self._one, other) else 0)

    def shown(self, other: Signature) -> list[str]:
        """The features that say most."""
        shared = self._shared(other)
        return [feature[2:] for feature in sorted(shared, key=lambda feature: (-shared[feature], feature))[:_SHOWN]]

    def _shared(self, other: Signature) -> dict[str, float]:
        one = self._one
        found = {feature: self._weights[feature] for feature in one.kernel & other.kernel}
        for feature in (one.kernel & other.reach) | (one.reach & other.kernel):
            if feature not in found:
                found[feature] = self._inside[feature]
        for feature in found.keys() & other.topic:
            if feature[0] in _WORDING and feature not in one.topic:
                found[feature] *= _TOPIC
        for feature in [feature for feature in found if feature[0] == "%"]:
            found.pop(f"f:{feature[2:]}", None)
        return found


def _figures_differ(one: Signature, other: Signature) -> bool:
    """Headlines with figures that the other report does not have: perhaps another event. A toll may rise."""
    if _TOLL in one.focus and _TOLL in other.focus:
        return False
    left, right = (_figures(side.focus) for side in (one, other))
    return bool(left and right) and not left & other.reach and not right & one.reach


@lru_cache(maxsize=4_000)
def _figures(focus: frozenset[str]) -> frozenset[str]:
    return frozenset(feature for feature in focus if feature[0] == "f")


def wanted(one: Signature, other: Signature) -> float:
    """The points that make two reports one development.

    In one language words alone make some of them. It takes more without a signal in common, most if different ones
    fired, and for a text on several things.
    """
    points = _SAME_LANGUAGE if one.language == other.language else _OTHER_LANGUAGE
    if not one.fired & other.fired:
        points += _apart(one, other)
    if ROUNDUP in {one.genre, other.genre}:
        points += _ROUNDUP
    return points


def _apart(one: Signature, other: Signature) -> float:
    if one.fired and other.fired:
        return _OTHER_SIGNAL
    return _NEAR_SIGNAL if (one.fired & other.near) | (other.fired & one.near) else _NO_SIGNAL


@lru_cache(maxsize=20_000)
def _weight(feature: str) -> float:
    kind, value = feature[0], feature[2:]
    if kind == "c":
        return 0.1 if feature in UBIQUITOUS else 0.7
    if kind == "n":
        return {3: 0.4, 4: 0.8}.get(len(value), 1.1)
    if kind == "f":
        return _figure_weight(value)
    return {"p": 1.0, "%": 0.8, "l": 1.5, "d": 0.4, "t": 0.0, "s": 0.5, "x": 0.5, "w": 0.25}[kind]


def _figure_weight(value: str) -> float:
    if "." in value:
        return 1.0
    if len(value) == 4 and value[:2] in {"19", "20"}:
        return 0.0
    return {1: 0.15, 2: 0.7}.get(len(value), 1.0)
