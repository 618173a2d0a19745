"""What is compared of a document, in a few hundred bytes: sketch, headline, lead, numbers, and keys to find it by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from itertools import combinations
from sys import intern

from watcher.model.document import Document
from watcher.model.match import Match
from watcher.model.story import Signature
from watcher.stories.features import features
from watcher.stories.roundup import ROUNDUP, is_roundup
from watcher.stories.trimming import body, headline
from watcher.stories.wording import is_number, names, plain, telling, tokens

SKETCH_SIZE = 64
"""Hashes kept of a text: the standard error of an estimated similarity is then at most 0.06."""

SHINGLE = 2
"""Words in a shingle. Two bear a copy editor's changes better than the usual three or more."""

MIN_CONTENT = 4
"""Words below which equal content proves nothing: items without title and text must not pool in one story."""

_LEAD_WORDS = 40
_TITLE_WORDS = 40
_NUMBERS_REACH = 200  # words
_NAMES_REACH = 1_500  # characters
_NAMES = 80
_SKETCH_KEYS = 12
_PAIR_WORDS = 5
_FEATURE_KEYS = 10
_RARE_NAME = 7  # with its kind: five consonants
_HASH_MASK = (1 << 63) - 1


def sign(document: Document, language: str = "", matches: Sequence[Match] = ()) -> Signature:
    """The signature of `document`. At most 60 keys; the same on every machine and in every process.

    `language` and `matches` are what detection found; without them, only other words in one language are seen through.

    A content hash or canonical URL that would pool unrelated items (next to no words; a site's
    front page) is left empty.
    """
    head = headline(plain(document.title), document.publisher)
    title = tokens(head)
    told = body(plain(document.text))
    text = tokens(told)
    words, told_words = telling(title)[:_TITLE_WORDS], telling(text)
    title_tokens = frozenset(map(intern, words))
    sketch = _sketch(title, text)
    url = document.canonical_url if _points_at_an_article(document.canonical_url) else ""
    content_hash = document.content_hash if len(title) + len(text) >= MIN_CONTENT else ""
    fired = [match for match in matches if match.alert]
    day = (document.published_at or document.first_seen_at).date()
    language = language or document.language or "en"
    found = features(
        head,
        told,
        language[:2],
        day,
        list(dict.fromkeys(plain(match.sentence) for match in fired)),
        dict.fromkeys(one.text for match in fired for one in match.evidence),
    )
    signals = frozenset(match.signal_id for match in fired)
    return Signature(
        document_id=document.id,
        publisher=document.publisher,
        canonical_url=url,
        content_hash=content_hash,
        sketch=sketch,
        title_tokens=title_tokens,
        lead_tokens=frozenset(map(intern, told_words[:_LEAD_WORDS])),
        numbers=frozenset(word for word in (*words, *told_words[:_NUMBERS_REACH]) if is_number(word)),
        keys=_keys(url, content_hash, title_tokens, sketch)
        + tuple(_hash("fired", signal_id) for signal_id in sorted(signals))
        + tuple(_hash("feature", feature) for feature in _rare(found.kernel)),
        names=frozenset(names(told[:_NAMES_REACH])[:_NAMES]),
        fired=signals,
        near=frozenset(match.signal_id for match in matches) - signals,
        focus=found.focus,
        kernel=found.kernel,
        reach=found.reach,
        topic=found.topic,
        genre=ROUNDUP if is_roundup(document.title, told) else "",
        language=language[:2],
    )


def _sketch(title: list[str], text: list[str]) -> tuple[int, ...]:
    # The text alone if there is one: a rewritten headline does not make another report.
    words = text if len(text) >= MIN_CONTENT else title + text
    hashes = {_hash("shingle", *words[at : at + SHINGLE]) for at in range(max(len(words) - SHINGLE + 1, 0))}
    return tuple(sorted(hashes)[:SKETCH_SIZE])


def _points_at_an_article(url: str) -> bool:
    """A link to a bare host is what feeds without articles of their own give every item."""
    rest = url.partition("://")[2]
    path = rest.partition("/")[2]
    return bool(path.strip("/"))


def _keys(url: str, content_hash: str, title: frozenset[str], sketch: tuple[int, ...]) -> tuple[int, ...]:
    keys: list[int] = []
    if url:
        keys.append(_hash("url", url))
    if content_hash:
        keys.append(_hash("content", content_hash))
    if len(title) >= 3:
        keys.append(_hash("title", *sorted(title)))
    keys += (_hash("sketch", str(value)) for value in sketch[:_SKETCH_KEYS])
    keys += (_hash("pair", *pair) for pair in combinations(_rarest(title), 2))
    return tuple(dict.fromkeys(keys))


def _rare(kernel: frozenset[str]) -> list[str]:
    """Features that few other reports of these days have."""
    found = (one for one in kernel if one[0] in "pl%" or (one[0] == "n" and len(one) >= _RARE_NAME))
    return sorted(sorted(found, key=lambda one: (-len(one), one))[:_FEATURE_KEYS])


def _rarest(title: Iterable[str]) -> list[str]:
    # Long words are rarer than short ones, and no corpus needs to be at hand to know it.
    return sorted(sorted(title, key=lambda word: (-len(word), word))[:_PAIR_WORDS])


def _hash(domain: str, *parts: str) -> int:
    """A 63-bit hash of `parts`, apart for each domain."""
    digest = blake2b("\x1f".join((domain, *parts)).encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") & _HASH_MASK
