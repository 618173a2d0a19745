"""In which voice an action stands: "raided", "was raided (by …)", "the raid on". Purely from the words around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from watcher.detection.english import (
    ADVERBS,
    ASIDE_OPENERS,
    BE,
    DETERMINERS,
    IRREGULAR,
    NO_AGENT,
    NO_OBJECT,
    NOT_ACTING_AFTER,
    NOUN_AFTER,
    PREDICATES,
    PRONOUNS,
    PURE_NOUN_ENDINGS,
    is_participle,
)
from watcher.model.signal import Voice

MAX_ASIDE: Final = 14  # words of an aside at most; a longer one is a sentence of its own
_BACK: Final = 4  # tokens between an auxiliary and its participle: "were also reportedly being held"
_AGENT: Final = 6  # tokens between a participle and its "by": "raided on Sunday evening by"
_NEAR_AGENT: Final = 4  # the same, when its absence would reject a reading: "arrested in Basra by"


class Voices:
    """Answers about one sentence.

    `words` are its normal forms, `pauses` the tokens after which a comma or dash stands; spans are numbers of its
    tokens, end exclusive.
    """

    def __init__(self, words: Sequence[str], language: str, pauses: frozenset[int] = frozenset()) -> None:
        self._words = words
        self._pauses = pauses
        self._english = language == "en"

    def fits(self, voice: Voice, first: int, last: int, after: int | None = None) -> bool:
        """Whether the words `first` to `last` stand in this voice; `after` is where the slot before ended.

        Beyond English any form is taken as it comes.
        """
        if voice is Voice.ANY or not self._english:
            return True
        return self.passive(first, last, after) if voice is Voice.PASSIVE else self.noun(first, last)

    def passive(self, first: int, last: int, after: int | None = None) -> bool:
        """Such as "was arrested", "arrested by police", or a headline's "commanders arrested in Basra"."""
        if self._words[first] in PREDICATES:
            return True
        if not is_participle(self._words[first]):
            return False
        return (
            self.after_auxiliary(first)
            or self._has_agent(last)
            or (self._objectless(last) and not self._other_subject(first, after))
        )

    def surely_passive(self, first: int, last: int) -> bool:
        """Passive beyond doubt, so that what stands before it cannot be who acts."""
        if not self._english or not is_participle(self._words[first]):
            return False
        return self.after_auxiliary(first) or self._next_is(last, "by")

    def can_act(self, first: int) -> bool:
        """Whether the name that begins here can be who acts: not "in Iraq", "near Baghdad"."""
        before = self._words[max(0, first - 2) : first]
        if before and before[-1] == "the":
            before = before[:-1]
        return not (self._english and before and before[-1] in NOT_ACTING_AFTER)

    def noun(self, first: int, last: int) -> bool:
        """ "The arrest of", "a crackdown on", "weapons handover"; not "to raid" nor "raided"."""
        head = self._words[last - 1]
        before = self._words[first - 1] if first else ""
        if before in PRONOUNS:
            return False
        if self._words[first].endswith("ing"):
            return before in DETERMINERS or self._next_is(last, "of")
        if is_participle(self._words[first]) and self._words[first] not in IRREGULAR:
            return False
        if head.rstrip("s").endswith(PURE_NOUN_ENDINGS) or before in DETERMINERS:
            return True
        after = self._words[last] if last < len(self._words) else ""
        return after in NOUN_AFTER or not after

    def ends_in_itself(self, first: int, last: int) -> bool:
        """Whether it is a noun with which something else is named: "condemned the raid and the militia"."""
        return self._english and self._next_is(last, "and") and first > 0 and self._words[first - 1] in DETERMINERS

    def after_auxiliary(self, first: int) -> bool:
        """Whether a form of *be* or *get* stands before, with nothing but adverbs between."""
        for number in range(first - 1, max(-1, first - 1 - _BACK), -1):
            word = self._words[number]
            if word in BE:
                return True
            if word not in ADVERBS and not word.endswith("ly"):
                return False
        return False

    def aside(self, first: int, last: int) -> int:
        """How many words from `first` to `last` stand in an aside between two pauses.

        As in "the judge, who had come from Basra on Sunday, jailed": such words part nothing from one another.
        """
        if not self._english or not self._pauses:
            return 0
        for opens in range(first, min(first + MAX_ASIDE, last)):
            if opens - 1 in self._pauses and self._words[opens] in ASIDE_OPENERS:
                closes = [number for number in range(opens, min(opens + MAX_ASIDE, last)) if number in self._pauses]
                return closes[-1] + 1 - opens if closes else 0
        return 0

    def agent(self, last: int) -> int | None:
        """Where the agent of a passive that ends at `last` begins, the word after "by"; None if none is named."""
        for number in range(last, min(last + _NEAR_AGENT, len(self._words) - 1)):
            if self._words[number] == "by":
                word = self._words[number + 1]
                return None if word in NO_AGENT or word[0].isdigit() else number + 1
        return None

    def _has_agent(self, last: int) -> bool:
        return "by" in self._words[last : last + _AGENT]

    def _other_subject(self, first: int, after: int | None) -> bool:
        """Whether a new subject begins between the slot before and the verb: "plans, the cabinet decided on"."""
        between = range(first if after is None else after, first)
        return any(self._words[number] in DETERMINERS or number - 1 in self._pauses for number in between)

    def _objectless(self, last: int) -> bool:
        return last >= len(self._words) or last - 1 in self._pauses or self._words[last] in NO_OBJECT

    def _next_is(self, last: int, word: str) -> bool:
        return last < len(self._words) and self._words[last] == word
