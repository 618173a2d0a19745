"""The two mistakes that most feeds which are not quite XML make: bare ampersands, and HTML's names for characters."""

from __future__ import annotations

import re
from html.entities import html5

_AMPERSAND = re.compile(r"&(?:#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|([A-Za-z][A-Za-z0-9]{1,31});)?")
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})


def repaired(text: str) -> str:
    """The feed with bare ampersands escaped and named characters written out; CDATA sections stay as they are."""
    first, *sections = text.split("<![CDATA[")
    pieces = [_AMPERSAND.sub(_mended, first)]
    for section in sections:
        inside, end, after = section.partition("]]>")
        pieces.append(f"<![CDATA[{inside}{end}{_AMPERSAND.sub(_mended, after)}")
    return "".join(pieces)


def _mended(found: re.Match[str]) -> str:
    whole, name = found.group(), found.group(1)
    if whole == "&":
        return "&amp;"
    if name is None or name in _XML_NAMES:
        return whole
    characters = html5.get(f"{name};")
    return f"&amp;{whole[1:]}" if characters is None or characters in "<>&\"'" else characters
