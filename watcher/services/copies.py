"""Copies of a document as outlets make them: to measure how many of them fold into its story."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from watcher.model.document import Document
from watcher.sources.identity import content_hash

_OUTLET = "Harbour Courier"
_SENTENCE_END = re.compile(r"(?<=[.!?؟])\s+")
_TEASER = 300
_SENTENCES = 4
_EVERY_WORD = 40
_LONG = 30


def copies_of(document: Document) -> Iterator[tuple[str, Document]]:
    """What was done to it, and the copy: another outlet's, with an address and a content of its own."""
    for what, title, text in _dressed(document.title, document.text):
        yield (
            what,
            replace(
                document,
                id=f"{document.id}:{what}",
                source_id=_OUTLET,
                publisher=_OUTLET,
                url="",
                canonical_url="",
                title=title,
                text=text,
                content_hash=content_hash(title, text),
            ),
        )


def _dressed(title: str, text: str) -> Iterator[tuple[str, str, str]]:
    yield "publisher in the headline", f"{title} - {_OUTLET}", text
    yield "publisher after a bar", f"{title} | {_OUTLET}", text
    yield "flagged", f"BREAKING: {title}", text
    yield "capitals", title.upper(), text
    yield "dateline", title, f"LONDON, May 3 ({_OUTLET}) - {text}"
    yield "credits", title, f"{text}\n\nReporting by Jane Doe; Editing by John Roe\nRead more: related stories"
    yield "boilerplate", title, f"{text}\n\nSubscribe to our newsletter.\n© 2026 {_OUTLET}. All rights reserved."
    yield "markup", title, f"<p>{text.replace(chr(10) * 2, '</p><p>')}</p>".replace("'", "&rsquo;")
    sentences = _SENTENCE_END.split(text)
    if len(sentences) >= _SENTENCES:
        yield "cut end", title, " ".join(sentences[: len(sentences) * 3 // 5])
    if len(text) > _TEASER:
        yield "teaser", title, text[:_TEASER].rpartition(" ")[0] + "…"
    words = text.split(" ")
    if len(words) > _LONG:
        changed = ["reportedly" if at % _EVERY_WORD == _LONG else word for at, word in enumerate(words)]
        yield "changed words", title, " ".join(changed)
