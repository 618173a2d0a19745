"""Strict YAML: plain data with the line of every value, or findings. Never another exception, whatever the bytes.

Stricter than YAML 1.1 where editors get hurt: a key written twice, `NO` read as false, `17:00` read as 1020 and anchors
are refused or stay text. Events come from libyaml and the tree is built here, because libyaml's own composer recurses
in C and dies on deep nesting.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from watcher.model.signal import Finding
from watcher.rulebook.wording import printable

MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 20
MAX_FINDINGS: Final = 100

Data = str | int | float | bool | None | list["Data"] | dict[str, "Data"]

_SWITCHES: Final = frozenset(["yes", "no", "on", "off", "y", "n"])
_WORDS: Final[Mapping[str, bool | None]] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_PROBLEMS: Final = {
    "mapping values are not allowed": 'a colon where none can stand: put text that holds ": " in quotes',
    "did not find expected key": "no key where one should stand: a quote may be open above, or the indentation differs",
    "did not find expected '-'": "no `-` where one should stand: the entries of a list have one indentation",
    "did not find expected ',' or ']'": "a list that is opened with `[` needs `,` or `]` here",
    "did not find expected ',' or '}'": "a mapping that is opened with `{` needs `,` or `}` here",
    "found unexpected end of stream": "the file ends inside a text in quotes",
    "could not find expected ':'": "a key without its colon",
}
_INT: Final = re.compile(r"[-+]?(0|[1-9][0-9]*)", re.ASCII)
# No exponents: "1e5" is a name more often than a number.
_FLOAT: Final = re.compile(r"[-+]?[0-9]+\.[0-9]*|\.[0-9]+", re.ASCII)
_NUMERIC_START: Final = frozenset("+-.0123456789")


@dataclass(slots=True)
class Place:
    """The line (from 1) of a value, and the places inside it. A mapping's value stands where its key stands."""

    line: int
    children: dict[str | int, Place] = field(default_factory=dict)

    def find(self, location: Sequence[str | int]) -> Place:
        """The deepest place on the way to `location`; parts that are not in the file are passed over."""
        here = self
        for part in location:
            here = here.children.get(part, here)
        return here

    def has(self, location: Sequence[str | int]) -> bool:
        """Whether the file holds a value at exactly this location."""
        here: Place | None = self
        for part in location:
            here = here.children.get(part) if here else None
        return here is not None


@dataclass(frozen=True, slots=True)
class Parsed:
    """`data` is meaningful only as far as `findings` (all errors) allow; `complete` tells that the end was reached."""

    data: Data
    places: Place
    findings: tuple[Finding, ...]
    complete: bool = True


def parse(raw: bytes, path: str, max_bytes: int = MAX_BYTES) -> Parsed:
    """Read one YAML document of at most `max_bytes` bytes in UTF-8; `path` is what the findings show."""
    reader = _Reader(path)
    try:
        return Parsed(*reader.read(_text(raw, path, max_bytes)), tuple(reader.findings))
    except _StoppedError as stop:
        return Parsed(None, Place(1), (*reader.findings, stop.finding), complete=False)


class _StoppedError(Exception):
    """Reading cannot go on."""

    def __init__(self, path: str, line: int, code: str, message: str) -> None:
        super().__init__(message)
        self.finding = Finding(path, line, code, printable(message))


def _text(raw: bytes, path: str, max_bytes: int) -> str:
    if len(raw) > max_bytes:
        raise _StoppedError(path, 1, "Y108", f"{len(raw):,} bytes; at most {max_bytes:,} are read: split the file")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _StoppedError(path, line, "Y101", "not UTF-8 text: save the file as UTF-8") from error


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


