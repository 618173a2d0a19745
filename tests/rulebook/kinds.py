"""Kinds of sources and channels for these tests, so that they stand on their own."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class _Options(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FeedOptions(_Options):
    limit: int = Field(100, ge=1)
    key: str = Field("", json_schema_extra={"secret": True})


class PageOptions(_Options):
    links: str


class ConsoleOptions(_Options):
    width: int | None = None


class HookOptions(_Options):
    token: SecretStr = Field(json_schema_extra={"secret": True})
    url: str = Field("", json_schema_extra={"secret": True})


class PagerOptions(_Options):
    pages: ClassVar[bool] = True


SOURCE_KINDS: dict[str, type[BaseModel]] = {"feed": FeedOptions, "page": PageOptions}
CHANNEL_KINDS: dict[str, type[BaseModel]] = {"console": ConsoleOptions, "hook": HookOptions, "pager": PagerOptions}
