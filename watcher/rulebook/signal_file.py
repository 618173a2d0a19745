"""The schema of signals/<id>.yaml."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from watcher.model.match import Assertion
from watcher.model.signal import Expectation, Measure, Severity, Status
from watcher.rulebook.fields import Duration, Language, Name, Strict, Text, refuse

SHORTEST: Final = timedelta(hours=1)
LONGEST: Final = timedelta(days=30)
"""Of a story window: what lies further back is not searched for every document."""

Article = Annotated[str, Field(max_length=50_000)]


class FieldsEntry(Strict):
    """Percent of the points that a place of the text counts."""

    title: int = Field(default=100, ge=0, le=100)
    lead: int = Field(default=85, ge=0, le=100, description="The first three sentences, or 600 characters.")
    body: int = Field(default=50, ge=0, le=100)


class GroupEntry(Strict):
    """Terms for one idea; `any` may also stand alone as a list."""

    any: list[str] = Field(max_length=2_000, description="Terms, and lists of lexicons written $name.")
    weight: int = Field(10, ge=0, le=100, description="Points when the group is found in the title.")
    required: bool | None = Field(None, description="Left out: required if every pattern needs it.")
    fields: FieldsEntry | None = Field(None, description="Left out: as the signal's own `fields` say.")
    again: list[str] = Field([], max_length=200, description="Words that mean it again once it was named, and $lists.")


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, str) else value


class QuantityEntry(Strict):
    """A figure to take down, and when it has moved enough to be told again."""

    unit: Annotated[Measure, Field(strict=False)]
    near: str | None = Field(None, description="The group that it stands by; left out: the held pattern.")
    within: int = Field(12, ge=0, le=40, description="Words between the two at most.")
    subject: Annotated[list[str], BeforeValidator(_one_or_more, json_schema_input_type=str | list[str])] = Field(
        [], max_length=50, description="Groups of which the nearest tells what the figure is about."
    )
    moves: Annotated[float, Field(strict=False, gt=0, le=1_000)] | None = Field(
        None, description="Points for percent, per cent of the value for money and people; left out: never told again."
    )


class TextTest(Strict):
    """One text, and what must come of it."""

    text: Article | None = None
    title: Article | None = None
    language: Language | None = None
    expect: Annotated[Expectation, Field(strict=False)]
    assertion: Annotated[Assertion, Field(strict=False)] | None = None


class Step(TextTest):
    """One text of a sequence, `at` a time after the first."""

    at: Duration
    same_story: bool | None = Field(None, description="Left out: decided as the service decides.")


class SequenceTest(Strict):
    """Texts that arrive one after the other."""

    sequence: list[Step] = Field(min_length=1, max_length=50)


def _bare_list(value: object) -> object:
    return {"any": value} if isinstance(value, list) else value


def _test_form(value: object) -> str:
    return "steps" if isinstance(value, dict) and "sequence" in value else "one-text"


GroupForm = Annotated[GroupEntry, BeforeValidator(_bare_list, json_schema_input_type=GroupEntry | list[str])]
TestForm = Annotated[
    Annotated[TextTest, Tag("one-text")] | Annotated[SequenceTest, Tag("steps")], Discriminator(_test_form)
]
Band = Annotated[Severity, Field(strict=False)]
Score = Annotated[int, Field(ge=0, le=100)]


class HeadEntry(Strict):
    """What signals and composites have in common."""

    id: Name = Field(description="The file's name without .yaml; never changed, alerts are known by it.")
    title: Text
    version: int = Field(1, ge=1, description="Raise it when the logic changes.")
    status: Annotated[Status, Field(strict=False)] = Status.LIVE
    question: str = Field("", max_length=500)
    owner: str = Field("", max_length=100)
    max_age: Duration = Field("48h", validate_default=True)
    tags: list[Name] = Field([], max_length=50)
    alert_at: int = Field(60, ge=1, le=100)
    severity: dict[Band, Score] | None = Field(None, description="The lowest score of each band.")
    references: list[Text] = Field([], max_length=100)
    false_positives: list[Text] = Field([], max_length=100)


def _window(value: timedelta) -> timedelta:
    if not SHORTEST <= value <= LONGEST:
        raise refuse("a story window is at least 1h and at most 30d: 72h if it is left out, such as 24h or 7d")
    return value


StoryWindow = Annotated[Duration, AfterValidator(_window)]


class SignalFile(HeadEntry):
    """One key signal."""

    schema_: Literal["signal/v1"] = Field(alias="schema")
    use: list[Name] = Field([], max_length=200, description="Lexicons whose lists may be named; left out: all.")
    groups: dict[str, GroupForm]
    patterns: list[str] = Field([], max_length=200)
    exclude: list[str] = Field([], max_length=1_000)
    quantities: dict[Name, QuantityEntry] = Field({}, max_length=20)
    fields: FieldsEntry = FieldsEntry()
    story_window: StoryWindow = Field("72h", validate_default=True, description="A story goes on so long without news.")
    tests: list[TestForm] = Field([], max_length=500)
