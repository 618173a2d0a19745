"""How alike two signatures are: texts by their sketches, titles by their words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from watcher.model.story import Signature
from watcher.stories.signature import SKETCH_SIZE


@dataclass(frozen=True, slots=True)
class Overlap:
    """`jaccard` and `containment` (of the smaller text in the other), 0 to 1, estimated from `sample` hashes."""

    jaccard: float
    containment: float
    sample: int


def text_overlap(one: Signature, other: Signature) -> Overlap:
    """The overlap of two texts by their bottom-k sketches (Broder 1997; Thorup 2013 for bottom-k).

    Both sketches are complete below the smaller of their largest hashes, so there they compare like the whole sets.
    """
    if _hashes(one.sketch).isdisjoint(_hashes(other.sketch)):
        return Overlap(0.0, 0.0, min(len(one.sketch), len(other.sketch)))
    limit = min(_complete_below(one.sketch), _complete_below(other.sketch))
    left = {value for value in one.sketch if value <= limit}
    right = {value for value in other.sketch if value <= limit}
    shared, smaller = len(left & right), min(len(left), len(right))
    if not smaller:
        return Overlap(0.0, 0.0, 0)
    return Overlap(shared / len(left | right), shared / smaller, smaller)


def title_similarity(one: Signature, other: Signature) -> float:
    """0 to 1 over the titles' words in any order; spelling variants ("Kataib", "Kataeb") count in part."""
    if not one.title_tokens or not other.title_tokens:
        return 0.0
    return fuzz.ratio(_in_order(one.title_tokens), _in_order(other.title_tokens)) / 100


@lru_cache(maxsize=4_000)
def _in_order(title: frozenset[str]) -> str:
    return " ".join(sorted(title))


@lru_cache(maxsize=4_000)
def _hashes(sketch: tuple[int, ...]) -> frozenset[int]:
    return frozenset(sketch)


def shared_words(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard of two sets of words; 0 if one is empty."""
    return len(one & other) / len(one | other) if one and other else 0.0


def contained(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of the smaller set that is in the other; 0 if one is empty."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def _complete_below(sketch: tuple[int, ...]) -> int:
    return sketch[-1] if len(sketch) >= SKETCH_SIZE else (1 << 63) - 1
