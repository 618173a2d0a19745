"""Replay: what a rulebook would have told of documents in the order of their arrival. In memory, by the same deciders.

Stories and alerts start empty; a story is forgotten when no document can join it any more. Nobody has muted anything,
and everything has a channel: routes, silences and quiet hours are not the rules' doing.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice

from watcher.alerting.composite import Standing
from watcher.alerting.composite_match import as_match
from watcher.alerting.composite_memory import CompositeMemory, firing
from watcher.alerting.figures import tell
from watcher.alerting.memory import AlertMemory
from watcher.detection.engine import Detection, Detector
from watcher.detection.score import corroborated
from watcher.model.alert import Decision, Destination, Speak, ToldFigure
from watcher.model.document import Document
from watcher.model.enrichment import Article
from watcher.model.match import Match, ScoredOn
from watcher.model.rulebook import Rulebook
from watcher.model.signal import Status
from watcher.model.story import Placement, Signature, StoryMember, StoryStatus
from watcher.services.gates import count_decision, count_readings
from watcher.services.identify import alert_id, occurrence_id, story_id
from watcher.services.judging import Case, subject_of
from watcher.services.mentions import Touched, beside, with_publishers
from watcher.services.parts import Part, parts_of
from watcher.stories.candidates import CANDIDATES, in_reach, nearest
from watcher.stories.place import place
from watcher.stories.signature import sign
from watcher.stories.touched import home_of, touched
from watcher.stories.window import Windows

"""Members that a document is compared with, the newest; as many as storage gives."""
_SOMEWHERE = Destination("replay", "nothing is sent")


@dataclass(frozen=True, slots=True)
class Telling:
    """An alert that would have opened or spoken again, and by which document."""

    at: datetime
    document_id: str
    title: str
    url: str
    publisher: str
    story_id: str
    publishers: int
    match: Match
    status: Status
    decision: Decision

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it speaks, without where to."""
        return self.decision.reasons[:-1]


class Stories:
    """The stories that documents can still join, with who tells each. Give the moments in ascending order."""

    def __init__(self, windows: Windows) -> None:
        self._windows = windows
        self._members: deque[StoryMember] = deque()
        self._by_key: dict[int, deque[StoryMember]] = defaultdict(deque)
        self._size: Counter[str] = Counter()
        self._publishers: dict[str, set[str]] = defaultdict(set)

    def place(
        self, document: Document, now: datetime, found: Detection, parts: Sequence[Part] = ()
    ) -> tuple[Placement, Touched]:
        """Decide where the document belongs by what detection found in it, and what else its parts touch; remember it.

        A document is placed once: new versions are not replayed.
        """
        signature = sign(document, found.language, found.matches)

        def alike(one: Signature) -> list[StoryMember]:
            known = (islice(reversed(self._by_key.get(key, ())), CANDIDATES) for key in one.keys)
            return nearest(in_reach(one, members, self._windows, now) for members in known)

        placement = place(signature, alike(signature), now, story_id(document.id), self._windows)
        placed = touched(document.id, [part.signature for part in parts], alike, now, self._windows)
        if placement.status is StoryStatus.NEW and placed:
            placement = home_of(placed)
        member = StoryMember(placement.story_id, signature, placement.status, now)
        self._members.append(member)
        self._size[member.story_id] += 1
        for key in set(signature.keys):
            self._by_key[key].append(member)
        if placement.status is not StoryStatus.DUPLICATE:
            self._publishers[member.story_id].add(signature.publisher)
        others = with_publishers(beside(placement, parts, placed), self._publishers)
        return replace(placement, publishers=max(1, len(self._publishers[member.story_id]))), others

    def forget(self, now: datetime) -> list[str]:
        """Let go of members that nothing can join any more; the stories that ended with them."""
        ended = []
        while self._members and now - self._members[0].seen_at > self._windows.longest:
            member = self._members.popleft()
            for key in set(member.signature.keys):
                self._by_key[key].popleft()
                if not self._by_key[key]:
                    del self._by_key[key]
            self._size[member.story_id] -= 1
            if not self._size[member.story_id]:
                del self._size[member.story_id], self._publishers[member.story_id]
                ended.append(member.story_id)
        return ended


