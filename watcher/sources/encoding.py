"""Bytes to characters, although sources do not always tell the truth about their encoding."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_XML_DECLARATION = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_HTML_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._-]{1,40})", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)

# What browsers take these labels for (WHATWG Encoding): the Windows code page holds all that the standard one holds.
_ALIASES = {"iso-8859-1": "windows-1252", "latin-1": "windows-1252", "latin1": "windows-1252", "ascii": "windows-1252",
            "us-ascii": "windows-1252", "iso-8859-9": "windows-1254", "gb2312": "gb18030", "gbk": "gb18030",
            "windows-31j": "cp932", "x-sjis": "cp932", "ks_c_5601-1987": "cp949", "euc-kr": "cp949"}  # fmt: skip
_UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
_FOREIGN = re.compile(rb"[\x80-\xff]{4}")
_LIKE_ASCII = frozenset({"utf-8", "utf8", "windows-1252"})


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, which encoding gave it, and how many bytes meant nothing and became U+FFFD."""

    text: str
    encoding: str
    replaced: int = 0


def decode(body: bytes, content_type: str) -> Decoded:
    """Decode by BOM, what the document declares, what the server says, UTF-8, in this order: the first that fits.

    If none fits, Windows-1252 if that is what it looks like, or else UTF-8 with replacement characters, which are
    counted; a single-byte encoding that was named wins over that only when it fits, so that a wrong label does not turn
    good UTF-8 into rubbish.
    """
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return _lenient(body, encoding)
    # UTF-16 without a mark: a "<", and then the other half of a letter.
    if body[:2] in (b"<\x00", b"\x00<") and body[2:4].strip(b"\x00"):
        return _lenient(body, "utf-16-le" if body[:1] == b"<" else "utf-16-be")
    text = _utf8(body)
    named = [name for name in (_declared(body), _in_header(content_type)) if name]
    # Valid UTF-8 with something beyond ASCII in it is UTF-8 whatever the label says: nothing else looks like it. Pure
    # ASCII may be ISO-2022-JP or UTF-7; there the label decides.
    if text is not None and (not body.isascii() or not named or named[0] in _LIKE_ASCII):
        return Decoded(text, "utf-8")
    for encoding in named:
        try:
            return Decoded(body.decode(encoding), encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    if text is not None:
        return Decoded(text, "utf-8")
    return _western(body) or _lenient(body, _best_effort(named))


def _western(body: bytes) -> Decoded | None:
    """Windows-1252 that was called UTF-8: not one letter of UTF-8 beyond ASCII, and nowhere more than a few such bytes
    on end, as Cyrillic or Chinese in an encoding of their own would have."""
    if _UTF8_LETTER.search(body) or _FOREIGN.search(body):
        return None
    try:
        return Decoded(body.decode("cp1252"), "windows-1252")
    except UnicodeDecodeError:
        return None


def _utf8(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def mended(text: str) -> str:
    """The text, undone if it is UTF-8 that somebody took for Latin-1: "â\x80¦" for an ellipsis."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _best_effort(named: list[str]) -> str:
    return next((name for name in named if name.startswith(("windows-", "cp", "gb", "big5"))), "utf-8")


def _declared(body: bytes) -> str | None:
    head = body[:2048]
    found = _XML_DECLARATION.search(head) or _HTML_META.search(head)
    return _known(found.group(1).decode("ascii")) if found else None


def _in_header(content_type: str) -> str | None:
    found = _HEADER.search(content_type)
    return _known(found.group(1)) if found else None


def _known(label: str) -> str | None:
    name = _ALIASES.get(label.lower(), label.lower())
    try:
        info = codecs.lookup(name)
    except LookupError:
        return None
    # "hex", "zlib" and "rot13" are codecs to Python too, and zlib would be a bomb; utf-7 hides markup.
    if not getattr(info, "_is_text_encoding", False) or info.name in ("utf-7", "idna", "punycode", "unicode_escape"):
        return None
    return name


def _lenient(body: bytes, encoding: str) -> Decoded:
    text = body.decode(encoding, "replace").removeprefix("\ufeff")
    return Decoded(text, encoding, text.count("\ufffd"))
