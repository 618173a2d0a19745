"""What a failed call to Slack means for the delivery."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import aiohttp
from slack_sdk.errors import SlackApiError

from watcher.delivery.answer import retry_after
from watcher.delivery.redact import safe_reason
from watcher.model.delivery import DeliveryError

RETRYABLE = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "message_limit_exceeded",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        "external_channel_migrating",
        "accesslimited",
    }
)
"""Refusals that pass. All others (channel_not_found, not_in_channel, is_archived, invalid_auth, token_revoked,
missing_scope, invalid_blocks, msg_too_long, …) need a person."""

PERHAPS_DONE = frozenset({"internal_error", "fatal_error", "request_timeout", "service_unavailable"})
"""Of these Slack says that the call may have had its effect all the same."""

LOST_THREAD = frozenset({"thread_not_found", "invalid_thread_ts", "cannot_reply_to_message", "message_not_found"})
_RATE_LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_DEFAULT_HOLD = timedelta(seconds=30)


def refusal(error: SlackApiError) -> str:
    """Slack's error code ("channel_not_found"), or "" if the answer was not Slack's JSON."""
    answer = getattr(error.response, "data", None)
    code = answer.get("error") if isinstance(answer, dict) else None
    return code if isinstance(code, str) else ""


def verdict(error: Exception, secrets: tuple[str, ...]) -> DeliveryError:
    """The DeliveryError for whatever a call to Slack raised."""
    if isinstance(error, SlackApiError):
        return _answered(error, secrets)
    if isinstance(error, aiohttp.InvalidURL | aiohttp.NonHttpUrlClientError):
        return DeliveryError("WATCHER_SLACK_API_URL is not an http(s) address", permanent=True)
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return DeliveryError(f"Slack cannot be reached: {type(error).__name__}")
    if isinstance(error, asyncio.TimeoutError):
        return DeliveryError("Slack did not answer in time", ambiguous=True)
    # The connection broke after the request had left: it may have been taken.
    return DeliveryError(safe_reason(f"the answer of Slack was lost: {type(error).__name__}", secrets), ambiguous=True)


def _answered(error: SlackApiError, secrets: tuple[str, ...]) -> DeliveryError:
    status = int(getattr(error.response, "status_code", None) or getattr(error.response, "status", 0) or 0)
    headers = getattr(error.response, "headers", {})
    code = refusal(error)
    reason = safe_reason(f"Slack refused: {code}" if code else f"Slack answered HTTP {status}", secrets)
    if status == 429 or code in _RATE_LIMITED:
        return DeliveryError(reason, retry_after=retry_after(headers) or _DEFAULT_HOLD)
    if code in RETRYABLE:
        return DeliveryError(reason, ambiguous=code in PERHAPS_DONE)
    if code:
        return DeliveryError(reason, permanent=True)
    if 400 <= status < 500 and status != 408:
        return DeliveryError(reason, permanent=True)
    return DeliveryError(reason, retry_after=retry_after(headers), ambiguous=True)
