"""The schema of lexicons/<id>.yaml."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from watcher.model.match import Assertion
from watcher.model.signal import Direction
from watcher.rulebook.fields import Language, Name, Strict, Text


class CueEntry(Strict):
    """A cue of assertion: `class` is what it makes of the words it governs; `pseudo: true` marks what only looks so."""

    phrase: Text | None = None
    phrases: list[Text] | None = Field(None, min_length=1, max_length=2_000)
    class_: Annotated[Assertion, Field(strict=False)] | None = Field(None, alias="class")
    direction: Annotated[Direction, Field(strict=False)] = Direction.FORWARD
    window: int = Field(8, ge=1, le=100, description="Tokens on that side that the cue can govern.")
    until: list[Text] = Field([], max_length=200, description="Words that end the cue's reach.")
    pseudo: bool = False


class LexiconFile(Strict):
    """Terms that signals share, and cues of assertion."""

    schema_: Literal["lexicon/v1"] = Field(alias="schema")
    id: Name = Field(description="The file's name without .yaml.")
    version: int | None = Field(None, ge=1, description="Raise it when terms or cues change; left out: nobody asks.")
    language: Language | None = Field(None, description="Of the documents for which it counts; left out: all.")
    stem: bool = Field(False, description="Plain words of the lists are found in all inflections of the language.")
    lists: dict[Name, list[str]] = Field({}, max_length=2_000)
    cues: list[CueEntry] = Field([], max_length=5_000)
