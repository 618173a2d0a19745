"""The grammar of patterns: `state act target within 12`, `target act-passive (by state)?`, `act-noun (of|on) target`.

    pattern   = slot { slot } [ "within" number ] [ "near" group { group } ] [ "without" group { group } ]
    slot      = ( group [ "-passive" | "-noun" ] | "(" phrase { "|" phrase } ")" | "(" { group | word } ")" ) [ "?" ]

`near` groups need only stand close by, `without` groups must be neither in the sentence nor in the title. Bare names
are groups. Literal words stand in parentheses; in parentheses without "|" a name of a group is that group.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from dataclasses import replace
from typing import Final

from watcher.detection.tokens import words as tokenise
from watcher.model.signal import Pattern, Slot, Voice

DEFAULT_WITHIN: Final = 8
MAX_WITHIN: Final = 40
MAX_SLOTS: Final = 10
MAX_LENGTH: Final = 400
_PIECE: Final = re.compile(r"[()|?]|[^\s()|?]+")
_CLAUSES: Final = ("within", "near", "without")
_VOICES: Final = {"-passive": Voice.PASSIVE, "-noun": Voice.NOUN}


class PatternError(ValueError):
    """A pattern that cannot be read. `position` is the character in the pattern where reading stopped."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message} (at character {position + 1})")
        self.position = position


def parse_pattern(text: str, groups: Collection[str]) -> Pattern:
    """Read a pattern over the given group names. Raises PatternError with the position and what to write instead."""
    if len(text) > MAX_LENGTH:
        raise PatternError(f"a pattern of {len(text)} characters; at most {MAX_LENGTH}", MAX_LENGTH)
    return _Reader(text, groups).read()


class _Reader:
    """Recursive descent over the tokens of one pattern."""

    def __init__(self, text: str, groups: Collection[str]) -> None:
        self.text = text
        self.groups = groups
        self.pieces = [(match.group(), match.start()) for match in _PIECE.finditer(text)]
        self.at = 0

    def read(self) -> Pattern:
        within = DEFAULT_WITHIN
        slots: list[Slot] = []
        while self.at < len(self.pieces):
            piece, position = self.pieces[self.at]
            if piece in _CLAUSES and piece not in self.groups:
                within = self._within() if piece == "within" else within
                break
            slots += self._slot(piece, position)
        near, without = self._names("near"), self._names("without")
        if self.at < len(self.pieces):
            raise PatternError(
                "a pattern ends with `within N`, `near …`, `without …`, in this order", self.pieces[self.at][1]
            )
        self._check(slots)
        return Pattern(text=self.text, slots=tuple(slots), within=within, near=near, without=without)

    def _check(self, slots: list[Slot]) -> None:
        if not any(slot.group and not slot.optional for slot in slots):
            raise PatternError("a pattern needs at least one group that is not optional", 0)
        if len(slots) > MAX_SLOTS:
            raise PatternError(f"{len(slots)} slots; at most {MAX_SLOTS}: split it into two patterns", 0)

    def _within(self) -> int:
        _, position = self.pieces[self.at]
        number = self.pieces[self.at + 1][0] if self.at + 1 < len(self.pieces) else ""
        if not (number.isascii() and number.isdigit()) or int(number[:4]) > MAX_WITHIN:
            raise PatternError(f"`within` wants a number of tokens from 0 to {MAX_WITHIN}", position)
        self.at += 2
        return int(number)

    def _names(self, clause: str) -> tuple[str, ...]:
        """The groups after `near` or `without`, if that clause comes next."""
        if self.at >= len(self.pieces) or self.pieces[self.at][0] != clause:
            return ()
        _, position = self.pieces[self.at]
        self.at += 1
        names: list[str] = []
        while self.at < len(self.pieces) and self.pieces[self.at][0] not in _CLAUSES:
            name, at = self.pieces[self.at]
            if name not in self.groups:
                raise PatternError(f"no group '{name}'; `{clause}` wants names of groups", at)
            names.append(name)
            self.at += 1
        if not names:
            raise PatternError(f"`{clause}` wants the names of groups", position)
        return tuple(names)

    def _slot(self, piece: str, position: int) -> list[Slot]:
        self.at += 1
        if piece == "(":
            slots = self._parenthesis(position)
        elif piece in ")|?":
            raise PatternError(f"'{piece}' stands alone; it belongs to a '(' or a slot before it", position)
        else:
            slots = [self._group(piece, position)]
        if self.at < len(self.pieces) and self.pieces[self.at][0] == "?":
            self.at += 1
            optional = slots[0] if len(slots) == 1 else Slot(inner=tuple(slots))
            return [replace(optional, optional=True)]
        return slots

    def _group(self, name: str, position: int) -> Slot:
        slot = self._as_group(name)
        if slot is not None:
            return slot
        near = difflib.get_close_matches(name.removesuffix("-passive").removesuffix("-noun"), list(self.groups), 1)
        hint = f"did you mean '{near[0]}'?" if near else f"groups are: {', '.join(sorted(self.groups)) or 'none'}"
        raise PatternError(f"no group '{name}'; {hint} Literal words go in parentheses: ({name})", position)

    def _as_group(self, name: str) -> Slot | None:
        if name in self.groups:
            return Slot(group=name)
        for suffix, voice in _VOICES.items():
            if name.endswith(suffix) and name.removesuffix(suffix) in self.groups:
                return Slot(group=name.removesuffix(suffix), voice=voice)
        return None

    def _parenthesis(self, opened: int) -> list[Slot]:
        phrases: list[list[tuple[str, int]]] = [[]]
        while True:
            if self.at >= len(self.pieces):
                raise PatternError("'(' is never closed", opened)
            piece, position = self.pieces[self.at]
            self.at += 1
            if piece == ")":
                break
            if piece in "(?":
                raise PatternError(f"'{piece}' inside parentheses; they cannot be nested", position)
            if piece == "|":
                phrases.append([])
            else:
                phrases[-1].append((piece, position))
        if not all(phrases):
            raise PatternError("an empty choice in parentheses", opened)
        return self._sequence(phrases[0]) if len(phrases) == 1 else [self._choice(phrases)]

    def _sequence(self, tokens: list[tuple[str, int]]) -> list[Slot]:
        return [self._as_group(piece) or self._literal(piece, position) for piece, position in tokens]

    def _literal(self, piece: str, position: int) -> Slot:
        near = difflib.get_close_matches(piece, list(self.groups), 1, 0.8)
        if near:
            raise PatternError(f"'{piece}' looks like the group '{near[0]}'; write it so, or another word", position)
        return Slot(words=(self._word(piece, position),))

    def _choice(self, phrases: list[list[tuple[str, int]]]) -> Slot:
        for piece, position in (pair for phrase in phrases for pair in phrase):
            if self._as_group(piece) is not None:
                raise PatternError(f"'{piece}' is a group; a choice holds words only: make one group of both", position)
        return Slot(words=tuple(" ".join(self._word(*pair) for pair in phrase) for phrase in phrases))

    def _word(self, piece: str, position: int) -> str:
        if not tokenise(piece) or "*" in piece:
            raise PatternError(f"'{piece}' is not a word to look for", position)
        return piece
