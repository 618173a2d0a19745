"""What newsrooms put around a report and a copy does not share: publisher names, datelines, by-lines, teasers.

Works on plain text with its case, before it is cut into tokens. Taking too little away costs some similarity; taking
too much could make two reports alike, so anything in doubt stays.
"""

from __future__ import annotations

import re

from watcher.stories.vocabulary import NEWSROOMS
from watcher.stories.wording import tokens

_SUFFIX = re.compile(r"\s[|•]\s|\s[-–—]\s")
_FLAG = re.compile(
    r"^\s*[\[(]?(?:breaking(?: news)?|urgent|exclusive|update ?\d{0,2}|updated|live|watch|video|just in|"
    r"срочно|молния|عاجل|فوری|eilmeldung|urgente|alerte|son dakika)[\])]?\s*[:\-–—|]\s*",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"^\W*(?:(?:additional |writing and )?(?:reporting|writing|editing) by\b|compiled by\b|read (?:more|also|next)\b|"
    r"see also\b|related:|more on this story\b|subscribe\b|sign up\b|follow us\b|click here\b|advertisement\b|"
    r"share this\b|photo:|image:|our standards:|copyright\b|©|all rights reserved\b|"
    r"the post .{0,200} appeared first on\b|continue reading\b|\[…\]|\[\+\d+ chars\]|"
    r"читайте также\b|подробнее\b|اقرأ (?:أيضا|المزيد)|بیشتر بخوانید)",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\(?\b(?:Additional reporting|Reporting|Writing|Editing) by [A-Z][^\n]{0,300}$|\bRead more\W{0,3}$|"
    r"\bThe post .{0,200} appeared first on .{0,80}$|(?:…|\.\.\.|\[…\])\s*$"
)
_DASH = re.compile(r"\s*(?:[—–]|\s-{1,2}\s|:\s)\s*")
_AGENCY_END = re.compile(r"\([^()]{2,40}\)$")
_SEGMENT_WORDS = 5
_DATELINE_REACH = 90
_TEASER_WORDS = 20


def headline(title: str, publisher: str) -> str:
    """`title` without flags ("BREAKING:") and without a publisher at its end (" | BBC News", " - Reuters").

    A part after a dash goes only if it names `publisher` or a newsroom; one after a bar goes anyway. At least three
    words always stay.
    """
    title = _FLAG.sub("", title.strip())
    for _ in range(2):
        cut = _last_separator(title)
        if cut is None or not _is_publisher(title, cut, publisher):
            break
        title = title[: cut.start()].rstrip()
    return title


def body(text: str) -> str:
    """`text` without its dateline, its lines of boilerplate and the credits at its end."""
    kept = [line for line in text.splitlines() if line.strip() and not _NOISE.match(line)]
    if kept:
        kept[0] = without_dateline(kept[0])
        kept[-1] = _TAIL.sub("", kept[-1])
    return _without_torn_word("\n".join(kept))


def without_dateline(text: str) -> str:
    """`text` without "BAGHDAD, April 5 (Wire) —", "Tallinn –" or "(Reuters) -" at its beginning."""
    text, start = text.lstrip(), 0
    for dash in _DASH.finditer(text, 0, _DATELINE_REACH):
        # An agency's dateline may follow a newspaper's own.
        if _is_dateline(text[start : dash.start()].strip(), dash.group().strip()):
            start = dash.end()
    return text[start:]


def _without_torn_word(text: str) -> str:
    """Teasers are cut after a number of characters: half a word at their end would be a word of their own."""
    text = text.rstrip()
    if not text or not text[-1].isalnum() or text.count(" ") < _TEASER_WORDS:
        return text
    return text.rpartition(" ")[0]


def _last_separator(title: str) -> re.Match[str] | None:
    found = list(_SUFFIX.finditer(title))
    return found[-1] if found else None


def _is_publisher(title: str, cut: re.Match[str], publisher: str) -> bool:
    segment, rest = tokens(title[cut.end() :]), tokens(title[: cut.start()])
    if not 0 < len(segment) <= _SEGMENT_WORDS or len(rest) < 3:
        return False
    if cut.group().strip() not in "-–—":
        return True
    return not NEWSROOMS.isdisjoint(segment) or "".join(segment) in "".join(tokens(publisher))


def _is_dateline(head: str, dash: str) -> bool:
    if _AGENCY_END.search(head):
        return True
    place = head.split(",", maxsplit=1)[0].split("(", maxsplit=1)[0].strip()
    words = place.split()
    if not 0 < len(words) <= 4 or any(char in place for char in ".!?"):
        return False
    if place.isupper():
        return True
    # "Basra – " is a place, "Minister: " is a speaker.
    return dash != ":" and len(words) <= 3 and (place.istitle() or place == place.casefold() == place.upper())
