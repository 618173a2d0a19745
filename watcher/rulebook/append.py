"""New sources written into the text of sources.yaml: what stands there is not touched, comments and layout included."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import yaml

_PLAIN = re.compile(r"[a-z][a-z0-9-]{0,60}")
_SWITCHES = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
_NOT_NAME = re.compile(r"[^a-z0-9]+")
_LONGEST = 60


class AppendError(ValueError):
    """The file is not written in a way to which a line can be added; the text says what to do."""


@dataclass(frozen=True, slots=True)
class NewSource:
    """What is written of a source; everything else is left to the defaults."""

    id: str
    url: str
    kind: str = "feed"
    tags: tuple[str, ...] = ()
    every: str = ""


def entry(source: NewSource) -> str:
    """One source as YAML in a line: `{id: …, kind: feed, url: "…"}`."""
    parts = [f"id: {_word(source.id)}", f"kind: {_word(source.kind)}", f"url: {_quoted(source.url)}"]
    if source.every:
        parts.append(f"every: {source.every}")
    if source.tags:
        parts.append(f"tags: [{', '.join(_word(tag) for tag in source.tags)}]")
    return "{" + ", ".join(parts) + "}"


def append(text: str, sources: Sequence[NewSource]) -> str:
    """The text with these sources behind the last one. Raises AppendError."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):
        raise AppendError("sources.yaml cannot be read; `watcher check` says why") from None
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    place = _list_of(root)
    if place is None or not place.value:
        return _first(lines, place, sources)
    if place.flow_style:
        raise AppendError("write the list `sources:` with one `- {…}` a line, then sources can be added to it")
    last = place.value[-1]
    indent = " " * place.start_mark.column
    at = _last_line(last) + 1
    return "".join([*lines[:at], *_lines(sources, indent), *lines[at:]])


def name_for(text: str, url: str, taken: Collection[str]) -> str:
    """An id in small letters and hyphens: of a title, else of the address; with a number if it is taken."""
    host = (urlsplit(url).hostname or "source").removeprefix("www.")
    base = slug(text) or slug(host) or "source"
    if base[0].isdigit():
        base = f"s-{base}"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    return name


def slug(text: str) -> str:
    """`Middle East & Gulf` → `middle-east-gulf`; "" if no letter of it can be kept."""
    return _NOT_NAME.sub("-", text.lower()).strip("-")[:_LONGEST].strip("-")


def _word(name: str) -> str:
    """In quotes where YAML would take it for something else than a name."""
    return name if _PLAIN.fullmatch(name) and name not in _SWITCHES else _quoted(name)


def _quoted(text: str) -> str:
    """In double quotes, on one line."""
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"


def _lines(sources: Sequence[NewSource], indent: str) -> list[str]:
    return [f"{indent}- {entry(source)}\n" for source in sources]


def _list_of(root: yaml.Node | None) -> yaml.SequenceNode | None:
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if getattr(key, "value", None) == "sources" and isinstance(value, yaml.SequenceNode):
            return value
    return None


def _first(lines: list[str], place: yaml.SequenceNode | None, sources: Sequence[NewSource]) -> str:
    """The list is empty (`sources: []`) or not there yet."""
    new = ["sources:\n", *_lines(sources, "  ")]
    if place is None:
        return "".join([*lines, *new])
    at = place.start_mark.line
    if not re.fullmatch(r"sources:\s*\[\s*\]\s*(#.*)?", lines[at].strip()):
        raise AppendError("write the empty list as `sources: []`, then sources can be added to it")
    return "".join([*lines[:at], *new, *lines[at + 1 :]])


def _last_line(node: yaml.Node) -> int:
    """The last line of what is written in the node. A block's own end lies behind the comments that follow it."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        inner = node.value[-1]
        node = inner[1] if isinstance(inner, tuple) else inner
    end: int = node.end_mark.line
    # A text in block style ends where the next line begins.
    return end - 1 if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">") else end
