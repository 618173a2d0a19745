"""How alike two signatures are: texts by their sketches, titles by their words."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from watcher.model.story import Signature
from watcher.stories.signature import SKETCH_SIZE


class Overlap(NamedTuple):
    """`jaccard` and `containment` (of the smaller text in the other), 0 to 1, estimated from `sample` hashes."""

    jaccard: float
    containment: float
    sample: int


def text_overlap(one: Signature, other: Signature, least: float = 0.0) -> Overlap:
    """The overlap of two texts by their bottom-k sketches (Broder 1997; Thorup 2013 for bottom-k).

    Both sketches are complete below the smaller of their largest hashes, so there they compare like the whole sets.
    Where surely less than `least` of the smaller text is in the other, both shares are 0.
    """
    limit = min(_complete_below(one.sketch), _complete_below(other.sketch))
    left, right = bisect_right(one.sketch, limit), bisect_right(other.sketch, limit)
    smaller = min(left, right)
    if _most_shared(one, other) < least * smaller:
        return Overlap(0.0, 0.0, smaller)
    shared = len(one.hashes & other.hashes)  # what both have lies below the largest of either
    return (
        Overlap(shared / (left + right - shared), shared / smaller, smaller) if shared else Overlap(0.0, 0.0, smaller)
    )


def _most_shared(one: Signature, other: Signature) -> int:
    """More hashes two sketches cannot share: each has its bit, and few have one together."""
    return (one.bits & other.bits).bit_count() + len(one.sketch) - one.bits.bit_count()


def title_similarity(one: Signature, other: Signature, least: float = 0.0) -> float:
    """0 to 1 over the titles' words in any order; spelling variants ("Kataib", "Kataeb") count in part.

    What is surely less than `least` is 0.
    """
    if not one.title_tokens or not other.title_tokens:
        return 0.0
    titles = _in_order(one.title_tokens), _in_order(other.title_tokens)
    return fuzz.ratio(*titles, score_cutoff=100 * least - 1) / 100


@lru_cache(maxsize=4_000)
def _in_order(title: frozenset[str]) -> str:
    return " ".join(sorted(title))


def shared_words(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard of two sets of words; 0 if one is empty."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def contained(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of the smaller set that is in the other; 0 if one is empty."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def _complete_below(sketch: tuple[int, ...]) -> int:
    return sketch[-1] if len(sketch) >= SKETCH_SIZE else (1 << 63) - 1
