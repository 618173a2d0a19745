"""Every kind of channel there is. A new one is a module, a line here, and a test that joins the contract."""

from __future__ import annotations

from watcher.delivery import console, pagerduty
from watcher.delivery.console import ConsoleOptions
from watcher.delivery.email import adapter as email
from watcher.delivery.email.options import EmailOptions
from watcher.delivery.kind import ChannelKind
from watcher.delivery.pagerduty import PagerDutyOptions
from watcher.delivery.slack import adapter as slack
from watcher.delivery.slack.options import SlackOptions
from watcher.delivery.webhook import adapter as webhook
from watcher.delivery.webhook.options import WebhookOptions

KINDS: dict[str, ChannelKind] = {
    "console": ChannelKind(ConsoleOptions, console.build),
    "slack": ChannelKind(SlackOptions, slack.build),
    "email": ChannelKind(EmailOptions, email.build, email.targets),
    "pagerduty": ChannelKind(PagerDutyOptions, pagerduty.build),
    "webhook": ChannelKind(WebhookOptions, webhook.build),
}
