"""The content of an element, however the feed has packed it: escaped, as XHTML, or in base64."""

from __future__ import annotations

import base64
from html import escape

from lxml import etree

_XHTML = frozenset({"xhtml", "application/xhtml+xml"})
_NOT_PACKED = frozenset({"text", "html", "xhtml", "plain"})


def content(node: etree._Element) -> str:
    """Markup or text of the node. Child elements, XHTML or a forgotten escape, are written out again as markup."""
    text = node.text or ""
    kind = node.get("type")
    if len(node):
        # In XHTML a "&lt;" means the character; elsewhere it begins a tag that was escaped.
        text = escape(text, quote=False) if kind is not None and kind.lower() in _XHTML else text
        return text + "".join([etree.tostring(child, encoding="unicode") for child in node])
    return _unpacked(text) if _is_base64(kind, node.get("mode")) else text


def _is_base64(kind: str | None, mode: str | None) -> bool:
    """Atom 0.3 says it in `mode`; in Atom 1.0 every type that is neither text nor XML is base64 (RFC 4287, 4.1.3.3)."""
    if mode == "base64":
        return True
    if kind is None or kind in _NOT_PACKED or kind.startswith("text/"):
        return False
    return "/" in kind and not kind.endswith(("+xml", "/xml"))


def _unpacked(text: str) -> str:
    try:
        return base64.b64decode(text).decode()
    except ValueError:
        return text
