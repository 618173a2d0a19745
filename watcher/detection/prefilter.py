"""Which signals can be found in a document at all, told before it is read.

A signal wants groups (any one of its alternatives, all groups of it): those of a pattern, or enough of the topic for a
near miss. A group is there if a term of it is. The *gate*
tells from the distinct words alone, in whatever order: every spelling of a term has a key, the word of it that fewest
other terms have, and without the key the term is not there. So most documents of a wire are given up after one look
into a table for each distinct word. For the others the terms that were really found decide. Both may let a document
through in vain and never hold one back that has something in it; a property test holds this against no filter at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import Final

from watcher.detection.compiled import ReadySignal
from watcher.detection.tokens import MAX_TEXT, MAX_TITLE, words
from watcher.detection.topic import parts
from watcher.detection.vocabulary import TermIndex

MAX_REMEMBERED: Final = 200_000  # distinct pieces of text between spaces; about 40 MB
MAX_PIECE: Final = 80  # characters of a piece that is worth remembering
_AROUND: Final = ".,;:!?\"'()[]"  # marks before and after a word that are no part of its token
_NONE: Final[frozenset[int]] = frozenset()

_Group = frozenset[int]  # numbers of term sets, of which one is enough
_Wanted = tuple[tuple[_Group, ...], int]  # the groups that must be there, and the position of the signal


class Wants:
    """What the signals want, by the term sets (own terms or a list) of which each group is made."""

    def __init__(self, signals: Sequence[ReadySignal], shared: Mapping[int, int]) -> None:
        self.sets: dict[frozenset[int], int] = {}
        alternatives = [
            (frozenset(groups), position)
            for position, ready in enumerate(signals)
            for groups in _fewest(self._alternatives(ready, shared))
        ]
        self._users = Counter(one for groups, _ in alternatives for group in groups for one in group)
        self._sizes = {number: len(terms) for terms, number in self.sets.items()}
        self._by_rarest: dict[int, list[_Wanted]] = {}
        for groups, position in alternatives:
            rarest, *others = sorted(groups, key=lambda group: (self._commonness(group), sorted(group)))
            for one in rarest:
                self._by_rarest.setdefault(one, []).append((tuple(others), position))

    def _alternatives(self, ready: ReadySignal, shared: Mapping[int, int]) -> Iterable[frozenset[_Group]]:
        for need in (*ready.needs, *ready.topics, *parts(ready, shared)):
            groups = [
                frozenset(self.sets.setdefault(terms, len(self.sets)) for terms in ready.groups[name].sets if terms)
                for name in need
            ]
            if all(groups):
                yield frozenset(groups)

    def _commonness(self, group: _Group) -> int:
        """The fewer the terms of a group and the signals that use it, the rarer it probably is in a text."""
        return sum(self._users[one] * self._sizes[one] for one in group)

    def positions(self, there: Set[int]) -> set[int]:
        """The signals that may be found where these term sets are there."""
        return {
            position
            for one in self._by_rarest.keys() & there
            for others, position in self._by_rarest[one]
            if not any(group.isdisjoint(there) for group in others)
        }


def _fewest(alternatives: Iterable[frozenset[_Group]]) -> list[frozenset[_Group]]:
    """Without those that ask for more than another one does."""
    distinct = set(alternatives)
    return [one for one in distinct if not any(other < one for other in distinct)]


class Prefilter:
    """The gate before a document is read, and the choice of signals after. Read-only but for what it remembers."""

    def __init__(self, signals: Sequence[ReadySignal], index: TermIndex, shared: Mapping[int, int]) -> None:
        self._wants = Wants(signals, shared)
        self._sets_of_term = _inverted((number, terms) for terms, number in self._wants.sets.items())
        keyed = _by_key(index, self._sets_of_term)
        self._sets_of_key = {key: tuple(set().union(*others.values())) for key, others in keyed.items()}
        self._words = {key: tuple(others[_NONE]) for key, others in keyed.items() if _NONE in others}
        self._phrases: dict[int, dict[int, list[tuple[frozenset[int], set[int]]]]] = {}
        for key, ends in keyed.items():
            for others, sets in ends.items():
                if others:
                    self._phrases.setdefault(key, {}).setdefault(min(others), []).append((others, sets))
        self._pieces = _Pieces(index)

    @property
    def remembered(self) -> int:
        """How many distinct pieces of text are remembered."""
        return len(self._pieces) + len(self._pieces.dull)

    def opens(self, title: str, text: str) -> bool:
        """Whether there may be something in a document; False is certain."""
        pieces = {*title[:MAX_TITLE].split(), *text[:MAX_TEXT].split()} - self._pieces.dull
        symbols: set[int] = set().union(*map(self._pieces.__getitem__, pieces))
        there: set[int] = set().union(*map(self._sets_of_key.__getitem__, self._sets_of_key.keys() & symbols))
        return bool(self._wants.positions(there)) and bool(self._wants.positions(self._sets_there(symbols)))

    def _sets_there(self, symbols: Set[int]) -> set[int]:
        """The term sets of which all words of a term are there, wherever they stand."""
        there: set[int] = set().union(*(self._words[key] for key in self._words.keys() & symbols))
        for key in self._phrases.keys() & symbols:
            by_one = self._phrases[key]
            for one in by_one.keys() & symbols:
                for others, sets in by_one[one]:
                    if len(others) == 1 or others <= symbols:
                        there |= sets
        return there

    def candidates(self, found: Iterable[int]) -> list[int]:
        """The positions, ascending, of the signals that can match a document with these terms; the others cannot."""
        there: set[int] = set()
        for term in found:
            there.update(self._sets_of_term.get(term, ()))
        return sorted(self._wants.positions(there))


class _Pieces(dict[str, tuple[int, ...]]):
    """Piece of text between spaces → the symbols of its words; worked out when first asked for.

    Those that have none, as most, are `dull`. No token runs over a space (only mark-up that is skipped does), so pieces
    have at least the tokens of the text.
    """

    def __init__(self, index: TermIndex) -> None:
        super().__init__()
        self._vocabulary = index.vocabulary
        self.dull: set[str] = set()

    def __missing__(self, piece: str) -> tuple[int, ...]:
        word = piece.strip(_AROUND)
        if word.isalpha() and word.isascii():
            found = self._of(word)  # one token, as most pieces are
        else:
            tokens = words(piece)
            found = (
                self._of(tokens[0]) if len(tokens) == 1 else tuple({one for of in map(self._of, tokens) for one in of})
            )
        if len(piece) <= MAX_PIECE:
            if len(self) + len(self.dull) >= MAX_REMEMBERED:
                self.clear()
                self.dull.clear()
            if found:
                self[piece] = found
            else:
                self.dull.add(piece)
        return found

    def _of(self, token: str) -> tuple[int, ...]:
        symbols = self._vocabulary.cache.get(token)
        return self._vocabulary.look_up(token) if symbols is None else symbols


def _by_key(index: TermIndex, sets_of_term: dict[int, tuple[int, ...]]) -> dict[int, dict[frozenset[int], set[int]]]:
    """Symbol of a key → the other symbols of a term that has this key → the term sets that it is in."""
    users = Counter(symbol for spellings in index.spellings for spelling in spellings for symbol in set(spelling))
    lengths = index.vocabulary.lengths()
    found: dict[int, dict[frozenset[int], set[int]]] = {}
    for term, sets in sets_of_term.items():
        for spelling in index.spellings[term]:
            key = min(spelling, key=lambda symbol: (users[symbol], -lengths[symbol], symbol))
            found.setdefault(key, {}).setdefault(frozenset(spelling) - {key}, set()).update(sets)
    return found


def _inverted(sets: Iterable[tuple[int, Collection[int]]]) -> dict[int, tuple[int, ...]]:
    """Term → the numbers of the sets that it is in."""
    found: dict[int, list[int]] = {}
    for number, terms in sets:
        for term in terms:
            found.setdefault(term, []).append(number)
    return {term: tuple(numbers) for term, numbers in found.items()}
