"""One HTTP POST with a verdict: what webhook and PagerDuty have in common."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import httpx

from watcher.delivery.redact import safe_reason
from watcher.model.delivery import DeliveryError
from watcher.net.errors import AddressBlockedError

_ANSWER_BYTES = 2_000


@dataclass(frozen=True, slots=True)
class Posting:
    """`who` stands for the receiver in errors: never more of the URL than its host. `patience` in seconds, in all."""

    url: str = field(repr=False)
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    who: str
    patience: float


@dataclass(frozen=True, slots=True)
class Answer:
    """`text` is the start of the body of an answer that is not a success; hostile."""

    status: int
    headers: Mapping[str, str]
    text: str = ""


async def post(transport: httpx.AsyncBaseTransport, posting: Posting) -> Answer:
    """Send once, follow nothing. Raises DeliveryError if no answer came; ambiguous if the request may have arrived.

    No client of httpx stands between: it logs every address in full, and a hook's address may be a secret.
    """
    try:
        async with asyncio.timeout(posting.patience):
            response = await transport.handle_async_request(_request(posting))
            try:
                text = "" if response.is_success else await _beginning(response)
            finally:
                # The status has come: a connection that cannot be closed in peace does not undo it.
                with suppress(httpx.HTTPError):
                    await response.aclose()
            return Answer(response.status_code, response.headers, text)
    except AddressBlockedError:
        raise DeliveryError(
            f"{posting.who} lies in a private network that is not in WATCHER_FETCH_ALLOW_PRIVATE", permanent=True
        ) from None
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise DeliveryError(f"{posting.who} cannot be reached: {type(error).__name__}") from None
    except (httpx.UnsupportedProtocol, httpx.InvalidURL):
        raise DeliveryError(f"{posting.who}: the address is not one for HTTP", permanent=True) from None
    except TimeoutError:
        raise DeliveryError(f"{posting.who} did not answer in time", ambiguous=True) from None
    except httpx.HTTPError as error:
        raise DeliveryError(f"the answer of {posting.who} was lost: {type(error).__name__}", ambiguous=True) from None


def refusal(posting: Posting, answer: Answer, secrets: Iterable[str]) -> str:
    """ "hooks.example.org answered 503: try later", safe to log."""
    said = f": {answer.text}" if answer.text.strip() else ""
    return safe_reason(f"{posting.who} answered {answer.status}{said}", secrets)


def _request(posting: Posting) -> httpx.Request:
    headers = {"User-Agent": "SignalWatch", "Accept": "*/*", "Accept-Encoding": "identity", **posting.headers}
    timeouts = httpx.Timeout(posting.patience).as_dict()
    return httpx.Request("POST", posting.url, content=posting.body, headers=headers, extensions={"timeout": timeouts})


async def _beginning(response: httpx.Response) -> str:
    taken = b""
    try:
        async for chunk in response.aiter_bytes():
            taken += chunk
            if len(taken) >= _ANSWER_BYTES:
                break
    except httpx.HTTPError:
        # The status is the answer; the words are a courtesy.
        return ""
    return taken[:_ANSWER_BYTES].decode("utf-8", "replace")
