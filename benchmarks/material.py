"""Made-up documents and signals, the same in every run: a fixed seed, Zipf-like words, the pack's own lexicons."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

from watcher.demo.load import load_wire
from watcher.model.document import Document
from watcher.model.signal import Group, Pattern, Signal, Slot, Term
from watcher.services.incoming import read_document

SYLLABLES = (
    "ba",
    "ce",
    "dor",
    "fin",
    "gal",
    "hem",
    "ist",
    "jor",
    "kel",
    "lum",
    "mar",
    "nov",
    "ost",
    "pel",
    "qua",
    "ren",
)


def words(count: int, rng: random.Random) -> list[str]:
    """Distinct invented words of three to five syllables."""
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(rng.choices(SYLLABLES, k=rng.choice((3, 4, 5))))] = None
    return list(found)


TELLING = 50
"""Every so many-th document is about one of the pack's signals: a busy day's share for a world desk."""


def _sentences(texts: Iterable[str]) -> list[str]:
    return [part.strip() for text in texts for part in text.split(". ") if part.strip()]


def documents(count: int, characters: int = 400, seed: int = 1, every: int = TELLING) -> list[Document]:
    """News items of about so many characters: the demo's wire, mixed with Zipf-distributed invented words; each
    `every`-th is about a signal."""
    rng = random.Random(seed)
    vocabulary = words(20_000, random.Random(1))
    items = [item for item in load_wire().items if item.language == "en"]
    plain = _sentences(item.summary for item in items if item.label == "none")
    telling = _sentences(item.summary for item in items if item.label != "none")
    weights = [1 / (rank + 1) for rank in range(len(vocabulary))]
    made = []
    for number in range(count):
        title = " ".join(rng.choices(vocabulary, weights, k=9)).capitalize()
        sentences = telling if number % every == 0 else plain
        text = ""
        while len(text) < characters:
            own = " ".join(rng.choices(vocabulary, weights, k=14)).capitalize()
            text += (rng.choice(sentences) if rng.random() < 0.5 else own) + ". "
        raw = {"id": str(number), "title": title, "text": text[:characters], "source": f"s{number % 40}"}
        made.append(read_document({**raw, "language": "en"}, ""))
    return made


def signals(count: int, pack: tuple[Signal, ...]) -> tuple[Signal, ...]:
    """The pack's signals, and invented ones like them: own actors and objects, shared lists for what they do."""
    rng = random.Random(2)
    own = iter(words(count * 12, rng))
    shared = [group.lists for signal in pack for group in signal.groups if group.lists]
    made = list(pack[:count])
    for number in range(len(made), count):
        actor, target = (tuple(Term(next(own)) for _ in range(5)) for _ in range(2))
        groups = (
            Group("actor", 20, actor),
            Group("act", 30, (), rng.choice(shared)[:1]),
            Group("target", 30, target),
        )
        pattern = Pattern("actor act target", (Slot("actor"), Slot("act"), Slot("target")))
        made.append(Signal(f"invented-{number}", f"Invented {number}", groups, (pattern,)))
    return tuple(replace(signal, tests=()) for signal in made)
