"""What a channel kind is: its options, its adapter, its targets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict

from watcher.delivery.context import ChannelContext
from watcher.delivery.secret import ChannelSetupError
from watcher.model.alert import Channel
from watcher.model.delivery import ChannelAdapter


class ChannelOptions(BaseModel):
    """Base of every kind's options: immutable, nothing unknown, and no value repeated in an error.

    `pages`: the kind wakes people up, and keeps alerts' lives itself: what is done there is not told back to it.
    `known_as`: what the place itself calls this channel when it tells what was done; "" if nobody wrote it down.
    """

    pages: ClassVar[bool] = False

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @property
    def known_as(self) -> str:
        return ""


OptionsT = TypeVar("OptionsT", bound=ChannelOptions)


def single_target(_channel: Channel) -> tuple[str, ...]:
    """The targets of a kind that has just one place to send to."""
    return ("",)


@dataclass(frozen=True, slots=True)
class ChannelKind:
    """`build` raises ChannelSetupError. `targets` are what one message fans out to: one delivery each.

    `follows`: it is also told when a person acknowledges, snoozes, resolves or reopens an alert that it was told.
    """

    options: type[BaseModel]
    build: Callable[[Channel, ChannelContext], ChannelAdapter]
    targets: Callable[[Channel], tuple[str, ...]] = single_target
    follows: bool = False


def options_of(channel: Channel, model: type[OptionsT]) -> OptionsT:
    """The channel's options as `model`; raises ChannelSetupError if they are another kind's."""
    if not isinstance(channel.options, model):
        raise ChannelSetupError(f"kind {channel.kind} was given foreign options")
    return channel.options
