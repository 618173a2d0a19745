"""What the settings mean for each part: how much is kept, what the fetcher may do, what channels need."""

from __future__ import annotations

from dataclasses import replace
from typing import TextIO

from watcher.delivery.context import ChannelContext
from watcher.model.ports import Clock
from watcher.net.proxy import read_proxy
from watcher.services.retention import Bounds
from watcher.settings import Settings
from watcher.sources.policy import FetchPolicy, user_agent


def retention_bounds(settings: Settings) -> Bounds:
    """How much is kept, from the settings."""
    return Bounds(settings.keep_documents, settings.keep_size)


def fetch_policy(settings: Settings) -> FetchPolicy:
    """What the fetcher may do, from the settings."""
    return FetchPolicy(
        user_agent=user_agent(settings.fetch_contact),
        allow_private=settings.fetch_allow_private,
        total_timeout=settings.fetch_timeout,
        concurrency=settings.fetch_concurrency,
        per_host=settings.fetch_per_host,
        host_gap=settings.fetch_host_gap,
        proxy=read_proxy(settings.fetch_proxy.get_secret_value()) if settings.fetch_proxy.get_secret_value() else None,
    )


def abroad_policy(settings: Settings) -> FetchPolicy:
    """What it may do for links to other hosts: private networks are for the sources that the operator named."""
    return replace(fetch_policy(settings), allow_private=())


def channel_context(settings: Settings, environment: dict[str, str], console: TextIO, clock: Clock) -> ChannelContext:
    """What channels need, from the settings."""
    return ChannelContext(
        env=environment,
        slack_bot_token=settings.slack_bot_token,
        slack_api_url=settings.slack_api_url,
        slack_interactive=settings.slack_interactive,
        smtp_host=settings.smtp_host,
        smtp_port=settings.resolved_smtp_port,
        smtp_username=settings.smtp_username,
        smtp_password=settings.smtp_password,
        smtp_tls=settings.smtp_tls,
        smtp_from=settings.smtp_from,
        pagerduty_api_url=settings.pagerduty_api_url,
        public_url=settings.public_url if settings.web_bind else "",
        allow_private=settings.fetch_allow_private,
        console=console,
        now=clock.now,
    )
