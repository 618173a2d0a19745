"""What routes.yaml says about a Slack channel."""

from __future__ import annotations

import re

from pydantic import Field, field_validator

from watcher.delivery.kind import ChannelOptions

_NAME = re.compile(r"#?[\w.-]{1,80}")
_ID = re.compile(r"[CGD][A-Z0-9]{7,20}")


class SlackOptions(ChannelOptions):
    """`channel` is a name ("#mideast-desk") or, better, an id ("C0123456789"), which survives a rename."""

    channel: str = Field(min_length=1)

    @field_validator("channel")
    @classmethod
    def _named(cls, value: str) -> str:
        if not _NAME.fullmatch(value):
            raise ValueError('channel must be a name such as "#desk" or an id such as "C0123456789"')
        return value


def is_channel_id(channel: str) -> bool:
    """Whether it is Slack's own id, which reading the channel needs."""
    return _ID.fullmatch(channel) is not None
