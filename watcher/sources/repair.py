"""The two mistakes that most feeds which are not quite XML make: bare ampersands, and HTML's names for characters."""

from __future__ import annotations

import re
from html.entities import html5

_AMPERSAND = re.compile(r"&(?:#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|([A-Za-z][A-Za-z0-9]{1,31});)?")
_OWN = re.compile(r"""<!ENTITY\s+([A-Za-z][A-Za-z0-9]{0,31})\s+(?:"([^&"<%]{0,500})"|'([^&'<%]{0,500})')\s*>""")
_MAX_GROWTH = 2_000_000
"""Characters that a feed's own entities may add to it."""
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})


def repaired(text: str) -> str:
    """The feed with bare ampersands escaped and named characters written out; CDATA sections stay as they are.

    Names that the feed declares itself are written out too, if they stand for a few plain characters.
    """
    own = _own(text)

    def mended(found: re.Match[str]) -> str:
        return own.get(found.group(1), "") or _mended(found)

    first, *sections = text.split("<![CDATA[")
    pieces = [_AMPERSAND.sub(mended, first)]
    for section in sections:
        inside, end, after = section.partition("]]>")
        pieces.append(f"<![CDATA[{inside}{end}{_AMPERSAND.sub(mended, after)}")
    return "".join(pieces)


def _own(text: str) -> dict[str | None, str]:
    if "<!ENTITY" not in text:
        return {}
    found: dict[str | None, str] = {name: double or single for name, double, single in _OWN.findall(text[:100_000])}
    longest = max(map(len, found.values()), default=0)
    return found if longest * text.count("&") <= _MAX_GROWTH else {}


def _mended(found: re.Match[str]) -> str:
    whole, name = found.group(), found.group(1)
    if whole == "&":
        return "&amp;"
    if name is None or name in _XML_NAMES:
        return whole
    characters = html5.get(f"{name};")
    return f"&amp;{whole[1:]}" if characters is None or characters in "<>&\"'" else characters
