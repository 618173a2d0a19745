"""Markup to plain text, and text to text that is safe to keep. Every function takes time linear in its input."""

from __future__ import annotations

import html
import re
from html.entities import html5

MAX_TEXT = 100_000
"""Characters kept of an item's text."""

MAX_TITLE = 1_000
"""Characters kept of a title."""

_MAX_MARKUP = 2_000_000
_MAX_ATTRIBUTE = 4_000

# C0 and C1 controls but for tab and newlines, soft hyphens and zero-width spaces, marks and overrides of direction,
# lone surrogates, non-characters. ZWNJ and ZWJ stay: Persian is misspelt without them.
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufffe\uffff]"
)
# The same for what is ASCII throughout, as most texts are; a carriage return is a newline, other white space a blank.
_ASCII_CONTROLS = bytes([*range(9), *range(0x0E, 0x20), 0x7F])
_ASCII = bytes.maketrans(b"\t\v\f\r", b"   \n")
# Many write the bytes 0x80 to 0x9F of Windows as if they were Unicode's; those are controls that nobody means.
_WINDOWS = {code: bytes([code]).decode("cp1252", "ignore") or None for code in range(0x80, 0xA0)}
_C1 = re.compile("[\x80-\x9f]")
_SPACES = re.compile(r"[^\S\n]+")
_TAG_STOP = re.compile("[\"'>]")
_TAG_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_MAX_NAME = 12
# What most texts refer to; numbers beyond these and mistakes are left to the standard library, which takes longer.
_CHARACTERS = {name[:-1]: text for name, text in html5.items() if name.endswith(";") and len(name) <= _MAX_NAME}
_CHARACTERS |= {
    f"#{code}": chr(code) for code in (9, 10, *range(0x20, 0x7F), *range(0xA0, 0x250), *range(0x2010, 0x2040))
}
_CHARACTERS |= {f"#0{code}": chr(code) for code in range(0x20, 0x7F)}
# How names begin that are known without a semicolon ("&copy 2026"), and names too long for the table above.
_OLD_NAMES = {name[:2] for name in html5 if not name.endswith(";") or len(name) > _MAX_NAME}
_LONG_NUMBER = re.compile(r"&#[0-9]{8,}+;?|&#[xX][0-9a-fA-F]{7,}+;?")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_ESCAPED_TWICE = re.compile(r"</(?:p|div|a|strong|em|b|i|li|span)>|<br ?/?>")
# A tag whose attributes are in order; what is not matched by it takes the slow way.
_PLAIN_TAG = re.compile(
    r"""<(/?[A-Za-z][A-Za-z0-9]*)(?:[\s/][^<>"']*+(?:"[^<>"]*+"[^<>"']*+|'[^<>']*+'[^<>"']*+)*+)?>"""
)
_HIDDEN = frozenset({"script", "style", "template", "noscript", "iframe", "svg", "object"})
_CLOSING = {name: re.compile(f"</{name}\\b", re.IGNORECASE) for name in _HIDDEN}
# fmt: off
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "center", "dd", "details", "dialog", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html",
    "li", "main", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr",
    "ul",
})
# fmt: on
_CELLS = frozenset({"td", "th", "img", "input", "select", "button"})
_GAPS = dict.fromkeys([*_BLOCKS, *(f"/{name}" for name in _BLOCKS)], "\n") | dict.fromkeys(
    [*_CELLS, *(f"/{name}" for name in _CELLS)], " "
)


def html_to_text(markup: str) -> str:
    """The text that a reader would see; blocks on lines of their own, scripts and styles left out.

    Markup that was escaped twice over, as some feeds do, is undone twice.
    """
    if "<" in markup:
        markup = _without_tags(markup[:_MAX_MARKUP])
    if "&" in markup:
        markup = unescape(markup[:_MAX_MARKUP])
        if "<" in markup and _ESCAPED_TWICE.search(markup):
            markup = unescape(_without_tags(markup))
    return tidy(markup)


def tidy(text: str) -> str:
    """Without control, invisible and direction characters; white space single, lines trimmed, no empty lines."""
    text = text.encode().translate(_ASCII, _ASCII_CONTROLS).decode() if text.isascii() else _spaced(text)
    # Replacing what is there costs a look each; expressions cost ten times that, and this is done for every text.
    while "  " in text:
        text = text.replace("  ", " ")
    if "\n" in text:
        return "\n".join(filter(None, map(str.strip, text.split("\n"))))
    return text.strip()


