"""Which items are new, which are edited, which were there already. Pure.

A document is known by its guid, its canonical URL and its content; feeds get each of the three wrong in their own way:
guids that change with every poll, one guid for all items, all items linking to the homepage. So each of them counts
only where it tells items apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from watcher.model.document import Document, Item, Source
from watcher.sources.links import canonical_url, identifies

__all__ = ["Arrivals", "canonical_url", "content_hash", "resolve"]

_TELLING_TEXT = 200
"""Characters of text from which equal content is the same item although guid and URL differ."""

_ALIKE = 0.5
"""Share of common words from which two texts are versions of each other."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What a poll brought: documents never seen, those edited in title, text or date, and how many are as before."""

    new: tuple[Document, ...]
    revised: tuple[Document, ...]
    unchanged: int


def content_hash(title: str, text: str) -> str:
    """Hex SHA-256 over title and text; white space and case do not count."""
    normal = "\n".join(" ".join(part.split()).casefold() for part in (title, text))
    return sha256(normal.encode("utf-8", "surrogatepass")).hexdigest()


def resolve(
    source: Source, items: Sequence[Item], known: Sequence[Document], now: datetime, new_id: Callable[[], str]
) -> Arrivals:
    """Compare what a poll brought with what is known of its source.

    `known` are documents of the source; those of other sources are ignored. Within one poll the first item of a
    document counts (feeds put the newest first). A document that is not among `known` is new, so `known` must contain
    at least all that share a guid, a canonical URL or a content hash with the items.
    """
    register = _Register(source, known)
    candidates = [_Candidate(item, canonical_url(item.url), content_hash(item.title, item.text)) for item in items]
    register.learn(candidates)
    new: dict[str, Document] = {}
    revised: list[Document] = []
    touched: set[str] = set()
    unchanged = 0
    for candidate in candidates:
        document = register.find(candidate)
        if document is None:
            document = _document(source, candidate, now, new_id())
            new[document.id] = document
            register.add(document)
        elif document.id in touched or not _edited(document, candidate):
            unchanged += 1
        else:
            revised.append(_revision(document, candidate))
        touched.add(document.id)
    return Arrivals(tuple(new.values()), tuple(revised), unchanged)


@dataclass(frozen=True, slots=True)
class _Candidate:
    item: Item
    url: str
    hash: str


@dataclass(slots=True)
class _Register:
    """The documents of one source by guid, URL and content, and which guids and URLs tell items apart."""

    source: Source
    documents: Iterable[Document]
    by_guid: dict[str, list[Document]] = field(default_factory=lambda: defaultdict(list))
    by_url: dict[str, list[Document]] = field(default_factory=lambda: defaultdict(list))
    by_hash: dict[str, list[Document]] = field(default_factory=lambda: defaultdict(list))
    shared_guids: set[str] = field(default_factory=set)
    shared_urls: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for document in self.documents:
            if document.source_id == self.source.id:
                self.add(document)

    def add(self, document: Document) -> None:
        """File the document under all that it is known by."""
        if document.guid:
            self.by_guid[document.guid].append(document)
        if document.canonical_url:
            self.by_url[document.canonical_url].append(document)
        self.by_hash[document.content_hash].append(document)

    def learn(self, candidates: Sequence[_Candidate]) -> None:
        """Find the guids and URLs that several different items of this poll, or several documents, have in common."""
        several = _several(each.item.guid for each in candidates)
        alike = [each for each in candidates if each.item.guid in several]
        self.shared_guids = _several(guid for guid, _ in {(each.item.guid, self._place(each)) for each in alike})
        self.shared_urls = _several(url for url, _ in {(each.url, each.hash) for each in candidates})

    def _place(self, candidate: _Candidate) -> str:
        """What tells items of one guid apart: their links, or their content if the links say nothing."""
        return candidate.url if identifies(candidate.url, self.source.url) else candidate.hash

    def find(self, candidate: _Candidate) -> Document | None:
        """The document that the candidate is, or None."""
        return self._by_guid(candidate) or self._by_url(candidate) or self._by_content(candidate)

    def _by_guid(self, candidate: _Candidate) -> Document | None:
        guid = candidate.item.guid
        found = self.by_guid.get(guid, []) if guid else []
        same = [document for document in found if document.canonical_url == candidate.url]
        if guid not in self.shared_guids and len(found) == 1:
            only = found[0]
            if same or not (only.canonical_url and candidate.url) or _alike(only, candidate):
                return only
            return None
        if len(same) == 1 and candidate.url and candidate.url not in self.shared_urls:
            return same[0]
        return _first(same, candidate.hash) or _first(found, candidate.hash)

    def _by_url(self, candidate: _Candidate) -> Document | None:
        if candidate.item.guid_only:
            return None
        found = self.by_url.get(candidate.url, []) if candidate.url else []
        if len(found) == 1 and candidate.url not in self.shared_urls and identifies(candidate.url, self.source.url):
            return found[0]
        return _first(found, candidate.hash)

    def _by_content(self, candidate: _Candidate) -> Document | None:
        if candidate.item.guid_only:
            return None
        found = self.by_hash.get(candidate.hash, [])
        if len(candidate.item.text) >= _TELLING_TEXT:
            return found[0] if found else None
        return next((document for document in found if not (document.canonical_url and candidate.url)), None)


def _several(values: Iterable[str]) -> set[str]:
    """Those that occur more than once."""
    return {value for value, count in Counter(values).items() if count > 1}


def _first(documents: Sequence[Document], digest: str) -> Document | None:
    return next((document for document in documents if document.content_hash == digest), None)


def _alike(document: Document, candidate: _Candidate) -> bool:
    """Whether two items that share a guid but no URL are one: the same title, or mostly the same words."""
    if document.title.casefold() == candidate.item.title.casefold():
        return True
    ours = set(f"{document.title} {document.text}".casefold().split())
    theirs = set(f"{candidate.item.title} {candidate.item.text}".casefold().split())
    return bool(ours) and len(ours & theirs) / len(ours | theirs) >= _ALIKE


def _edited(document: Document, candidate: _Candidate) -> bool:
    if document.content_hash != candidate.hash:
        return True
    date = candidate.item.published_at
    return date is not None and date != document.published_at


def _revision(document: Document, candidate: _Candidate) -> Document:
    item = candidate.item
    return replace(
        document,
        url=item.url or document.url,
        canonical_url=candidate.url or document.canonical_url,
        title=item.title,
        text=item.text,
        language=document.language or item.language,
        published_at=item.published_at or document.published_at,
        content_hash=candidate.hash,
        version=document.version + 1,
    )


def _document(source: Source, candidate: _Candidate, now: datetime, document_id: str) -> Document:
    item = candidate.item
    return Document(
        id=document_id,
        source_id=source.id,
        publisher=item.publisher or source.publisher,
        guid=item.guid,
        url=item.url,
        canonical_url=candidate.url,
        title=item.title,
        text=item.text,
        language=source.language or item.language,
        published_at=item.published_at,
        first_seen_at=now,
        content_hash=candidate.hash,
        tags=source.tags,
        trust=source.trust,
    )
