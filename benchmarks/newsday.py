"""A day of a news desk, made up: in each 100 documents 1 is about one of the pack's signals, 24 are other news of the
demo's wire (a few of which nearly match), and 75 are about anything, in Zipf-distributed words.

What is about a signal comes from several outlets in nearly the same words, as it does in life.
"""

from __future__ import annotations

import random

from benchmarks.material import words
from watcher.demo.load import load_wire
from watcher.model.document import Document
from watcher.services.incoming import read_document

TELLING, WIRE, ROUND = 1, 24, 100


def newsday(count: int, characters: int = 500, seed: int = 4, share: int = TELLING) -> list[Document]:
    """So many items, the same in every run; `share` of 100 are about a signal."""
    rng = random.Random(seed)
    items = [item for item in load_wire().items if item.language == "en"]
    telling = [item for item in items if item.label != "none"]
    other = [item for item in items if item.label == "none"]
    spoken = sorted({word for item in other for word in item.summary.lower().split() if word.isalpha()})
    vocabulary = [*spoken, *words(20_000 - len(spoken), random.Random(1))]
    common = vocabulary[: 3 * len(spoken)]
    rng.shuffle(common)
    vocabulary[: len(common)] = common
    weights = [1 / (rank + 1) for rank in range(len(vocabulary))]

    def filler(length: int) -> str:
        return " ".join(rng.choices(vocabulary, weights, k=length)).capitalize()

    made = []
    for number in range(count):
        kind = number * 37 % ROUND  # spread over the feeds
        chosen = rng.choice(telling) if kind < share else rng.choice(other) if kind < share + WIRE else None
        title, text = (chosen.title, chosen.summary) if chosen else (filler(9), filler(14) + ".")
        while len(text) < characters:
            text += f" {filler(14)}."
        raw = {"id": str(number), "title": title, "text": text[:characters], "source": "s", "language": "en"}
        made.append(read_document(raw, ""))
    return made