def _spaced(text: str) -> str:
    """Nothing that is unwanted, and of white space only blanks and newlines."""
    text = text.replace("\u00a0", " ").replace("\t", " ").replace("\r", "\n")
    if text.replace("\n", "").replace("\u200c", "").replace("\u200d", "").isprintable():
        return text
    text = text.replace("\u2028", "\n").replace("\u2029", "\n")
    text = text.translate(_WINDOWS) if _C1.search(text) else text
    return _SPACES.sub(" ", _UNWANTED.sub("", text))


def one_line(text: str) -> str:
    """Tidy, with a space for each newline."""
    return tidy(text).replace("\n", " ")


def title_text(raw: str) -> str:
    """A title on one line. Feeds escape titles once too often, or twice: markup and entities are undone up to twice."""
    text = raw[: MAX_TITLE * 20]
    if "&" in text or "<" in text:
        for _ in range(2):
            if not (_ENTITY.search(text) or _MARKUP.search(text)):
                break
            text = html_to_text(text)
    return one_line(text)[:MAX_TITLE].rstrip()


def capped(text: str) -> tuple[str, bool]:
    """At most MAX_TEXT characters, and whether some were cut off."""
    return text[:MAX_TEXT], len(text) > MAX_TEXT


def unescape(text: str) -> str:
    """Entities to characters. A number with thousands of digits is no character, and Python would refuse to read it."""
    first, *rest = text.split("&")
    pieces = [first]
    for piece in rest:
        end = piece.find(";", 0, _MAX_NAME)
        character = _CHARACTERS.get(piece[:end]) if end > 0 else None
        if character is not None:
            pieces.append(character)
            pieces.append(piece[end + 1 :])
        elif piece[:1] == "#" or piece[:2] in _OLD_NAMES:
            pieces.append(html.unescape(_LONG_NUMBER.sub("\ufffd", f"&{piece}")))
        else:
            pieces.append(f"&{piece}")
    return "".join(pieces)


def _without_tags(markup: str) -> str:
    """What is left of markup outside of its tags, in which entities still are; in one sweep if it is in good order."""
    parts = _PLAIN_TAG.split(markup)
    names = [name.lower() for name in parts[1::2]]
    if _HIDDEN.isdisjoint(names):
        parts[1::2] = [_GAPS.get(name, "") for name in names]
        text = "".join(parts)
        # A "<" that is left is a comment, a broken tag or plain text.
        if "<" not in text:
            return text
    return "".join(_visible(markup))


def _visible(markup: str) -> list[str]:
    """The pieces of text outside of tags, comments and hidden elements."""
    pieces: list[str] = []
    position = 0
    while True:
        start = markup.find("<", position)
        if start < 0:
            pieces.append(markup[position:])
            return pieces
        pieces.append(markup[position:start])
        position = _after_markup(markup, start, pieces)
        if position < 0:
            return pieces


def _after_markup(markup: str, start: int, pieces: list[str]) -> int:
    """Where text goes on after the "<" at `start`; -1 when nothing visible follows."""
    if markup.startswith("<!--", start):
        end = markup.find("-->", start + 2)
        return end + 3 if end >= 0 else -1
    if markup.startswith("<![CDATA[", start):
        end = markup.find("]]>", start)
        pieces.append(markup[start + 9 : end if end >= 0 else len(markup)])
        return end + 3 if end >= 0 else -1
    if markup.startswith(("<!", "<?"), start):
        end = markup.find(">", start)
        return end + 1 if end >= 0 else -1
    name = _TAG_NAME.match(markup, start)
    if name is None:
        pieces.append("<")
        return start + 1
    end = _tag_end(markup, name.end())
    if end < 0:
        pieces.append(markup[start:])
        return -1
    return _after_tag(markup, name, end, pieces)


def _after_tag(markup: str, tag: re.Match[str], end: int, pieces: list[str]) -> int:
    name = tag.group(1).lower()
    if name in _HIDDEN and markup[tag.start() + 1] != "/" and markup[end - 1] != "/":
        closing = _CLOSING[name].search(markup, end)
        return closing.start() if closing else -1
    if name in _BLOCKS:
        pieces.append("\n")
    elif name in _CELLS:
        pieces.append(" ")
    return end + 1


def _tag_end(markup: str, position: int) -> int:
    """The index of the ">" that ends a tag, past quoted attribute values; -1 if there is none."""
    while True:
        stop = _TAG_STOP.search(markup, position)
        if stop is None:
            return -1
        position = stop.end()
        if stop.group() == ">":
            return stop.start()
        if markup[stop.start() - 1] == "=":
            closing = markup.find(stop.group(), position, position + _MAX_ATTRIBUTE)
            position = closing + 1 if closing >= 0 else position
