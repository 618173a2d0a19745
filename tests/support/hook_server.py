"""A receiver of Standard Webhooks: checks signatures, knows repeats by their id, keeps what it took."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.support.loopback import LoopbackServer

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes ok!").decode()


@dataclass(frozen=True, slots=True)
class Hook:
    """One accepted POST. `timestamp` is what its header says, in seconds."""

    id: str
    timestamp: int
    signature: str
    path: str
    raw: bytes
    repeated: bool

    @property
    def body(self) -> dict[str, Any]:
        return json.loads(self.raw)


class HookServer(LoopbackServer):
    """`secret` None takes unsigned posts too. Refused ones (401, 413) are counted in `refused`."""

    def __init__(self, secret: str | None = SECRET) -> None:
        super().__init__()
        self.secret = secret
        self.hooks: list[Hook] = []
        self.refused = 0
        self.redirected = 0

    async def handle(self, request: web.Request, body: bytes, taken: bool) -> web.StreamResponse:
        if request.path == "/elsewhere":
            self.redirected += 1
            return web.Response(status=200)
        message_id = request.headers.get("webhook-id", "")
        stamp = request.headers.get("webhook-timestamp", "")
        signatures = request.headers.get("webhook-signature", "")
        if not message_id or "." in message_id or not stamp.isdigit() or len(body) >= 20_000:
            self.refused += 1
            return web.Response(status=413 if len(body) >= 20_000 else 400)
        if self.secret is not None and self.sign(message_id, stamp, body) not in signatures.split(" "):
            self.refused += 1
            return web.Response(status=401)
        repeated = any(hook.id == message_id for hook in self.hooks)
        self.hooks.append(Hook(message_id, int(stamp), signatures, request.path_qs, body, repeated))
        return web.Response(status=204)

    def sign(self, message_id: str, stamp: str, body: bytes) -> str:
        """The signature that Standard Webhooks asks for, worked out apart from the code under test."""
        key = base64.b64decode((self.secret or "").removeprefix("whsec_"))
        digest = hmac.new(key, message_id.encode() + b"." + stamp.encode() + b"." + body, hashlib.sha256).digest()
        return "v1," + base64.b64encode(digest).decode()
