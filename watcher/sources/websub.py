"""WebSub (W3C Recommendation, 2018): which hub a feed names, asking a hub for a subscription, whose signature it is."""

from __future__ import annotations

import hashlib
import hmac
import html
import re
from urllib.parse import urlencode

import httpx

from watcher.net.client import guarded_client
from watcher.net.guard import Network
from watcher.net.transport import Outside
from watcher.sources.links import absolute_url

HASHES = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
"""What a hub may sign with (section 7.1). HMAC-SHA1 is still out of forgers' reach, and large hubs know no other."""

_HEAD = 30_000
_LINK_TAG = re.compile(r"<(?:[A-Za-z0-9]{1,20}:)?link\b[^<>]{0,2000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(rel|href)\s*=\s*(?:\"([^\"<>]{0,2000})\"|'([^'<>]{0,2000})')", re.IGNORECASE)
_ENTRY = re.compile(r"<(?:[A-Za-z0-9]{1,20}:)?(?:item|entry)\b", re.IGNORECASE)
_LINK_HEADER = re.compile(r"<([^<>]{1,2000})>((?:\s*;\s*[A-Za-z*]{1,20}\s*=\s*(?:\"[^\"]{0,500}\"|[^\s\",;]{1,500}))*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s\",;]+))", re.IGNORECASE)


class HubError(Exception):
    """The hub did not take the request; the text says why in a few words."""


def find_hub(body: bytes, link_header: str, url: str) -> tuple[str, str] | None:
    """The hub and the topic that a feed names, in the Link header or before its first entry; None if it names none."""
    found: dict[str, str] = {}
    for target, parameters in _LINK_HEADER.findall(link_header[:8_000]):
        rel = _REL.search(parameters)
        _note(found, (rel.group(1) or rel.group(2)) if rel else "", target, url)
    if "hub" not in found and b"hub" in body[:_HEAD]:
        head = body[:_HEAD].decode("utf-8", "replace")
        entry = _ENTRY.search(head)
        for tag in _LINK_TAG.findall(head[: entry.start()] if entry else head):
            told = {name.lower(): double or single for name, double, single in _ATTRIBUTE.findall(tag)}
            _note(found, told.get("rel", ""), html.unescape(told.get("href", "")), url)
    return (found["hub"], found.get("self", url)) if "hub" in found else None


def signed_by(secret: str, header: str, body: bytes) -> bool:
    """Whether `X-Hub-Signature: method=hex` proves that the sender of `body` knows the secret (section 7.1)."""
    method, _, signature = header.strip().partition("=")
    digest = HASHES.get(method.lower())
    if digest is None:
        return False
    expected = hmac.new(secret.encode(), body, digest).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.strip().lower().encode("utf-8", "replace"))


class HubClient:
    """Asks hubs. Their addresses come from feeds, so they are reached as guardedly as any other."""

    def __init__(self, allow_private: tuple[Network, ...] = (), *, outside: Outside | None = None) -> None:
        self._client = guarded_client(allow_private, timeout=20.0, outside=outside)

    async def subscribe(self, hub: str, topic: str, callback: str, secret: str, lease_s: int) -> None:
        """Ask for a subscription, or its renewal; the hub then verifies at `callback`. Raises HubError."""
        form = {
            "hub.mode": "subscribe",
            "hub.topic": topic,
            "hub.callback": callback,
            "hub.secret": secret,
            "hub.lease_seconds": str(lease_s),
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            async with self._client.stream("POST", hub, content=urlencode(form).encode(), headers=headers) as answer:
                status = answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise HubError(f"the hub cannot be asked ({type(error).__name__})") from None
        if status not in (202, 204):
            raise HubError(f"the hub answers {status}")

    async def close(self) -> None:
        """Close connections."""
        await self._client.aclose()


def _note(found: dict[str, str], rels: str, target: str, base: str) -> None:
    """Keep the first hub and the first self; `rel` may name several relations."""
    address = absolute_url(target, base)
    for rel in rels.lower().split():
        if rel in ("hub", "self") and address:
            found.setdefault(rel, address)
