"""What arrives: developments that nobody has heard of before, copies, denials, and much that is about nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from tests.support.newswire import Feed

WINDOW = 150
"""Items that a feed shows: enough that none leaves it while the service cannot live long enough to poll."""


class Kind(StrEnum):
    """What a development is about: each is routed differently."""

    DAM = "dam-failure"
    STRIKE = "port-strike"
    TREATY = "grain-treaty"


@dataclass(frozen=True, slots=True)
class Development:
    """One that must be told. No other text has its `name`."""

    name: str
    kind: Kind


class Window(Feed):
    """A feed that shows its newest items only."""

    def xml(self) -> str:
        everything, self.entries = self.entries, self.entries[-WINDOW:]
        try:
            return Feed.xml(self)
        finally:
            self.entries = everything


@dataclass(slots=True)
class Press:
    """Writes the next documents into feeds. One in ten is a development, one in thirty a copy of an earlier one."""

    random: Random
    feeds: Sequence[Feed]
    told: list[Development] = field(default_factory=list)
    documents: int = 0
    _texts: list[tuple[Feed, str, str]] = field(default_factory=list)
    _names: set[str] = field(default_factory=set)

    def publish(self) -> None:
        """One more document, in one of the feeds."""
        self.documents += 1
        dice = self.random.random()
        if self.documents % 10 == 1:
            self._development()
        elif dice < 0.035 and self._texts:
            feed, title, text = self._texts.pop()  # a second one in the same feed would be the same document
            other = self.random.choice([one for one in self.feeds if one is not feed])
            other.add(title, text)
        elif dice < 0.12:
            self._feed().add(
                f"Union denies dockers strike in {self._word().title()}",
                f"The union denied that dockers would strike in Port Orsa over {self._words(5)}.",
            )
        else:
            self._feed().add(self._words(6).capitalize(), f"{self._words(30).capitalize()}.")

    def _development(self) -> None:
        kind = self.random.choice((Kind.DAM, Kind.DAM, Kind.STRIKE, Kind.TREATY))
        name = self._name()
        title, text = self._told(kind, name)
        feed = self._feed()
        feed.add(title, text)
        self._texts.append((feed, title, text))
        self.told.append(Development(name, kind))

    def _told(self, kind: Kind, name: str) -> tuple[str, str]:
        rest = f"{self._words(9).capitalize()}. {self._words(12).capitalize()}, {self._words(6)}."
        if kind is Kind.DAM:
            title = f"{name} dam collapses over {self._words(4)}"
            return title, f"The {name} dam in Velmar collapsed, and its water reached the {self._words(3)}. {rest}"
        if kind is Kind.STRIKE:
            title = f"Dockers strike in {name} over {self._words(3)}"
            return title, f"Dockers walked out at {name} in Velmar over {self._words(3)}. {rest}"
        title = f"Velmar signs grain treaty with {name} after {self._words(3)}"
        return title, f"Velmar signed the grain treaty with {name} in a {self._words(3)}. {rest}"

    def _feed(self) -> Feed:
        return self.random.choice(list(self.feeds))

    def _name(self) -> str:
        while (name := self._word().title()) in self._names:
            pass
        self._names.add(name)
        return name

    def _words(self, count: int) -> str:
        return " ".join(self._word() for _ in range(count))

    def _word(self) -> str:
        """Invented: no list of the detection's knows it, and no two texts share it but by chance."""
        return "".join(self.random.choice("bdfgklmnprtvz") + self.random.choice("aeiou") for _ in range(4))