class Replay:
    """Documents in, what would have been told out. `tally` counts documents, matches and decisions.

    `as_live`: shadow and draft signals are judged as if they were live. Of the documents in `follow`, `placed` has the
    stories that they came to.
    """

    def __init__(self, rulebook: Rulebook, *, as_live: bool = False, follow: Collection[str] = ()) -> None:
        self._signals = {signal.id: signal for signal in rulebook.signals}
        self._as_live = as_live
        self._detector = Detector(rulebook.signals, rulebook.lexicons)
        self._composites = [(one, CompositeMemory(one, _begin(one.signal.id))) for one in rulebook.composites]
        self._signals |= {one.signal.id: one.signal for one in rulebook.composites}
        self._stories = Stories(Windows(rulebook.signals))
        self._alerts = AlertMemory(_SOMEWHERE, alert_id)
        self._figures: dict[str, list[ToldFigure]] = defaultdict(list)
        self._now = datetime.min.replace(tzinfo=UTC)
        self._follow = frozenset(follow)
        self.placed: dict[str, str] = {}
        self.tally: Counter[str] = Counter()

    def take(self, document: Document, article: Article | None = None) -> list[Telling]:
        """What this document would have told, at the moment when it was first seen.

        The article answers for what the item alone leaves below its threshold.
        """
        now = self._now = max(self._now, document.first_seen_at)
        self.tally["documents"] += 1
        found = self._detector.detect(document.title, document.text, document.language, document.first_seen_at.year)
        readings = [found]
        if article:
            readings.append(
                self._detector.detect(document.title, article.text, document.language, document.first_seen_at.year)
            )
            found = _with_article(*readings)
        count_readings(self.tally, readings, len(found.matches))
        if not found.matches:
            return []
        for ended in self._stories.forget(now):
            self._alerts.forget(ended)
        text = article.text if article else document.text
        parts = parts_of(self._detector, document, text, readings[-1])
        placement, others = self._stories.place(document, now, found, parts)
        if document.id in self._follow:
            self.placed[document.id] = placement.story_id
        own = [match for match in found.matches if match.signal_id not in others.elsewhere]
        scored = [corroborated(match, self._signals[match.signal_id], placement.publishers) for match in own]
        told = [self._judge(document, found.language, placement, match, now) for match in scored]
        told += self._mentions(document, found, others, now)
        told += self._together(document, found.language, placement, scored, now)
        return [telling for telling in told if telling]

    def _mentions(self, document: Document, found: Detection, others: Touched, now: datetime) -> list[Telling | None]:
        """What a round-up tells of other stories than its own."""
        instead = {match.signal_id for match in found.matches} & others.elsewhere
        told = []
        for mention in others.mentions:
            for match in mention.matches:
                scored = corroborated(match, self._signals[match.signal_id], mention.placement.publishers)
                counted = match.signal_id in instead
                instead.discard(match.signal_id)
                told.append(self._judge(document, found.language, mention.placement, scored, now, counted=counted))
        return told

    def _together(
        self, document: Document, language: str, placement: Placement, scored: list[Match], now: datetime
    ) -> list[Telling | None]:
        """What composites make of the matches that reach their threshold."""
        fired = [firing(document, placement, match) for match in scored if match.alert]
        told = []
        for composite, memory in self._composites:
            if fired and (held := memory.take(fired, now)):
                standing, occurrence = held
                told.append(self._judge(document, language, occurrence, as_match(composite, standing), now))
        return told

    def _judge(
        self,
        document: Document,
        language: str,
        placement: Placement,
        match: Match,
        now: datetime,
        *,
        counted: bool = True,
    ) -> Telling | None:
        signal = self._signals[match.signal_id]
        about = subject_of(Case(document, language, placement, signal, match))
        judged = replace(signal, status=Status.LIVE) if self._as_live else signal
        decision = self._alerts.judge(match, judged, document, placement, about, now, self._figures[signal.id])
        if counted:
            self.tally["matches" if match.alert else "near_misses"] += 1
        if counted and signal.groups:  # a composite reads no text
            count_decision(self.tally, match, decision)
        if decision.speak is Speak.QUIET:
            return None
        if decision.speak is Speak.SUPPRESSED:
            self.tally[f"suppressed:{decision.suppressed_by}"] += 1
            return None
        self.tally[str(decision.speak)] += 1
        self._figures[signal.id] += tell(match, placement.story_id)
        return Telling(
            at=now, document_id=document.id, title=document.title, url=document.url, publisher=document.publisher,
            story_id=placement.story_id, publishers=placement.publishers, match=match, status=signal.status,
            decision=decision,
        )  # fmt: skip


def _with_article(item: Detection, article: Detection) -> Detection:
    clear = [match for match in item.matches if match.alert]
    told = {match.signal_id for match in clear}
    read = [replace(match, scored_on=ScoredOn.ARTICLE) for match in article.matches if match.signal_id not in told]
    return replace(item, matches=(*clear, *read))


def _begin(composite_id: str) -> Callable[[Standing], str]:
    return lambda standing: occurrence_id(composite_id, standing.stories[0].signal_id, standing.stories[0].story_id)
