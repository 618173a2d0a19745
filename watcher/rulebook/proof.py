"""Exclusions, `without` groups and shields that no embedded test hits: nobody knows what they throw away.

One is proven if it changes the score of a test's text: compared are the signal without any of its kind, and with this
one alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from watcher.detection.engine import Detector
from watcher.detection.terms import parse_term
from watcher.model.signal import Group, Lexicon, RuleTest, Signal, Term
from watcher.rulebook.notebook import Location, Notebook
from watcher.rulebook.yaml import Data

_BASE: Final = "as-it-is"
_NONE: Final = "none"
Lists = Mapping[str, tuple[Term, ...]]


@dataclass(frozen=True, slots=True)
class Barrier:
    """Something that keeps texts out: `alone` is the signal with this one only among those of its `kind`."""

    kind: str
    at: Location
    message: str
    alone: Signal


@dataclass(frozen=True, slots=True)
class Candidate:
    """A signal to be proven, with what its file says and where."""

    signal: Signal
    data: Data
    note: Notebook
    lists: Lists


def note_unproven(candidates: Sequence[Candidate], lexicons: Sequence[Lexicon]) -> None:
    """S234 for every barrier that no test of its signal hits. All signals are compiled together, once."""
    barriers = [(one, list(_barriers(one))) for one in candidates if one.signal.tests]
    variants: list[Signal] = []
    for candidate, found in barriers:
        signal = candidate.signal
        variants.append(_named(signal, signal.id, _BASE))
        variants += [_named(_without(signal, kind), signal.id, kind, _NONE) for kind in _BARE]
        variants += [_named(one.alone, signal.id, one.kind, str(number)) for number, one in enumerate(found)]
    detector = Detector(variants, lexicons)
    for candidate, found in barriers:
        proven = _proven(candidate.signal, found, detector)
        for number, one in enumerate(found):
            if number not in proven:
                candidate.note.warn("S234", one.at, one.message)


def _named(signal: Signal, *parts: str) -> Signal:
    return replace(signal, id="/".join((signal.id, *parts[1:])))


def _proven(signal: Signal, barriers: Sequence[Barrier], detector: Detector) -> set[int]:
    found: set[int] = set()
    for test in signal.tests:
        kinds = {one.kind for number, one in enumerate(barriers) if number not in found}
        scores = _scores(detector, test, [f"{signal.id}/{_BASE}", *(f"{signal.id}/{kind}/{_NONE}" for kind in kinds)])
        for kind in kinds:
            bare = scores[f"{signal.id}/{kind}/{_NONE}"]
            if bare == scores[f"{signal.id}/{_BASE}"]:
                continue
            open_ones = [number for number, one in enumerate(barriers) if one.kind == kind and number not in found]
            alone = _scores(detector, test, [f"{signal.id}/{kind}/{number}" for number in open_ones])
            found |= {number for number in open_ones if alone[f"{signal.id}/{kind}/{number}"] != bare}
    return found


def _scores(detector: Detector, test: RuleTest, ids: Iterable[str]) -> dict[str, int]:
    told = detector.explain(test.title, test.text, test.language, set(ids))
    return {one.signal_id: one.score for one in told}


def _without(signal: Signal, kind: str) -> Signal:
    return _BARE[kind](signal)


def _no_exclusions(signal: Signal) -> Signal:
    return replace(signal, exclude=())


def _no_bars(signal: Signal) -> Signal:
    return _barring(signal, "")


def _barring(signal: Signal, name: str) -> Signal:
    """With only this group among those that patterns bar."""
    kept = tuple(
        replace(one, without=tuple(group for group in one.without if group == name)) for one in signal.patterns
    )
    return replace(signal, patterns=kept)


def _no_shields(signal: Signal) -> Signal:
    return replace(signal, groups=tuple(map(_unshielded, signal.groups)))


def _unshielded(group: Group) -> Group:
    return replace(group, terms=tuple(term for term in group.terms if not term.shield))


_BARE: Final[Mapping[str, Callable[[Signal], Signal]]] = {
    "exclude": _no_exclusions,
    "without": _no_bars,
    "shield": _no_shields,
}


def _barriers(one: Candidate) -> Iterator[Barrier]:
    yield from _exclusions(one)
    yield from _barred(one)
    yield from _shields(one)


def _exclusions(one: Candidate) -> Iterator[Barrier]:
    for index, text in enumerate(_texts(one.data, "exclude")):
        terms = one.lists.get(text[1:].strip(), ()) if text.startswith("$") else (parse_term(text),)
        yield Barrier(
            "exclude",
            ("exclude", index),
            f"no test hits the exclusion `{text}`: add one whose text would alert but for it, such as "
            f'`- {{text: "… {_bare(text)} …", expect: silent}}`',
            replace(one.signal, exclude=terms),
        )


def _barred(one: Candidate) -> Iterator[Barrier]:
    patterns = one.signal.patterns
    for name in dict.fromkeys(name for pattern in patterns for name in pattern.without):
        first = next(index for index, pattern in enumerate(patterns) if name in pattern.without)
        yield Barrier(
            "without",
            ("patterns", first),
            f"no test hits `without {name}`: add one whose text holds a pattern that a word of `{name}` bars, with "
            "`expect: below` or `silent`",
            _barring(one.signal, name),
        )


def _shields(one: Candidate) -> Iterator[Barrier]:
    bare = {group.name: _unshielded(group) for group in one.signal.groups}
    for name, group in bare.items():
        for index, text in enumerate(_texts(one.data, "groups", name)):
            if not text.startswith("!"):
                continue
            kept = replace(group, terms=(*group.terms, parse_term(text)))
            groups = tuple(kept if other == name else plain for other, plain in bare.items())
            yield Barrier(
                "shield",
                ("groups", name, "any", index),
                f"no test hits `{text}`: add one in which “{_bare(text)}” must not count as `{name}`, such as "
                f'`- {{text: "… {_bare(text)} …", expect: silent}}`',
                replace(one.signal, groups=groups),
            )


def _bare(text: str) -> str:
    return text.lstrip("!=+~$ ").replace("*", "")


def _texts(data: Data, *keys: str) -> list[str]:
    """The list of texts under these keys; a group may have it under `any`."""
    here = data
    for key in keys:
        here = here.get(key) if isinstance(here, dict) else None
    listed = here.get("any") if isinstance(here, dict) else here
    return [text for text in listed if isinstance(text, str)] if isinstance(listed, list) else []
