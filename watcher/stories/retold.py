"""Do two reports tell one development in other words? Evidence in points, and what forbids it.

The same signal on both sets the scene; only what is specific decides: names, cities, figures, days, words that the
signal does not bring along. Each side's kernel is looked for in the other's first page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
_CROWD = 0.5
_TOPIC = 0.3
_INSIDE = 0.6
"""What a feature of a kernel is worth that the other report only mentions."""


@dataclass(frozen=True, slots=True)
class Retold:
    """`points` of evidence, and what shows it, strongest first."""

    points: float
    shared: tuple[str, ...]


def compare(one: Signature, other: Signature, spread: Mapping[str, int]) -> Retold:
    """`spread`: in how many of the stories compared with a feature stands."""
    shared = (one.kernel & other.reach) | (other.kernel & one.reach)
    shared -= {f"f:{feature[2:]}" for feature in shared if feature[0] == "%"}
    both = one.kernel & other.kernel
    topic = one.topic | other.topic
    weighed = sorted(
        (
            (
                _weight(feature, topic)
                * (1 if feature in both else _INSIDE)
                / (1 + _CROWD * (spread.get(feature, 1) - 1)),
                feature,
            )
            for feature in shared
        ),
        key=lambda pair: (-pair[0], pair[1]),
    )
    points = sum(weight for weight, _ in weighed) - (_OTHER_FIGURES if _figures_differ(one, other) else 0)
    return Retold(points, tuple(feature for _, feature in weighed[:5]))


def _figures_differ(one: Signature, other: Signature) -> bool:
    """Headlines with figures that the other report does not have: perhaps another event, perhaps a toll that rose."""
    left, right = ({feature for feature in side.focus if feature[0] == "f"} for side in (one, other))
    return bool(left and right) and not left & other.reach and not right & one.reach


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


def _weight(feature: str, topic: frozenset[str]) -> float:
    kind, value = feature[0], feature[2:]
    if kind == "c":
        return 0.1 if feature in UBIQUITOUS else 0.7
    if kind == "n":
        return {3: 0.4, 4: 0.8}.get(len(value), 1.1) * (_TOPIC if feature in topic else 1)
    if kind == "w":
        return 0.25 * (_TOPIC if feature in topic else 1)
    if kind == "f":
        return _figure_weight(value)
    return {"p": 1.0, "%": 0.8, "l": 1.5, "d": 0.4, "t": 0.0, "s": 0.5}[kind]


def _figure_weight(value: str) -> float:
    if "." in value:
        return 1.0
    if len(value) == 4 and value[:2] in {"19", "20"}:
        return 0.0
    return {1: 0.15, 2: 0.7}.get(len(value), 1.0)
