"""The grammar of patterns: `state act target within 12`, `target act-passive (by state)?`, `act-noun (of|on) target`.

    pattern   = slot { slot } { clause }
    slot      = ( group [ "-passive" | "-noun" ] | "(" phrase { "|" phrase } ")" | "(" { group | word } ")" ) [ "?" ]
    clause    = "within" number | "in any order" | ( "near" | "beside" | "without" ) group { group }
              | "for" code { code }

`near` groups need only stand close by, `beside` groups in the title, the sentence or the one before or after it;
`without` groups must be neither in the sentence nor in the title. `in any
order` lets the slots stand in any order; `within` then bounds the whole. `for` names the languages in which the pattern
counts. Each clause comes once, in any order. Bare names are groups. Literal words stand in parentheses; in parentheses
without "|" a name of a group is that group.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Final

from watcher.detection.tokens import words as tokenise
from watcher.model.signal import Pattern, Slot, Voice

DEFAULT_WITHIN: Final = 8
DEFAULT_SPAN: Final = 20  # of a pattern in any order, from its first word to its last
MAX_WITHIN: Final = 40
MAX_SLOTS: Final = 10
MAX_LENGTH: Final = 400
_PIECE: Final = re.compile(r"[()|?]|[^\s()|?]+")
_CLAUSES: Final = ("within", "in", "near", "beside", "without", "for")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
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


@dataclass
class _Clauses:
    """What stands after the slots."""

    within: int | None = None
    any_order: bool = False
    near: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


class _Reader:
    """Recursive descent over the tokens of one pattern."""

    def __init__(self, text: str, groups: Collection[str]) -> None:
        self.text = text
        self.groups = groups
        self.pieces = [(match.group(), match.start()) for match in _PIECE.finditer(text)]
        self.at = 0

    def read(self) -> Pattern:
        slots: list[Slot] = []
        while self.at < len(self.pieces):
            piece, position = self.pieces[self.at]
            if self._opens_clause():
                break
            slots += self._slot(piece, position)
        self._check(slots)
        clauses = self._clauses()
        within = (DEFAULT_SPAN if clauses.any_order else DEFAULT_WITHIN) if clauses.within is None else clauses.within
        return Pattern(
            text=self.text,
            slots=tuple(slots),
            within=within,
            near=clauses.near,
            beside=clauses.beside,
            without=clauses.without,
            any_order=clauses.any_order,
            languages=clauses.languages,
        )

    def _check(self, slots: list[Slot]) -> None:
        if not any(slot.group and not slot.optional for slot in slots):
            raise PatternError("a pattern needs at least one group that is not optional", 0)
        if len(slots) > MAX_SLOTS:
            raise PatternError(f"{len(slots)} slots; at most {MAX_SLOTS}: split it into two patterns", 0)

    def _opens_clause(self) -> bool:
        piece = self.pieces[self.at][0]
        return piece in _CLAUSES and piece not in self.groups

    def _clauses(self) -> _Clauses:
        found = _Clauses()
        seen: set[str] = set()
        while self.at < len(self.pieces):
            piece, position = self.pieces[self.at]
            if not self._opens_clause():
                raise PatternError(
                    "after `within N`, `in any order`, `near …`, `beside …`, `without …`, `for …` no slot can follow",
                    position,
                )
            if piece in seen:
                raise PatternError(f"`{piece}` twice; once is enough", position)
            seen.add(piece)
            self.at += 1
            self._clause(piece, position, found)
        return found

    def _clause(self, piece: str, position: int, found: _Clauses) -> None:
        match piece:
            case "within":
                found.within = self._number(position)
            case "in":
                found.any_order = self._any_order(position)
            case "near":
                found.near = self._names(piece, position, self._group_name)
            case "beside":
                found.beside = self._names(piece, position, self._group_name)
            case "without":
                found.without = self._names(piece, position, self._group_name)
            case _:
                found.languages = self._names(piece, position, self._language)

    def _number(self, position: int) -> int:
        number = self.pieces[self.at][0] if self.at < len(self.pieces) else ""
        if not (number.isascii() and number.isdigit()) or int(number[:4]) > MAX_WITHIN:
            raise PatternError(f"`within` wants a number of tokens from 0 to {MAX_WITHIN}", position)
        self.at += 1
        return int(number)

    def _any_order(self, position: int) -> bool:
        if [piece for piece, _ in self.pieces[self.at : self.at + 2]] != ["any", "order"]:
            raise PatternError("`in` begins `in any order`; a literal word goes in parentheses: (in)", position)
        self.at += 2
        return True

    def _names(self, clause: str, position: int, check: Callable[[str, str, int], None]) -> tuple[str, ...]:
        """What a clause lists: groups after `near`, `beside` and `without`, languages after `for`."""
        names: list[str] = []
        while self.at < len(self.pieces) and not self._opens_clause():
            name, at = self.pieces[self.at]
            check(clause, name, at)
            names.append(name)
            self.at += 1
        if not names:
            wanted = "codes of languages, such as ar" if clause == "for" else "the names of groups"
            raise PatternError(f"`{clause}` wants {wanted}", position)
        return tuple(names)

    def _group_name(self, clause: str, name: str, at: int) -> None:
        if name not in self.groups:
            raise PatternError(f"no group '{name}'; `{clause}` wants names of groups", at)

    def _language(self, clause: str, name: str, at: int) -> None:
        if not _LANGUAGE.fullmatch(name):
            raise PatternError(f"'{name}' is no code of a language; `{clause}` wants codes such as ar, fa, de", at)

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
        hint = f"did you mean '{near[0]}'?" if near else f"groups are: {', '.join(sorted(self.groups)) or 'none'}."
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
