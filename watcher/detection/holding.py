"""Whether a pattern holds in a sentence: its slots in order, neighbours close enough, every voice as asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from watcher.detection.compiled import ReadyPattern, ReadySlot
from watcher.detection.vocabulary import Span
from watcher.detection.voice import MAX_ASIDE, Voices
from watcher.model.signal import Voice

MAX_STEPS: Final = 2_000  # of the search in one sentence; far above what prose needs
MAX_HELD: Final = 12

LITERAL: Final = ""  # stands for a group where a pattern's own words were found
AGENT_REACH: Final = 8

Chosen = tuple[tuple[str, Span], ...]


@dataclass
class Search:
    """Finds the ways in which one pattern holds. Spans are token numbers within the sentence."""

    pattern: ReadyPattern
    words: Sequence[str]
    spans: Mapping[str, Sequence[Span]]  # group → its hits, in order
    voices: Voices
    actions: frozenset[str]
    steps: int = 0

    def __post_init__(self) -> None:
        """The groups that the pattern wants in the passive."""
        self._passive = {slot.group for slot in self.pattern.slots if slot.voice is Voice.PASSIVE}

    def held(self) -> list[Chosen]:
        """The groups and places of each way in which the pattern holds, at most MAX_HELD."""
        found: dict[Chosen, None] = {}
        ways = self._scattered() if self.pattern.any_order else self._from(self.pattern.slots, None, ())
        for chosen in ways:
            if not self.pattern.any_order and self._by_another(chosen):
                continue
            found[chosen] = None
            if len(found) >= MAX_HELD:
                break
        return list(found)

    def _from(self, slots: tuple[ReadySlot, ...], at: int | None, chosen: Chosen) -> Iterator[Chosen]:
        self.steps += 1
        if self.steps > MAX_STEPS:
            return
        if not slots:
            yield chosen
            return
        first, rest = slots[0], slots[1:]
        if first.inner:
            yield from self._from(first.inner + rest, at, chosen)
        elif first.group is not None:
            for span in self._reachable(first.group, at):
                if self._fits(first, span, chosen):
                    yield from self._from(rest, span[1], (*chosen, (first.group, span)))
        else:
            for span in self._literals(first, at):
                yield from self._from(rest, span[1], (*chosen, (LITERAL, span)))
        if first.optional:
            yield from self._from(rest, at, chosen)

    def _scattered(self) -> Iterator[Chosen]:
        """The ways in which the slots stand in any order, apart from one another, all within `within` words."""
        slots = [one for slot in self.pattern.slots for one in (slot.inner or (slot,))]
        needed = [slot for slot in slots if not slot.optional]
        for chosen in self._spread([(slot, list(self._places(slot))) for slot in needed], ()):
            yield tuple(sorted(chosen, key=lambda one: one[1]))

    def _places(self, slot: ReadySlot) -> Iterator[tuple[str, Span]]:
        if slot.group is None:
            yield from ((LITERAL, span) for span in self._literals(slot, None))
        else:
            spans = self.spans.get(slot.group, ())
            yield from ((slot.group, span) for span in spans if self.voices.fits(slot.voice, *span))

    def _spread(self, open_slots: list[tuple[ReadySlot, list[tuple[str, Span]]]], chosen: Chosen) -> Iterator[Chosen]:
        self.steps += 1
        if self.steps > MAX_STEPS:
            return
        if not open_slots:
            yield chosen
            return
        for name, span in open_slots[0][1]:
            taken = [other for _, other in chosen]
            if all(span[1] <= start or end <= span[0] for start, end in taken) and self._within([*taken, span]):
                yield from self._spread(open_slots[1:], (*chosen, (name, span)))

    def _within(self, spans: list[Span]) -> bool:
        return max(end for _, end in spans) - min(start for start, _ in spans) <= self.pattern.within

    def _by_another(self, chosen: Chosen) -> bool:
        """Whether a passive names an agent that the pattern did not take: "rockets fired by the militia"."""
        for number, (name, span) in enumerate(chosen):
            if name in self._passive:
                agent = self.voices.agent(span[1])
                if agent is not None and not any(
                    agent <= other[0] <= agent + AGENT_REACH for taken, other in chosen[number + 1 :] if taken
                ):
                    return True
        return False

    def _reachable(self, group: str, at: int | None) -> Iterator[Span]:
        for span in self.spans.get(group, ()):
            if at is None or (at <= span[0] and self._reaches(at, span[0])):
                yield span

    def _reaches(self, at: int, first: int) -> bool:
        """Whether a word is near enough to where the slot before ended; words of an aside between do not count."""
        apart = first - at - self.pattern.within
        return apart <= 0 or (apart <= MAX_ASIDE and self.voices.aside(at, first) >= apart)

    def _literals(self, slot: ReadySlot, at: int | None) -> Iterator[Span]:
        start = at or 0
        stop = len(self.words) if at is None else min(len(self.words), at + self.pattern.within + MAX_ASIDE + 1)
        for number in range(start, stop):
            for phrase in slot.phrases.get(self.words[number], ()):
                if len(phrase) > 1 and tuple(self.words[number : number + len(phrase)]) != phrase:
                    continue
                if at is None or self._reaches(at, number):
                    yield number, number + len(phrase)

    def _fits(self, slot: ReadySlot, span: Span, chosen: Chosen) -> bool:
        if len(chosen) > 1 and chosen[-1][0] in self.actions and self.voices.ends_in_itself(*chosen[-1][1]):
            return False
        if slot.voice is Voice.ANY and slot.group in self.actions and chosen:
            actor = chosen[-1][1]  # the slot before; a literal there is no actor and passes
            return not self.voices.surely_passive(*span) and self.voices.can_act(actor[0])
        return self.voices.fits(slot.voice, *span, chosen[-1][1][1] if chosen else None)
