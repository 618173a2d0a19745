"""Who may press the buttons of a channel. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.delivery.slack.options import Allow


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as their workspace knows them. `timezone` is an IANA name; `known` is False if Slack did not say.

    `team_ids` are the workspaces that they belong to: in an organisation of many there may be several.
    """

    id: str
    name: str
    team_ids: tuple[str, ...] = ()
    timezone: str = "UTC"
    guest: bool = False
    outside: bool = False
    gone: bool = False
    known: bool = True


def refusal(allow: Allow | None, person: Person, team_id: str, *, in_group: bool | None) -> str:
    """Why this person may not act in the channel, as a sentence to them; "" if they may.

    `team_id` is the workspace that the app is installed in. `in_group`: whether they are in one of the user groups of
    `allow`; None if that could not be found out. What could not be found out is refused.
    """
    if person.gone:
        return "This account is not active any more."
    if allow is not None:
        return _unlisted(allow, person, in_group)
    if not person.known:
        return "Slack did not tell who you are (the app needs the scope users:read). Try again in a moment."
    if person.outside or team_id not in person.team_ids:
        return "Only members of this workspace may do this, not people from outside."
    if person.guest:
        return "Only full members of this workspace may do this, not guests. A desk can name you in `allow`."
    return ""


def _unlisted(allow: Allow, person: Person, in_group: bool | None) -> str:
    if person.id in allow.users or (allow.usergroups and in_group):
        return ""
    if allow.usergroups and in_group is None:
        return "Slack did not tell whether you are in the user group that may do this. Try again in a moment."
    return "You are not among those who may do this in this channel (`allow` in routes.yaml)."
