"""Figures of a clustering against a labelled one: B-cubed (Bagga and Baldwin 1998), and pairs. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import fsum

from watcher.services.metrics import rounded, share


@dataclass(frozen=True, slots=True)
class Clustering:
    """Of `documents`, pairs of them, and the developments that share a story with another one.

    `precision` is the mean, over documents, of the share of their story that tells their development; `recall` that of
    the share of their development that is in their story. None without a document.
    """

    documents: int
    developments: int
    precision: float | None
    recall: float | None
    pairs_told: int
    pairs_found: int
    pairs_wrong: int
    merged: int

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both."""
        if self.precision is None or self.recall is None:
            return None
        return share(2 * self.precision * self.recall, self.precision + self.recall)

    def as_dict(self) -> dict[str, object]:
        """For JSON; docs/commands.md lists the keys."""
        together = self.pairs_found + self.pairs_wrong
        return {
            "documents": self.documents,
            "developments": self.developments,
            "precision": rounded(self.precision),
            "recall": rounded(self.recall),
            "f1": rounded(self.f1),
            "pairs_told": self.pairs_told,
            "pairs_found": self.pairs_found,
            "pairs_wrong": self.pairs_wrong,
            "pairs_wrong_share": rounded(share(self.pairs_wrong, together)),
            "merged": self.merged,
            "merged_share": rounded(share(self.merged, self.developments)),
        }


def clustering(pairs: Sequence[tuple[Hashable, Hashable]]) -> Clustering:
    """Of (development, story) of each document, in time linear in their number."""
    developments, stories = Counter(one for one, _ in pairs), Counter(story for _, story in pairs)
    both = Counter(pairs)
    # fsum: the same figure in whatever order the documents come.
    precision = fsum(count * count / stories[story] for (_, story), count in both.items())
    recall = fsum(count * count / developments[one] for (one, _), count in both.items())
    told, found, put = (
        sum(count * (count - 1) // 2 for count in counts.values()) for counts in (developments, both, stories)
    )
    shared = Counter(story for _, story in both)
    merged = {one for one, story in both if shared[story] > 1}
    return Clustering(
        documents=len(pairs),
        developments=len(developments),
        precision=share(precision, len(pairs)),
        recall=share(recall, len(pairs)),
        pairs_told=told,
        pairs_found=found,
        pairs_wrong=put - found,
        merged=len(merged),
    )
