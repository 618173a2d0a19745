"""The schema of a composite signal in signals/<id>.yaml."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from watcher.model.match import Assertion
from watcher.rulebook.fields import Duration, Name, Strict, refuse
from watcher.rulebook.signal_file import HeadEntry, SequenceTest


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, str) else value


_CONDITIONS = frozenset({"all", "any", "none"})


def _form(value: object) -> str:
    return "conditions" if isinstance(value, dict) and value.keys() & _CONDITIONS else "one-signal"


def _of_one_form(value: object) -> object:
    if isinstance(value, dict) and "signal" in value and value.keys() & _CONDITIONS:
        raise refuse("a condition names a `signal`, or has `all`, `any` and `none`: not both")
    return value


AssertionForm = Annotated[Assertion, Field(strict=False)]


class PartEntry(Strict):
    """Stories on which a signal fired."""

    signal: Name
    count: int = Field(1, ge=1, le=100, description="At least so many stories.")
    min_score: int = Field(0, ge=0, le=100)
    assertion: Annotated[
        list[AssertionForm], BeforeValidator(_one_or_more, json_schema_input_type=Assertion | list[Assertion])
    ] = Field([], max_length=8)
    groups: Annotated[list[str], BeforeValidator(_one_or_more, json_schema_input_type=str | list[str])] = Field(
        [], max_length=50, description="Groups that must all be found in the sentence that fired."
    )
    tags: Annotated[list[Name], BeforeValidator(_one_or_more, json_schema_input_type=str | list[str])] = Field(
        [], max_length=50, description="Tags of the source, of which one must be there."
    )


class TogetherEntry(Strict):
    """Conditions that hold together."""

    all: list[ConditionForm] = Field([], max_length=50, description="All of these.")
    any: list[ConditionForm] = Field([], max_length=50, description="At least one of these.")
    none: list[ConditionForm] = Field([], max_length=50, description="None of these.")


ConditionForm = Annotated[
    Annotated[PartEntry, Tag("one-signal")] | Annotated[TogetherEntry, Tag("conditions")],
    Discriminator(_form),
    BeforeValidator(_of_one_form),
]
TogetherEntry.model_rebuild()


class CompositeFile(HeadEntry):
    """A signal that fires when other signals do, within some days."""

    schema_: Literal["composite/v1"] = Field(alias="schema")
    within: Duration = Field(description="The window in which the stories must lie.")
    when: TogetherEntry
    tests: list[SequenceTest] = Field([], max_length=100)