class _Reader:
    """Builds the tree from the events of one file."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.findings: list[Finding] = []

    def read(self, text: str) -> tuple[Data, Place]:
        self.events = self._events(text)
        event = next(self.events)
        while not isinstance(event, NodeEvent):
            if isinstance(event, StreamEndEvent):
                return None, Place(1)
            event = next(self.events)
        data, place = self._node(event, 1)
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                self._note(event, "Y112", "a second document begins here (`---`): one file holds one document")
                break
        return data, place

    def _events(self, text: str) -> Iterator[Event]:
        last: Event | None = None
        try:
            for last in yaml.parse(text, Loader=yaml.CSafeLoader):
                yield last
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            raise _StoppedError(self.path, line, "Y102", "a control character that YAML does not allow") from error
        except yaml.MarkedYAMLError as error:
            raise self._open_quote(last) or self._syntax(text, error) from error

    def _open_quote(self, last: Event | None) -> _StoppedError | None:
        """A text whose closing quote is missing goes on to the next quote, lines below, where nothing fits any more."""
        if not isinstance(last, ScalarEvent) or not last.style or last.style not in "'\"":
            return None
        if not last.start_mark or not last.end_mark or last.start_mark.line == last.end_mark.line:
            return None
        message = f"the quote that is opened here is closed in line {last.end_mark.line + 1} only: one is missing"
        return _StoppedError(self.path, _line(last), "Y102", message)

    def _syntax(self, text: str, error: yaml.MarkedYAMLError) -> _StoppedError:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        lines = text.splitlines()
        char = lines[mark.line][mark.column : mark.column + 1] if mark and mark.line < len(lines) else ""
        problem = error.problem or "not readable"
        if "cannot start any token" in problem:
            if char == "\t":
                return _StoppedError(self.path, line, "Y103", "a tab: indent with spaces")
            return _StoppedError(self.path, line, "Y102", f"`{char}` cannot start a value: put the value in quotes")
        problem = next((plain for part, plain in _PROBLEMS.items() if part in problem), problem)
        begun = error.context_mark
        since = f" ({error.context}, line {begun.line + 1})" if error.context and begun else ""
        return _StoppedError(self.path, line, "Y102", f"{problem}{since}")

    def _node(self, event: Event, depth: int) -> tuple[Data, Place]:
        place = Place(_line(event))
        if isinstance(event, ScalarEvent):
            return self._scalar(event), place
        if isinstance(event, AliasEvent):
            self._note(event, "Y106", f"`*{event.anchor}` is an alias: write the value out, or quote text with a `*`")
            return None, place
        if isinstance(event, CollectionStartEvent):
            self._refuse_marks(event)
        if depth > MAX_DEPTH:
            raise _StoppedError(self.path, place.line, "Y109", f"more than {MAX_DEPTH} levels of nesting")
        if isinstance(event, MappingStartEvent):
            return self._mapping(place, depth), place
        return self._sequence(place, depth), place

    def _sequence(self, place: Place, depth: int) -> list[Data]:
        values: list[Data] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            value, inside = self._node(event, depth + 1)
            place.children[len(values)] = inside
            values.append(value)
        return values

    def _mapping(self, place: Place, depth: int) -> dict[str, Data]:
        values: dict[str, Data] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            line = _line(event)
            key = self._key(event, depth)
            value, inside = self._node(next(self.events), depth + 1)
            if key is None:
                continue
            if key in values:
                first = place.children[key].line
                self._note(event, "Y104", f"`{key}` is already written in line {first}: keep one of them")
                continue
            inside.line = line
            values[key] = value
            place.children[key] = inside
        return values

    def _key(self, event: Event, depth: int) -> str | None:
        if isinstance(event, ScalarEvent):
            if event.value == "<<" and not event.style:
                self._note(event, "Y106", "`<<` is a merge key: write the keys out")
                return None
            key = self._scalar(event)
            if isinstance(key, str):
                return key
            self._note(event, "Y110", f"the key `{event.value[:40]}` is not plain text: put it in quotes")
            return None
        self._node(event, depth + 1)
        self._note(event, "Y110", "a key must be a word; a text that begins with `[`, `{` or `*` needs quotes")
        return None

    def _scalar(self, event: ScalarEvent) -> Data:
        self._refuse_marks(event)
        value: str = event.value
        if event.style or event.tag:
            return value
        if value in _WORDS:
            return _WORDS[value]
        if len(value) <= 3 and value.lower() in _SWITCHES:
            self._note(event, "Y105", f"`{value}` reads as true or false to some: write true or false, or quote it")
            return value
        if value[0] in _NUMERIC_START:
            return self._number(value, event)
        return value

    def _number(self, value: str, event: ScalarEvent) -> str | int | float:
        if _INT.fullmatch(value):
            if len(value) > 18:
                self._note(event, "Y111", "a number of more than 17 digits: quote it if it is a name")
                return 0
            return int(value)
        if _FLOAT.fullmatch(value):
            number = float(value)
            if not math.isfinite(number):
                self._note(event, "Y111", "a number too large: quote it if it is a name")
                return 0.0
            return number
        return value

    def _refuse_marks(self, event: ScalarEvent | CollectionStartEvent) -> None:
        if event.anchor:
            self._note(event, "Y106", f"`&{event.anchor}` is an anchor: write the value out where it is used")
        if event.tag:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._note(event, "Y107", f"`{tag[:60]}` is a tag: leave it out, or quote text that begins with `!`")

    def _note(self, event: Event, code: str, message: str) -> None:
        line = _line(event)
        self.findings.append(Finding(self.path, line, code, printable(message)))
        if len(self.findings) >= MAX_FINDINGS:
            raise _StoppedError(self.path, line, "Y102", f"more than {MAX_FINDINGS} errors: the rest is not read")
