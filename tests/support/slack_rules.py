"""What Slack refuses in a message or a view, and what would not show as it was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")
_CONTROL = re.compile(r"<([^<>]*)>")
_LINK = re.compile(r"https?://[^\s|<>]+(\|[^<>]*)?")
_DATE = re.compile(r"!date\^\d{1,12}\^[^<>|^]+\|[^<>|]+")
_QUOTE = re.compile(r"^> ", re.MULTILINE)
_KINDS = {"header", "section", "context", "divider", "actions"}


def problems(arguments: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(error code, what is wrong) for everything that Slack would refuse, or that would not show as it was meant."""
    text, blocks = arguments.get("text", ""), arguments.get("blocks", [])
    if not text:
        yield "no_text", "text is what screen readers get"
    if _units(text) > 4_000:
        yield "msg_too_long", "text beyond 4,000"
    if len(blocks) > 50:
        yield "invalid_blocks", "more than 50 blocks"
    if sum(_units(found["text"]) for block in blocks for found in _texts(block)) > 10_000:
        yield "msg_blocks_too_long", "more than 10,000 in all"
    yield from _all_blocks(blocks)
    yield from (("invalid_blocks", problem) for problem in _markup_problems(text))


def view_problems(view: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The same for a modal."""
    if view.get("type") != "modal" or not 1 <= _units(view.get("title", {}).get("text", "")) <= 24:
        yield "invalid_arguments", "a modal has a title of 1 to 24 characters"
    if not 1 <= len(view.get("blocks", [])) <= 100:
        yield "invalid_arguments", "a view has 1 to 100 blocks"
    if len(view.get("private_metadata", "")) > 3_000:
        yield "invalid_arguments", "private_metadata has at most 3,000 characters"
    yield from _all_blocks(view.get("blocks", []))


def _all_blocks(blocks: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)):
        yield "invalid_blocks", "a block_id stands twice"
    for block in blocks:
        for problem in _block_problems(block):
            yield "invalid_blocks", problem


def _action_problems(block: dict[str, Any]) -> Iterator[str]:
    elements = block.get("elements", [])
    if not 1 <= len(elements) <= 25:
        yield "actions have 1 to 25 elements"
    names = [element.get("action_id", "") for element in elements]
    if len(names) != len(set(names)) or not all(0 < len(name) <= 255 for name in names):
        yield "an action_id is missing, too long, or stands twice"
    for element in elements:
        options = element.get("options", [])
        if element["type"] == "button" and not 1 <= _units(element["text"]["text"]) <= 75:
            yield "a button's text has 1 to 75 characters"
        if len(element.get("value", "")) > 2_000:
            yield "a button's value has at most 2,000 characters"
        if element["type"] == "static_select" and not 1 <= len(options) <= 100:
            yield "a select has 1 to 100 options"
        if any(len(option["value"]) > 150 or _units(option["text"]["text"]) > 75 for option in options):
            yield "an option is too long"


def _block_problems(block: dict[str, Any]) -> Iterator[str]:
    kind = block.get("type")
    if kind not in _KINDS:
        yield f"unknown block {kind}"
    if len(block.get("block_id", "")) > 255:
        yield "a block_id has at most 255 characters"
    if kind == "actions":
        yield from _action_problems(block)
        return
    if kind == "header" and (block["text"]["type"] != "plain_text" or _units(block["text"]["text"]) > 150):
        yield "a header is plain_text of at most 150"
    if kind == "context" and not 1 <= len(block["elements"]) <= 10:
        yield "a context has 1 to 10 elements"
    for found in _texts(block):
        if not 1 <= _units(found["text"]) <= 3_000:
            yield "a text has 1 to 3,000 characters"
        if found["type"] == "mrkdwn":
            yield from _markup_problems(found["text"])


def _texts(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "text" in block:
        yield block["text"]
    if block.get("type") != "actions":
        yield from block.get("elements", [])
    yield from block.get("fields", [])


def _markup_problems(text: str) -> Iterator[str]:
    if _ENTITY.search(text):
        yield "a bare ampersand"
    links = _CONTROL.findall(text)
    if text.count("<") != len(links) or text.count(">") - len(_QUOTE.findall(text)) != len(links):
        yield "a bare angle bracket"
    for link in re.findall(r"<([^<>]*)>", text):
        if not _LINK.fullmatch(link) and not _DATE.fullmatch(link):
            yield f"a mention or a link that is not http(s): {link[:50]}"
    if any("\ud800" <= character <= "\udfff" for character in text):
        yield "half a surrogate pair"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
