"""Types that several files share: names, durations, times of day, zones, lists that may be written as one value."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from watcher.rulebook.durations import ADVICE, PATTERN, parse_duration
from watcher.rulebook.suggest import nearest

NAME: Final = r"^[a-z0-9]+(-[a-z0-9]+)*$"
LANGUAGE: Final = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
CLOCK: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
NAME_FORM: Final = re.compile(NAME, re.ASCII)
_LANGUAGE: Final = re.compile(LANGUAGE, re.ASCII)
_CLOCK: Final = re.compile(CLOCK, re.ASCII)


class Strict(BaseModel):
    """A mapping in a file: unknown keys and wrong types are errors, nothing is coerced."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def refuse(message: str, code: str = "value") -> PydanticCustomError:
    """An error whose text reaches the editor as it is; `code` may be a finding's code to use instead of the usual."""
    return PydanticCustomError(code, "{message}", {"message": message})


def _name(value: str) -> str:
    if not NAME_FORM.fullmatch(value) or len(value) > 80:
        raise refuse("a name has small letters, digits and single hyphens, at most 80: such as iraq-militias")
    return value


def _language(value: str) -> str:
    if not _LANGUAGE.fullmatch(value):
        raise refuse("write a language code such as en, fa or pt-BR")
    return value


def _duration(value: object) -> timedelta:
    if not isinstance(value, str):
        raise refuse(ADVICE)
    try:
        return parse_duration(value)
    except ValueError as error:
        raise refuse(str(error)) from error


def _clock(value: object) -> time:
    if not isinstance(value, str) or not _CLOCK.fullmatch(value):
        raise refuse('write a time of day with two digits for each, such as "07:00"')
    return time(int(value[:2]), int(value[3:]))


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        near = nearest(value, available_timezones())
        advice = f"did you mean `{near}`?" if near else "write a name such as Europe/London"
        raise refuse(f"not a time zone: {advice}") from error
    return value


def _many(value: object) -> object:
    return value if isinstance(value, list) else [value]


Name = Annotated[str, AfterValidator(_name), Field(json_schema_extra={"pattern": NAME})]
Language = Annotated[str, AfterValidator(_language), Field(json_schema_extra={"pattern": LANGUAGE})]
Duration = Annotated[timedelta, BeforeValidator(_duration), WithJsonSchema({"type": "string", "pattern": PATTERN})]
Clock = Annotated[time, BeforeValidator(_clock), WithJsonSchema({"type": "string", "pattern": CLOCK})]
Zone = Annotated[str, AfterValidator(_zone)]
Text = Annotated[str, Field(min_length=1, max_length=500)]


def one_or_many(item: Any) -> BeforeValidator:  # a type expression has no better type
    """Lets a list of one be written as the bare value; both forms show in the JSON Schema."""
    return BeforeValidator(_many, json_schema_input_type=item | list[item])
