"""What Apprise's `json://` service posts to: takes a JSON document, behind a name and a password."""

from __future__ import annotations

import base64
import json
from typing import Any

from aiohttp import web

from tests.support.loopback import LoopbackServer

USER, PASSWORD = "watch", "apprise-p4ssword"
PATH = "apprise-path-s3cret"


class AppriseServer(LoopbackServer):
    """`notes` are the documents that were taken."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[dict[str, Any]] = []

    @property
    def apprise_url(self) -> str:
        return f"json://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{PATH}?overflow=upstream"

    async def handle(self, request: web.Request, body: bytes, taken: bool) -> web.StreamResponse:
        given = request.headers.get("Authorization", "")
        expected = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if given != f"Basic {expected}" or request.path.rstrip("/") != f"/{PATH}":
            return web.Response(status=401)
        self.notes.append(json.loads(body))
        return web.Response(status=200)
