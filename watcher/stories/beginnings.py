"""Lists of the beginnings of words, by what they stand for: one look at a word, in any of the languages listed."""

from __future__ import annotations

from functools import lru_cache

from watcher.stories.skeleton import without_article
from watcher.stories.wording import tokens

_SHORTEST = 3


class Beginnings:
    """What folded words (see wording.tokens) stand for, by the longest beginning that is listed.

    A line of a table is the name that stands for all, then beginnings; one that ends in `=` is a whole word. Lines that
    begin with two spaces continue the one before.
    """

    def __init__(self, **tables: str) -> None:
        """Tables by kind: what a word stands for is written `kind:name`."""
        self._known: dict[str, str] = {}
        for kind, table in tables.items():
            for line in table.replace("\n  ", " ").split("\n"):
                name, *beginnings = line.split() or [""]
                self._known |= {_folded(beginning): f"{kind}:{name}" for beginning in beginnings}
        self._longest = max(map(len, self._known))
        self.of = lru_cache(maxsize=20_000)(self._of)

    def _of(self, token: str) -> str:
        """`kind:name` of a folded token, or ""."""
        return self._look_up(token) or (self._look_up(bare) if (bare := without_article(token)) != token else "")

    def _look_up(self, token: str) -> str:
        if found := self._known.get(token + "="):
            return found
        for length in range(min(len(token), self._longest), _SHORTEST - 1, -1):
            if found := self._known.get(token[:length]):
                return found
        return ""


def _folded(beginning: str) -> str:
    bare = beginning.removesuffix("=")
    return "".join(tokens(bare)) + beginning[len(bare) :]
