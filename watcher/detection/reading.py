"""One signal read on one page: which patterns hold where, and which of those readings says most."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

from watcher.detection.again import Named, StandIns, stand_ins
from watcher.detection.assertion import FACTOR, FACTS, resolve, weaker
from watcher.detection.compiled import ReadyPattern, ReadySignal
from watcher.detection.fields import Zone
from watcher.detection.holding import LITERAL, Chosen, Search
from watcher.detection.measuring import measured
from watcher.detection.page import Page, Spot, Spots
from watcher.detection.score import GroupPoints, Nearness, ledger, near_ledger, total, zone_percent
from watcher.detection.stand import Held, Reading, Weighed
from watcher.detection.topic import ENOUGH, points
from watcher.detection.vocabulary import Span
from watcher.model.match import Assertion, Evidence

MAX_SENTENCES: Final = 200  # in which patterns are tried, per signal; title and lead come first
CLOSE_SENTENCES: Final = 6  # within which a required group gives its context to a pattern
_ZONES: Final = tuple(Zone)
_SAME_WORD: Final = 4  # letters by which two actions are taken for one: "raided" and "raid"
_DISOWNING: Final = frozenset({Assertion.HISTORICAL, Assertion.DENIED, Assertion.OPINION})

GroupSpots = Mapping[str, Spots]


class SignalReader:
    """Reads one signal on one page."""

    def __init__(self, ready: ReadySignal, page: Page) -> None:
        self._ready = ready
        self._page = page
        found = page.found
        everywhere = {
            name: page.spots(group.terms, group.shields)
            for name, group in ready.groups.items()
            if not group.terms.isdisjoint(found)
        }
        self._spots: GroupSpots = {name: spots for name, spots in everywhere.items() if spots}
        self._there = frozenset(self._spots)
        self._excluded = page.spots(ready.exclude)
        self._near: dict[tuple[frozenset[str], Spot], bool] = {}
        self._standing: dict[Spot, dict[str, Sequence[Span]]] = {}
        self._common: dict[frozenset[str], list[Spot]] = {}
        self._best: dict[tuple[str, int], Spot | None] = {}
        self._by_section: dict[str, dict[int, list[Spot]]] = {}

    def best(self) -> Reading:
        """The reading with the highest score; of equal ones the earliest."""
        held = self._trusted(list(self._held()))
        if not held:
            return self._reading(self._weigh(self._unheld()))
        # Ways to hold that differ only in the words taken score alike; the first of them tells for all.
        alike = {(one.spot, frozenset(name for name, _ in one.chosen), one.assertion[0]): one for one in reversed(held)}
        acts = self._acts(held)
        weighed = [self._weigh(one, max(0, len(acts) - 1)) for one in reversed(alike.values())]
        most = weighed[0] if len(weighed) == 1 else max(weighed, key=lambda one: total(one.ledger))
        best = self._reading(most)
        return self._with_figures(best, most.held) if self._ready.signal.quantities else best

    @cached_property
    def _again(self) -> StandIns:
        """Where words mean a group again that is named on the page."""
        groups = ((name, self._ready.groups[name].again) for name in self._spots)
        again = {name: self._page.spots(terms) for name, terms in groups if not terms.isdisjoint(self._page.found)}
        return stand_ins(self._page, self._spots, again) if again else StandIns()

    def _with_figures(self, reading: Reading, basis: Held) -> Reading:
        """With the figures that the signal asks for: evidence as well, and no points."""
        region = {spot for spots in self._spots.values() for spot in spots if self._region(basis.spot, spot)}
        elsewhere = sorted(region, key=lambda one: (_ZONES.index(self._page.place(one).zone), one))
        anchors = [span for _, span in basis.chosen]
        rules = self._ready.signal.quantities
        found = measured(self._page, rules, basis.spot, anchors, self._spots, elsewhere)
        evidence = _in_order([*reading.evidence, *(quantity.evidence for quantity in found)])
        return replace(reading, quantities=found, evidence=evidence)

    def _acts(self, held: list[Held]) -> set[str]:
        """The beginnings of the words that tell, as a fact of title or lead, what was done."""
        return {
            self._page.reading(one.spot).words[span[0]][:_SAME_WORD]
            for one in held
            if one.assertion[0] in FACTS and self._page.place(one.spot).zone is not Zone.BODY
            for name, span in one.chosen
            if name in self._ready.actions
        }

    def _trusted(self, held: list[Held]) -> list[Held]:
        """Without what only the title states as a fact, if the text tells it as past, denied or opinion."""
        told = [one.assertion[0] for one in held if one.spot.field]
        if not told or any(kind in FACTS for kind in told) or _DISOWNING.isdisjoint(told):
            return held
        return [one for one in held if one.assertion[0] not in FACTS]

    def _held(self) -> Iterator[Held]:
        """Every way in which a pattern holds; for a signal without patterns, all its groups in one section."""
        if not self._ready.signal.patterns:
            yield from self._together()
            return
        for pattern in self._ready.patterns:
            if pattern.needs <= self._there and pattern.asked <= self._there:
                for spot in self._common_spots(pattern.needs):
                    yield from self._held_at(pattern, spot)

    def _held_at(self, pattern: ReadyPattern, spot: Spot) -> Iterator[Held]:
        if pattern.elsewhere and not self._all_close(pattern.elsewhere, spot):
            return
        if pattern.without and any(self._speaks_of(name, spot) for name in pattern.without):
            return
        if pattern.beside and not all(self._adjoining(name, spot) for name in pattern.beside):
            return
        reading = self._page.reading(spot)
        if any(first.isdisjoint(reading.distinct) for first in pattern.spelt_out):
            return
        here = self._here(spot)
        search = Search(pattern, reading.words, here, reading.voices, self._ready.actions)
        for chosen in search.held():
            if pattern.without and self._barred_before(pattern, spot, chosen):
                continue
            yield Held(pattern.text, spot, chosen, self._assertion(spot, chosen), pattern.asked)

    def _barred_before(self, pattern: ReadyPattern, spot: Spot, chosen: Chosen) -> bool:
        """Whether a group that only words such as "they" stand for is of a sentence that the pattern bars."""
        before = {one.spot for one in self._again.of(spot, chosen)}
        return any(one in self._spots.get(name, {}) for one in before for name in pattern.without)

    def _here(self, spot: Spot) -> Mapping[str, Sequence[Span]]:
        """The groups that stand in a sentence, by name or by words that mean them again."""
        if spot not in self._standing:
            here = {name: spots[spot] for name, spots in self._spots.items() if spot in spots}
            for name, again in self._again.spots.items():
                if spot in again:
                    here[name] = sorted((*here.get(name, ()), *again[spot]), key=lambda span: (span[0], -span[1]))
            self._standing[spot] = here
        return self._standing[spot]

    def _together(self) -> Iterator[Held]:
        for need in self._ready.needs:
            for spot in self._common_spots(need):
                chosen = tuple((name, self._spots[name][spot][0]) for name in sorted(need))
                yield Held("", spot, chosen, self._assertion(spot, chosen))

    def _unheld(self) -> Held:
        """What comes nearest: the sentence of title or lead around which most of a need stands."""
        near, spot = self._nearest_miss()
        own = self._own_points(spot)
        if (
            near is Nearness.NOTHING
            and own >= ENOUGH
            and not any(self._speaks_of(one, spot) for one in self._ready.barred)
        ):
            near = Nearness.PART
        chosen = tuple((name, spots[spot][0]) for name, spots in self._spots.items() if spot in spots)
        if not chosen:
            return Held("", spot, (), self._page.genre or (Assertion.ASSERTED, ""), near=near, own=own)
        if not self._ready.signal.patterns and any(need <= self._spots.keys() for need in self._ready.needs):
            # Nothing is asked of their order.
            return Held("", spot, chosen, self._assertion(spot, chosen), frozenset(self._spots))
        return Held("", spot, chosen, self._assertion(spot, chosen), near=near, own=own)

    def _own_points(self, spot: Spot) -> int:
        """How much of the topic is there, around a sentence; see `topic`."""
        near = ((name, self._nearest(name, spot)) for name in self._spots)
        zones = {name: self._page.place(one).zone for name, one in near if one is not None}
        percent = {name: zone_percent(self._ready.groups[name].fields, zone) for name, zone in zones.items()}
        return points(self._ready, self._page.found, self._page.shared, percent)

    def _nearest_miss(self) -> tuple[Nearness, Spot]:
        best: tuple[Nearness, Spot] | None = None
        for one in self._near_misses():
            if best is None or one[0] > best[0]:
                best = one
                if one[0] is Nearness.ALL_TOGETHER:  # nothing is nearer
                    break
        return best or (Nearness.NOTHING, self._fullest())

    def _near_misses(self) -> Iterator[tuple[Nearness, Spot]]:
        ready = self._ready
        for needs, together, apart in (
            (ready.acting, Nearness.ALL_TOGETHER, Nearness.ALL_APART),
            (ready.topics, Nearness.TOPIC_TOGETHER, Nearness.TOPIC_APART),
        ):
            for need in needs:
                for spot in self._rarest_spots(need):
                    if any(self._speaks_of(name, spot) for name in ready.barred):
                        continue
                    in_body = self._page.place(spot).zone is Zone.BODY
                    if all(spot in self._spots[name] for name in need):
                        yield Nearness.IN_THE_BODY if in_body else together, spot
                    elif not in_body and all(self._beside(name, spot) for name in need):
                        yield apart, spot

    def _rarest_spots(self, need: frozenset[str]) -> list[Spot]:
        """The sentences in which the rarest group of a need stands."""
        if not need <= self._there:
            return []
        rarest = min((self._spots[name] for name in sorted(need)), key=len)
        return sorted(rarest)[:MAX_SENTENCES]

    def _beside(self, name: str, spot: Spot) -> bool:
        """Whether a group stands in the sentence, the title, or a sentence beside it."""
        return any(self._adjoins(spot, one) for one in self._spots[name] if self._page.place(one).zone is not Zone.BODY)

    def _adjoining(self, name: str, spot: Spot) -> bool:
        return any(self._adjoins(spot, one) for one in self._spots.get(name, ()))

    def _adjoins(self, spot: Spot, one: Spot) -> bool:
        """Whether it is the same sentence, one beside it, or one of the two is of the title and the other no body."""
        if one.field == spot.field:
            return abs(one.number - spot.number) <= 1 and self._region(spot, one)
        return self._region(spot, one) and (one.field == 0 or self._page.place(one).zone is not Zone.BODY)

    def _fullest(self) -> Spot:
        """The sentence in which most groups stand."""
        count: dict[Spot, int] = {}
        for spots in self._spots.values():
            for spot in spots:
                count[spot] = count.get(spot, 0) + 1
        return min(count, key=lambda one: (-count[one], one), default=Spot(0, 0))

    def _common_spots(self, needs: frozenset[str]) -> list[Spot]:
        """The sentences in which all of these groups stand."""
        if needs not in self._common:
            again = self._again.spots
            standing = [self._spots[name].keys() | again.get(name, {}).keys() for name in needs & self._there]
            common = set(standing[0]).intersection(*standing[1:]) if len(standing) == len(needs) and standing else ()
            self._common[needs] = sorted(common)[:MAX_SENTENCES]
        return self._common[needs]

    def _all_close(self, names: frozenset[str], spot: Spot) -> bool:
        key = (names, spot)
        if key not in self._near:
            self._near[key] = all(self._close(name, spot) for name in names)
        return self._near[key]

    def _close(self, name: str, spot: Spot) -> bool:
        """Whether a group stands in title or lead of the same section, or a few sentences away."""
        section = self._page.place(spot).section
        return any(self._close_in(bucket, spot.number) for bucket in self._buckets(name, section))

    def _close_in(self, bucket: Sequence[Spot], number: int) -> bool:
        if self._page.place(bucket[0]).zone is not Zone.BODY:  # the zones of a section come in order
            return True
        after = bisect_left(bucket, number - CLOSE_SENTENCES, key=lambda one: one.number)
        return after < len(bucket) and bucket[after].number <= number + CLOSE_SENTENCES

    def _buckets(self, name: str, section: int) -> list[list[Spot]]:
        """Where a group stands, by section: what belongs to one section, which is also what is of the title."""
        if name not in self._by_section:
            buckets: dict[int, list[Spot]] = {}
            for one in sorted(self._spots.get(name, ())):
                buckets.setdefault(self._page.place(one).section, []).append(one)
            self._by_section[name] = buckets
        buckets = self._by_section[name]
        wanted = buckets.keys() if section == -1 else (section, -1)
        return [buckets[one] for one in wanted if one in buckets]

    def _speaks_of(self, name: str, spot: Spot) -> bool:
        """Whether a group stands in the sentence or in the title."""
        return any(one == spot or one.field == 0 for one in self._spots.get(name, ()))

    def _region(self, spot: Spot, other: Spot) -> bool:
        """Whether two sentences speak of one thing: same section, or one of them is of the title."""
        one, two = self._page.place(spot).section, self._page.place(other).section
        return one == two or -1 in (one, two)

    def _nearest(self, name: str, spot: Spot) -> Spot | None:
        """The sentence of the region in which the group counts most: the best zone, then the sentence itself."""
        key = (name, self._page.place(spot).section)
        if key not in self._best:
            near = (one for bucket in self._buckets(*key) for one in bucket)
            self._best[key] = min(near, key=lambda one: (self._rank(name, one), one), default=None)
        best = self._best[key]
        if best is not None and spot in self._spots[name] and self._rank(name, spot) == self._rank(name, best):
            return spot
        return best

    def _rank(self, name: str, spot: Spot) -> tuple[int, int]:
        """How much a group counts in a sentence, the most first."""
        zone = self._page.place(spot).zone
        return -zone_percent(self._ready.groups[name].fields, zone), _ZONES.index(zone)

    def _assertion(self, spot: Spot, chosen: Chosen) -> tuple[Assertion, str]:
        question = self._page.place(spot).sentence.question
        own = [span for name, span in chosen if name == LITERAL]
        groups = [span for name, span in chosen if name != LITERAL]
        stated = [
            resolve(self._page.cues(spot), action, own, groups, question=question) for action in self._said(chosen)
        ]
        stated += (told for named in self._again.of(spot, chosen) if (told := self._disowned(named)) is not None)
        return weaker(min(stated, key=lambda one: FACTOR[one[0]]), self._page.genre_at(spot))

    def _disowned(self, named: Named) -> tuple[Assertion, str] | None:
        """How the text speaks of those whom words such as "they" stand for, if as past or denied: that stays so."""
        told = resolve(self._page.cues(named.spot), named.span, question=False)
        return told if told[0] in _DISOWNING else None

    def _said(self, chosen: Chosen) -> list[Span]:
        """The words at which the text is asked how it states them: the action, or the pattern's own words.

        Where nothing tells which group is the action, a cue at any of them counts: better a hedge too many than one
        overlooked.
        """
        action = next((span for name, span in chosen if name in self._ready.actions), None)
        if action is None:
            action = next((span for name, span in chosen if name == LITERAL), None)
        return [span for _, span in chosen] if action is None else [action]

    def _weigh(self, held: Held, further_acts: int = 0) -> Weighed:
        places = self._counted(held)
        has_pattern = held.near is None and bool(held.chosen)
        word = self._exclusion(held.spot if has_pattern else None)
        named = {name for name, _ in held.chosen} | held.asked
        taken = {(spot, number) for name, (spot, span) in places.items() if name in named for number in range(*span)}
        counted = [
            GroupPoints(
                name, group.weight, self._page.place(spot).zone, name in named or held.near is not None, group.fields
            )
            for name, group in self._ready.groups.items()
            if name in places
            for spot, span in (places[name],)
            # A word counts once, whatever other groups it belongs to.
            if name in named or taken.isdisjoint((spot, number) for number in range(*span))
        ]
        spelt_out = any(name == LITERAL for name, _ in held.chosen)
        if held.pattern and spelt_out and not any(name in self._ready.actions for name, _ in held.chosen):
            # The pattern says in words of its own what is done: that is worth as much as a group that says it.
            weight = max((self._ready.groups[name].weight for name in self._ready.actions), default=0)
            zone = self._page.place(held.spot).zone
            counted.append(GroupPoints("the pattern's own words", weight, zone, fields=self._ready.signal.fields))
        if held.near is not None:
            return Weighed(held, places, near_ledger(self._ready.signal, counted, held.near, held.own, word))
        zone = self._page.place(held.spot).zone
        entries = ledger(self._ready.signal, counted, zone, held.assertion, word, further_acts)
        return Weighed(held, places, entries)

    def _reading(self, weighed: Weighed) -> Reading:
        held, places = weighed.held, weighed.places
        whole = held.near is Nearness.PART or any(
            need <= self._there for need in (*self._ready.needs, *self._ready.topics)
        )
        return Reading(
            ready=self._ready,
            evidence=self._evidence(places),
            ledger=weighed.ledger,
            assertion=held.assertion[0],
            cue=held.assertion[1],
            pattern=held.pattern,
            sentence=self._page.sentence_text(held.spot) if places else "",
            missing=tuple(sorted(self._ready.required - self._there)),
            complete=whole,
        )

    def _counted(self, held: Held) -> dict[str, tuple[Spot, Span]]:
        """Where each group counts: as the pattern took it, else at its best place of the region."""
        places = {name: (held.spot, span) for name, span in held.chosen if name != LITERAL}
        own = {number for _, span in places.values() for number in range(*span)}
        for name in self._spots:
            spot = self._nearest(name, held.spot)
            if name not in places and spot is not None:
                spans = self._spots[name][spot]
                free = (span for span in spans if spot != held.spot or own.isdisjoint(range(*span)))
                places[name] = (spot, next(free, spans[0]))
        return places

    def _exclusion(self, held: Spot | None) -> str | None:
        """The first excluding words of the region of a held pattern, or of the page where none is held."""
        spot = next((one for one in sorted(self._excluded) if held is None or self._region(held, one)), None)
        return self._page.evidence(spot, self._excluded[spot][0], "exclude").text if spot is not None else None

    def _evidence(self, places: Mapping[str, tuple[Spot, Span]]) -> tuple[Evidence, ...]:
        found = [self._page.evidence(spot, span, name) for name, (spot, span) in places.items()]
        return _in_order(found)


def _in_order(found: list[Evidence]) -> tuple[Evidence, ...]:
    return tuple(sorted(found, key=lambda one: (one.field != "title", one.start, one.end, one.group)))
