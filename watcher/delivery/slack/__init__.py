"""Slack: Block Kit messages through a bot token."""
