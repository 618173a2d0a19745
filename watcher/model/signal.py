"""What the desk watches for: signals, the lexicons they share, and the rulebook that holds both, loaded and valid."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from watcher.model.match import Assertion

STORY_WINDOW = timedelta(hours=72)
"""How long a story takes in further documents, unless the signal says otherwise."""


class TermKind(StrEnum):
    """How a term is found: `arrest` by whole tokens, `arrest*` by prefix, `=US` case-sensitive, `~name` by spelling."""

    WORDS = "words"
    PREFIX = "prefix"
    CASED = "cased"
    FUZZY = "fuzzy"


@dataclass(frozen=True, slots=True)
class Term:
    """One term as written; several words make a phrase of adjacent tokens. In a phrase each word may end in `*`.

    A shield (`!us army`) finds nothing itself: what it covers does not count for the other terms of its group.
    `stem` (`+arrest`): its words are found in all their inflections. `language`: counts only for documents of that
    language (None: for all), because it comes from a lexicon of that language.
    """

    text: str
    kind: TermKind = TermKind.WORDS
    shield: bool = False
    stem: bool = False
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Fields:
    """What a place of the text counts: percent of the points in the title, in the lead, in the body."""

    title: int = 100
    lead: int = 85
    body: int = 50


@dataclass(frozen=True, slots=True)
class Group:
    """Terms that stand for one idea in a signal. `lists` name lexicon lists (`$iraqi-state` without the dollar).

    `required` None means: required if every pattern of the signal needs it, or if the signal has no pattern. `fields`
    None: as the signal says. `again` and `again_lists` are words that mean it once more where it was named shortly
    before ("they", "the group").
    """

    name: str
    weight: int
    terms: tuple[Term, ...] = ()
    lists: tuple[str, ...] = ()
    required: bool | None = None
    fields: Fields | None = None
    again: tuple[Term, ...] = ()
    again_lists: tuple[str, ...] = ()


class Voice(StrEnum):
    """The form in which a pattern wants a group: as it comes, "was arrested", or "the arrest of"."""

    ANY = "any"
    PASSIVE = "passive"
    NOUN = "noun"


@dataclass(frozen=True, slots=True)
class Slot:
    """One step of a pattern: a group in a voice, or literal words to choose from; perhaps optional."""

    group: str | None = None
    words: tuple[str, ...] = ()
    voice: Voice = Voice.ANY
    optional: bool = False
    inner: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """Who does what to whom: slots in this order, within one sentence, at most `within` tokens between neighbours.

    Groups of `near` must stand in title or lead, or a few sentences away; those of `beside` in the title, the sentence
    or one next to it; those of `without` not in sentence or title.
    With `any_order` the slots may stand in any order, and `within` bounds the words from the first to the last of them.
    `languages`: the pattern holds only in documents of these; none: in all.
    """

    text: str
    slots: tuple[Slot, ...]
    within: int = 8
    near: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    any_order: bool = False
    languages: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    @property
    def around(self) -> tuple[str, ...]:
        """The groups that it wants somewhere about its sentence."""
        return self.near + self.beside


class Direction(StrEnum):
    """On which side of a cue the words stand that it governs."""

    FORWARD = "forward"
    BACKWARD = "backward"
    BOTH = "both"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Cue:
    """A record of assertion: `phrase` makes what it governs `assertion` (None: a pseudo-cue, which governs nothing).

    `window` counts tokens; a token or phrase of `until` between cue and pattern ends its reach. DOCUMENT cues are
    genre marks ("Opinion:", "what to watch") looked for at the start of the title and in the lead.
    """

    phrase: str
    assertion: Assertion | None
    direction: Direction = Direction.FORWARD
    window: int = 8
    until: tuple[str, ...] = ()
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A file of shared terms: named lists, and assertion cues. With `language`, for documents of that language only.

    `version` is None where nobody counts; only then `meaning` is "", else hex over its lists and cues.
    """

    id: str
    lists: dict[str, tuple[Term, ...]] = field(default_factory=dict)
    cues: tuple[Cue, ...] = ()
    language: str | None = None
    version: int | None = None
    meaning: str = ""
    path: str = ""
    line: int = 0


class Expectation(StrEnum):
    """What a rule test asks for: an alert; nothing at all to speak of; or less than an alert."""

    ALERT = "alert"
    BELOW = "below"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class RuleTest:
    """One text with what must come of it. Steps of a sequence share `sequence` (its number) and tell their own time."""

    text: str
    expect: Expectation
    title: str = ""
    assertion: Assertion | None = None
    language: str | None = None
    line: int = 0
    sequence: int | None = None
    at: timedelta = timedelta(0)
    same_story: bool | None = None


class Measure(StrEnum):
    """What sort of figure a quantity is."""

    PERCENT = "percent"
    MONEY = "money"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class QuantityRule:
    """A figure that a signal takes down: at most `within` tokens from the group `near` (None: from the held pattern).

    `subjects` are the groups of which the nearest tells what the figure is about. `moves` is by how much it must differ
    from what was told to be told again: points for per cent, per cent of the value for money and people; None: never.
    """

    name: str
    measure: Measure
    near: str | None = None
    within: int = 12
    subjects: tuple[str, ...] = ()
    moves: float | None = None


class Status(StrEnum):
    """A draft is only tested; a shadow scores and records but never alerts; a retired one is kept for its history."""

    DRAFT = "draft"
    SHADOW = "shadow"
    LIVE = "live"
    RETIRED = "retired"


class Severity(StrEnum):
    """Bands of the score, weakest first."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 (low) to 3 (critical)."""
        return tuple(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Signal:
    """One key signal. `severity` maps a band to the lowest score in it; below them all the band is low.

    `meaning` is hex over everything in its file that decides what it finds and how it scores; "" if nobody worked it
    out. `fields` tell what title, lead and body count. A story of it takes in documents for `story_window` after each.
    """

    id: str
    title: str
    groups: tuple[Group, ...]
    patterns: tuple[Pattern, ...] = ()
    exclude: tuple[Term, ...] = ()
    alert_at: int = 60
    severity: tuple[tuple[Severity, int], ...] = (
        (Severity.MEDIUM, 60),
        (Severity.HIGH, 75),
        (Severity.CRITICAL, 88),
    )
    version: int = 1
    status: Status = Status.LIVE
    question: str = ""
    owner: str = ""
    max_age: timedelta = timedelta(hours=48)
    use: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    false_positives: tuple[str, ...] = ()
    tests: tuple[RuleTest, ...] = ()
    path: str = ""
    line: int = 0
    quantities: tuple[QuantityRule, ...] = ()
    fields: Fields = Fields()
    meaning: str = ""
    story_window: timedelta = STORY_WINDOW


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong in a configuration file: `path:line: CODE message`. Errors refuse the file, warnings do not.

    A `note` is neither: it tells what would be good to know.
    """

    path: str
    line: int
    code: str
    message: str
    error: bool = True
    note: bool = False

    @property
    def level(self) -> str:
        """error, warning or note."""
        return "error" if self.error else "note" if self.note else "warning"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.code} {self.message}"
