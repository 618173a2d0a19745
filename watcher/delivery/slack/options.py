"""What routes.yaml says about a Slack channel."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from watcher.delivery.kind import ChannelOptions

_NAME = re.compile(r"#?[\w.-]{1,80}")
_ID = re.compile(r"[CGD][A-Z0-9]{7,20}")
_USER = re.compile(r"[UW][A-Z0-9]{7,20}")
_GROUP = re.compile(r"S[A-Z0-9]{7,20}")


class Allow(BaseModel):
    """Who may press the buttons: Slack's ids of users ("U024BE7LH") and of user groups ("S0614TZR7")."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    users: tuple[str, ...] = ()
    usergroups: tuple[str, ...] = ()

    @field_validator("users")
    @classmethod
    def _users(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _all(value, _USER, 'users are ids such as "U024BE7LH" (in Slack: profile, Copy member ID)')

    @field_validator("usergroups")
    @classmethod
    def _groups(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _all(value, _GROUP, 'usergroups are ids such as "S0614TZR7" (in Slack: user group, Copy group ID)')

    @model_validator(mode="after")
    def _somebody(self) -> Allow:
        if not self.users and not self.usergroups:
            raise ValueError("allow names nobody: leave it out, or list users or usergroups")
        return self


class SlackOptions(ChannelOptions):
    """`channel` is a name ("#mideast-desk") or, better, an id ("C0123456789"), which survives a rename.

    `allow` limits who may press the buttons; without it, every full member of the workspace who sees them.
    """

    channel: str = Field(min_length=1)
    allow: Allow | None = None

    @field_validator("channel")
    @classmethod
    def _named(cls, value: str) -> str:
        if not _NAME.fullmatch(value):
            raise ValueError('channel must be a name such as "#desk" or an id such as "C0123456789"')
        return value


def is_channel_id(channel: str) -> bool:
    """Whether it is Slack's own id, which reading the channel needs."""
    return _ID.fullmatch(channel) is not None


def _all(values: tuple[str, ...], form: re.Pattern[str], problem: str) -> tuple[str, ...]:
    if not all(form.fullmatch(value) for value in values):
        raise ValueError(problem)
    return values
