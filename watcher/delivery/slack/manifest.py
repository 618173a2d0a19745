"""The manifest that a Slack app is made from: just the scopes that the channels of a desk need. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from watcher.delivery.slack.options import SlackOptions, is_channel_id

PATH = "/slack/interactions"
"""Where Slack sends what people press, below the public address of the web server."""

_ALWAYS = {
    "chat:write": "tell alerts, and edit them",
    "users:read": "tell members from guests when a button is pressed",
    "channels:history": "recognise a message whose answer was lost, in public channels",
    "groups:history": "the same in private ones",
}


def scopes(channels: Iterable[SlackOptions]) -> list[str]:
    """What the bot must be allowed, and no more: names and user groups must be looked up, ids need not."""
    wanted = list(_ALWAYS)
    told = list(channels)
    if any(not is_channel_id(one.channel) for one in told):
        wanted += ["channels:read", "groups:read"]
    if any(one.allow is not None and one.allow.usergroups for one in told):
        wanted.append("usergroups:read")
    return wanted


def manifest(channels: Iterable[SlackOptions], public_url: str = "") -> dict[str, object]:
    """For Slack's "Create an app from a manifest". Without `public_url` the app uses Socket Mode."""
    interactivity: dict[str, object] = {"is_enabled": True}
    if public_url:
        interactivity["request_url"] = public_url.rstrip("/") + PATH
    return {
        "display_information": {
            "name": "Signal Watch",
            "description": "Tells a desk when what it is waiting for happens.",
            "background_color": "#1d3557",
        },
        "features": {"bot_user": {"display_name": "Signal Watch", "always_online": True}},
        "oauth_config": {"scopes": {"bot": scopes(channels)}},
        "settings": {
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": not public_url,
            "token_rotation_enabled": False,
        },
    }
