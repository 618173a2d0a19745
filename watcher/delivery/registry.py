"""Every kind of channel there is. A new one is a module, a line here, and a test that joins the contract."""

from __future__ import annotations

from watcher.delivery import apprise, console, pagerduty
from watcher.delivery.apprise import AppriseOptions
from watcher.delivery.console import ConsoleOptions
from watcher.delivery.context import ChannelContext
from watcher.delivery.email import adapter as email
from watcher.delivery.email.options import EmailOptions
from watcher.delivery.kind import ChannelKind
from watcher.delivery.pagerduty import PagerDutyOptions
from watcher.delivery.slack.options import SlackOptions
from watcher.delivery.webhook import adapter as webhook
from watcher.delivery.webhook.options import WebhookOptions
from watcher.model.alert import Channel
from watcher.model.delivery import ChannelAdapter


def _build_slack(channel: Channel, context: ChannelContext) -> ChannelAdapter:
    """Its SDK is a quarter of the program's start-up time: only a desk that has Slack pays for it."""
    from watcher.delivery.slack.adapter import build  # noqa: PLC0415

    return build(channel, context)


KINDS: dict[str, ChannelKind] = {
    "console": ChannelKind(ConsoleOptions, console.build, follows=True),
    "slack": ChannelKind(SlackOptions, _build_slack, follows=True),
    "email": ChannelKind(EmailOptions, email.build, email.targets),
    "pagerduty": ChannelKind(PagerDutyOptions, pagerduty.build, follows=True),
    "apprise": ChannelKind(AppriseOptions, apprise.build),
    "webhook": ChannelKind(WebhookOptions, webhook.build, follows=True),
}
