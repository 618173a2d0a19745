"""What forbids that two reports tell one development, however much they share. The order of the two does not matter.

Both must name something of their own: a report that leaves something out contradicts nothing.
"""

from __future__ import annotations

from functools import lru_cache

from watcher.model.story import Signature
from watcher.stories.senses import LATER

UBIQUITOUS = frozenset({"c:us", "c:ir", "c:iq", "c:nato", "c:eu", "c:il"})
"""Nations and bodies that are in so many reports that they tell none apart."""


def veto(one: Signature, other: Signature) -> str:
    """Why not, or ""."""
    return (
        other_places(one, other)
        or _elsewhere("c", one, other)
        or _apart("numbered papers", "l", one, other)
        or _other_shares(one, other)
        or _deeds(one, other)
        or _only_planned(one, other)
        or _only_planned(other, one)
    )


def other_places(one: Signature, other: Signature) -> str:
    """Cities that differ: two raids in two cities are told in the same words."""
    return _elsewhere("p", one, other) or _apart("places", "p", one, other)


def _elsewhere(kind: str, one: Signature, other: Signature) -> str:
    """Headlines with another place, unless each report names the other's too."""
    left, right = _named(one.focus, kind), _named(other.focus, kind)
    if not left or not right or left & right or (left <= other.reach and right <= one.reach):
        return ""
    return _differ("headlines tell of", left, right)


def _apart(what: str, kind: str, one: Signature, other: Signature) -> str:
    """Both name something that the other does not have, and nothing in common."""
    left, right = _named(one.kernel, kind), _named(other.kernel, kind)
    if left & right or not left - other.reach or not right - one.reach:
        return ""
    return _differ(f"{what} differ:", left, right)


def _other_shares(one: Signature, other: Signature) -> str:
    """Percentages on both sides, and none of them in common."""
    left, right = _named(one.kernel, "%"), _named(other.kernel, "%")
    if not left or not right or left & other.reach or right & one.reach:
        return ""
    return _differ("percentages differ:", left, right)


@lru_cache(maxsize=8_000)
def _named(features: frozenset[str], kind: str) -> frozenset[str]:
    return frozenset(one for one in features if one[0] == kind and one not in UBIQUITOUS)


def _differ(what: str, left: frozenset[str], right: frozenset[str]) -> str:
    values = sorted(", ".join(sorted(value[2:] for value in side)[:3]) for side in (left, right))
    return f"{what} {' and '.join(values)}"


def _only_planned(one: Signature, other: Signature) -> str:
    """The same deed in both headlines, here to come, and there done."""
    if "t:plan" not in one.focus or "t:plan" in other.kernel:
        return ""
    deeds = _named(one.focus, "s") & _named(other.focus, "s")
    return f"only planned in one: {min(deeds)[2:]}" if deeds else ""


def _deeds(one: Signature, other: Signature) -> str:
    """Headlines that tell of two deeds of one family: he is arrested, he is released."""
    here, there = _named(one.focus, "s"), _named(other.focus, "s")
    if not here or not there or here == there:
        return ""
    left, right = ({sense[2:] for sense in side} for side in (here, there))
    families = {sense.partition(".")[0] for sense in left} & {sense.partition(".")[0] for sense in right}
    for family in sorted(families):
        of_one, of_other = ({sense for sense in side if sense.startswith(family)} for side in (left, right))
        if not of_one & of_other or (of_one ^ of_other) & LATER:
            return f"deeds differ: {' and '.join(sorted(', '.join(sorted(side)) for side in (of_one, of_other)))}"
    return ""
