"""Documents a second through `match` (detection, stories, JSON) on one core, with 10 to 10,000 signals.

Peers in the same run, on the same documents and the same terms: one big `re` alternation ignoring case (what a keyword
alert does), and the floor, splitting into words and looking each up in a dictionary.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median

from benchmarks.material import documents, signals
from watcher.model.document import Document
from watcher.model.rulebook import Rulebook
from watcher.services import rules
from watcher.services.matching import Matching

COUNT = 2_000
ROUNDS = 3
REGEX_UP_TO = 1_000
"""Signals; beyond, one alternation of all terms takes minutes."""
SIGNALS = (10, 100, 1_000, 10_000)


def main() -> None:
    """Print a row for each number of signals."""
    loaded, _ = rules.read(rules.pack_dir())
    if loaded is None:
        raise SystemExit("the pack has errors: run `watcher check`")
    items, before = documents(COUNT), documents(COUNT, seed=3)
    size = sum(len(item.title) + len(item.text) for item in items) / len(items)
    print(f"match: {COUNT} documents of {size:.0f} characters, CPU time of one core, median of {ROUNDS} rounds")
    print(
        "matched: the share that matches or nearly does; most of a real wire does not (of 20,600 items of one, 2.6 %)"
    )
    print(f"{'signals':>8} {'build s':>8} {'docs/s':>8} {'matched':>8} {'floor':>8} {'regex':>8}   (docs/s)")
    for count in SIGNALS:
        rulebook = replace(loaded, signals=signals(count, loaded.signals))
        started = time.process_time()
        Matching(rulebook)
        build = time.process_time() - started
        terms = _terms(rulebook)
        matched, speed = _measure(lambda book=rulebook: _match(book), items, before)
        _, floor = _measure(lambda known=terms: _floor(known), items)
        peer = _measure(lambda known=terms: _regex(known), items[:50])[1] if count <= REGEX_UP_TO else None
        shown = "-" if peer is None else f"{peer:.0f}"
        print(f"{count:>8} {build:>8.2f} {speed:>8.0f} {matched / COUNT:>8.1%} {floor:>8.0f} {shown:>8}")
    about = documents(COUNT // 4, every=1)
    matched, speed = _measure(lambda book=loaded: _match(book), about, about[:50])
    print(f"the pack, every text about a signal: {speed:.0f} docs/s, {matched / len(about):.1%} matched")


def _measure(
    make: Callable[[], Callable[[Document], bool]], items: list[Document], before: Sequence[Document] = ()
) -> tuple[int, float]:
    """(documents with a hit, documents a second) of a process that has run for a while: other documents came before."""
    seconds = []
    hits = 0
    for _ in range(ROUNDS):
        work = make()
        for item in before:
            work(item)
        started = time.process_time()
        hits = sum(work(item) for item in items)
        seconds.append(time.process_time() - started)
    return hits, len(items) / median(seconds)


def _match(rulebook: Rulebook) -> Callable[[Document], bool]:
    matching = Matching(rulebook)

    def work(item: Document) -> bool:
        result = matching.match(item, item.id)
        json.dumps(result)
        return bool(result["matches"])

    return work


def _terms(rulebook: Rulebook) -> list[str]:
    lists = [terms for lexicon in rulebook.lexicons for terms in lexicon.lists.values()]
    groups = [group.terms for signal in rulebook.signals for group in signal.groups]
    return sorted({term.text.strip("~=*").casefold() for terms in (*lists, *groups) for term in terms})


def _floor(terms: list[str]) -> Callable[[Document], bool]:
    known = {word for term in terms for word in term.split()[:1]}
    return lambda item: any(word in known for word in f"{item.title} {item.text}".casefold().split())


def _regex(terms: list[str]) -> Callable[[Document], bool]:
    pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, terms)) + r")\b", re.IGNORECASE)
    return lambda item: bool(pattern.findall(f"{item.title} {item.text}"))
