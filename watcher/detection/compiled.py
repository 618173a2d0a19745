"""Signals made ready for the one pass: groups as sets of term numbers, and what each signal needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from watcher.detection.language import UNKNOWN, primary
from watcher.detection.normal import plain
from watcher.detection.spellings import spellings
from watcher.detection.stems import STEMMED
from watcher.detection.tokens import words as tokenise
from watcher.detection.vocabulary import TermIndex
from watcher.model.signal import Fields, Group, Lexicon, Pattern, Signal, Slot, Term, Voice

_Terms = tuple[frozenset[int], frozenset[int]]  # numbers of terms that find, and of those that shield


@dataclass(frozen=True, slots=True)
class ReadyGroup:
    """A group with the numbers of all its terms, and of those that shield what they cover; `fields` as it counts.

    `sets` are its own terms and those of each of its lists: the same list is the same set for every group. `again` are
    words that mean it once more where it was named; alone they are nothing.
    """

    name: str
    weight: int
    terms: frozenset[int]
    shields: frozenset[int]
    fields: Fields
    sets: tuple[frozenset[int], ...]
    again: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class ReadySlot:
    """A slot whose literal alternatives are sequences of normal forms, by the first of them."""

    group: str | None
    phrases: dict[str, list[tuple[str, ...]]]
    voice: Voice
    optional: bool
    inner: tuple[ReadySlot, ...]


@dataclass(frozen=True, slots=True)
class ReadyPattern:
    """A pattern, the groups without which it cannot hold, and for each choice of words it cannot do without how they
    begin. `asked` are the groups that must be near, whatever its slots; `elsewhere` those of them that are no slot,
    `beside` those that must be next to it."""

    text: str
    slots: tuple[ReadySlot, ...]
    within: int
    needs: frozenset[str]
    near: frozenset[str]
    without: frozenset[str]
    any_order: bool
    spelt_out: tuple[frozenset[str], ...]
    asked: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ReadySignal:
    """`needs` are alternatives: the signal is worth a look if all groups of one of them are found.

    `acting` are those of them in which something is done (all, if no group says what is done); `subjects` what each
    asks for beside that. `topics` are worth a look too: a text on the topic may be a near miss, but for what all
    patterns bar.
    `required` is what every alternative asks for, named when something is missing. `context` are groups that the rule
    itself calls required: a pattern holds only where they are near. `actions` are where assertion is resolved.
    """

    signal: Signal
    groups: dict[str, ReadyGroup]
    patterns: tuple[ReadyPattern, ...]
    exclude: frozenset[int]
    needs: tuple[frozenset[str], ...]
    acting: tuple[frozenset[str], ...]
    subjects: tuple[frozenset[str], ...]
    topics: tuple[frozenset[str], ...]
    barred: frozenset[str]
    required: frozenset[str]
    context: frozenset[str]
    actions: frozenset[str]


@dataclass(slots=True)
class Compiler:
    """Interns terms of all signals in one index; equal lists become one set however many signals use them.

    `language` is that of the documents to be read: terms and patterns of other languages are left out. UNKNOWN takes
    them all.
    """

    lexicons: Sequence[Lexicon]
    language: str = UNKNOWN
    index: TermIndex = field(init=False)
    _lists: dict[tuple[str, tuple[str, ...]], _Terms] = field(default_factory=dict)
    _own: dict[tuple[Term, ...], _Terms] = field(default_factory=dict)
    _same: dict[frozenset[int], frozenset[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """An index for documents of the language."""
        self.index = TermIndex(self.language)

    def signal(self, signal: Signal) -> ReadySignal:
        """Raises ValueError for a list that no lexicon has, TermError for a term that cannot be used."""
        groups = {group.name: self._group(group, signal) for group in signal.groups}
        counting = (pattern for pattern in signal.patterns if not pattern.languages or self._reads(*pattern.languages))
        always = frozenset(group.name for group in signal.groups if group.required)
        patterns = tuple(_pattern(pattern, always) for pattern in counting)
        needs = _needs(signal, patterns)
        actions = _actions(signal)
        acting = tuple(need for need in needs if need & actions or not actions)
        return ReadySignal(
            signal=signal,
            groups=groups,
            patterns=patterns,
            exclude=self._terms(signal.exclude)[0],
            needs=needs,
            acting=acting,
            subjects=_subjects(needs, actions) if patterns else (),
            topics=_topics(acting, actions) if patterns else (),
            barred=frozenset.intersection(*(pattern.without for pattern in patterns)) if patterns else frozenset(),
            required=frozenset.intersection(*needs),
            context=always,
            actions=actions,
        )

    def _group(self, group: Group, signal: Signal) -> ReadyGroup:
        own = self._own_terms(group.terms)
        parts_of = [own, *(self._list(name, signal) for name in group.lists)]
        found, shields = (self._one(frozenset().union(*sets)) for sets in zip(*parts_of, strict=True))
        fields, sets = group.fields or signal.fields, tuple(terms for terms, _ in parts_of)
        words = [self._terms(group.again), *(self._list(name, signal) for name in group.again_lists)]
        again = self._one(frozenset().union(*(terms for terms, _ in words)))
        return ReadyGroup(group.name, group.weight, found, shields, fields, sets, again)

    def _own_terms(self, terms: tuple[Term, ...]) -> _Terms:
        if terms not in self._own:
            self._own[terms] = self._terms(terms)
        return self._own[terms]

    def _one(self, terms: frozenset[int]) -> frozenset[int]:
        """The same object for equal sets: it is hashed once, and kept once."""
        return self._same.setdefault(terms, terms)

    def _list(self, name: str, signal: Signal) -> _Terms:
        key = (name, signal.use)
        if key not in self._lists:
            used = [one for one in self.lexicons if one.id in signal.use and name in one.lists]
            holders = used or [one for one in self.lexicons if name in one.lists]
            if not holders:
                raise ValueError(f"signal {signal.id}: no lexicon has a list '{name}'")
            of_language = (one for one in holders if one.language is None or self._reads(primary(one.language)))
            self._lists[key] = self._terms(term for one in of_language for term in one.lists[name])
        return self._lists[key]

    def _terms(self, terms: Iterable[Term]) -> _Terms:
        found: tuple[set[int], set[int]] = (set(), set())
        for term in terms:
            language = primary(term.language or self.language)
            if term.language is None or self._reads(language):
                ways = spellings(term, language if language in STEMMED else "", self.language)
                found[term.shield].add(self.index.add(*ways))
        return frozenset(found[False]), frozenset(found[True])

    def _reads(self, *languages: str) -> bool:
        return self.language == UNKNOWN or self.language in languages


def _pattern(pattern: Pattern, always: frozenset[str]) -> ReadyPattern:
    slots = tuple(_slot(slot) for slot in pattern.slots)
    needs = frozenset(slot.group for slot in pattern.slots if slot.group and not slot.optional)
    near, without = frozenset(pattern.around), frozenset(pattern.without)
    spelt_out = tuple(frozenset(slot.phrases) for slot in slots if slot.phrases and not slot.optional)
    asked = always | near
    return ReadyPattern(
        text=pattern.text,
        slots=slots,
        within=pattern.within,
        needs=needs,
        near=near,
        without=without,
        any_order=pattern.any_order,
        spelt_out=spelt_out,
        asked=asked,
        elsewhere=asked - needs,
        beside=frozenset(pattern.beside),
    )


@lru_cache(maxsize=10_000)  # the same for every language, and for every variant of a signal that is tried
def _slot(slot: Slot) -> ReadySlot:
    phrases: dict[str, list[tuple[str, ...]]] = {}
    for phrase in filter(None, (tuple(map(plain, tokenise(words))) for words in slot.words)):
        phrases.setdefault(phrase[0], []).append(phrase)
    return ReadySlot(slot.group, phrases, slot.voice, slot.optional, tuple(_slot(inner) for inner in slot.inner))


def _needs(signal: Signal, patterns: Sequence[ReadyPattern]) -> tuple[frozenset[str], ...]:
    always = frozenset(group.name for group in signal.groups if group.required)
    if patterns:
        return tuple(dict.fromkeys(pattern.needs | pattern.near | always for pattern in patterns))
    together = frozenset(group.name for group in signal.groups if group.required is not False)
    return (together,) if together else tuple(frozenset((group.name,)) for group in signal.groups)


def _subjects(needs: Sequence[frozenset[str]], actions: frozenset[str]) -> tuple[frozenset[str], ...]:
    return tuple(subject for subject in dict.fromkeys(need - actions for need in needs) if len(subject) > 1)


def _topics(acting: Sequence[frozenset[str]], actions: frozenset[str]) -> tuple[frozenset[str], ...]:
    """What must be there for a near miss: at least two groups beside the action, else all.

    A pattern that says what is done in words of its own is nothing without them, and makes no near miss.
    """
    return tuple(dict.fromkeys(rest if len(rest := need - actions) > 1 else need for need in acting))


def _actions(signal: Signal) -> frozenset[str]:
    """The groups that say what is done: used in a voice by some pattern, or named act…; none if nothing tells."""
    voiced = {
        slot.group
        for pattern in signal.patterns
        for slot in pattern.slots
        if slot.group and slot.voice is not Voice.ANY
    }
    named = {group.name for group in signal.groups if group.name.startswith("act")}
    return frozenset(voiced | named)
