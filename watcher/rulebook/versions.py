"""Rules whose meaning changed while their version did not rise: two versions of one rule would share a number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Protocol

from watcher.model.signal import Finding

SIGNAL: Final = "S235"
LEXICON: Final = "L321"


class Versioned(Protocol):
    """What signals, and lexicons with a version, have in common."""

    @property
    def id(self) -> str: ...
    @property
    def version(self) -> int | None: ...
    @property
    def meaning(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def line(self) -> int: ...


def unraised(before: Iterable[Versioned], now: Iterable[Versioned], code: str) -> Iterator[Finding]:
    """A warning for each rule that means something else than before, under the same version or a lower one.

    Rules that only one side has, or that have no version or no meaning on a side, are passed over.
    """
    known = {one.id: one for one in before}
    for one in now:
        old = known.get(one.id)
        if old is None or not old.version or not one.version or not (old.meaning and one.meaning):
            continue
        if one.meaning != old.meaning and one.version <= old.version:
            message = (
                f"`{one.id}` means something else than before, and its version is {_still(old.version, one.version)}: "
                f"write `version: {old.version + 1}`, so that its alerts can be told from earlier ones"
            )
            yield Finding(one.path, one.line, code, message, error=False)


def _still(before: int, now: int) -> str:
    return f"still {now}" if now == before else f"{now}, and was {before}"
