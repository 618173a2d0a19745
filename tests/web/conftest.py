"""The real watcher with its web server on the loopback, a clock that stands still, a client that sends raw bytes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from tests.support.clocks import HandClock
from tests.support.news_server import NewsServer
from tests.support.velmar import Velmar
from watcher.app import App
from watcher.model.document import Document
from watcher.settings import FixedSettings
from watcher.storage import documents
from watcher.telemetry import Redactor
from watcher.web.guard import Guard
from watcher.web.server import serve

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TOKEN = "a-token-that-nobody-guesses-4711"
SECRET = "whsec_" + "c2VjcmV0IHRoYXQgbm9ib2R5IGd1ZXNzZXM="
ENVIRONMENT = {"WIRE_TOKEN": TOKEN, "WIRE_SECRET": SECRET, "SHORT": "short"}
API_TOKEN = "another-token-that-nobody-guesses"
PUBLIC = "https://watch.example"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Site:
    """The running watcher. `hub` is a server that tests script as they like."""

    app: App
    port: int
    clock: HandClock
    hub: NewsServer

    async def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """One request as a whole; keyword `X_Name` is the header `X-Name`."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [
            f"{method} {path} HTTP/1.1",
            "Host: watch.example",
            f"Content-Length: {len(body)}",
            "Connection: close",
        ]
        lines += [f"{name}: {value}" for name, value in told.items()]
        return await self.raw("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    async def raw(self, data: bytes) -> Answer:
        """Send bytes and read until the server hangs up."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            async with asyncio.timeout(20):
                writer.write(data)
                answer = await reader.read()
        finally:
            writer.close()
        head, _, body = answer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        return Answer(int(first.split(" ")[1]), headers, body)

    async def push(self, sent: object, source: str = "wire", **headers: str) -> Answer:
        """Post JSON with the right token, unless the headers say otherwise."""
        told = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"} | headers
        return await self.send("POST", f"/push/{source}", json.dumps(sent).encode(), **told)

    async def stored(self) -> list[Document]:
        """All documents, newest first."""
        async with self.app.db.read() as conn:
            return await documents.recent(conn, datetime(2000, 1, 1, tzinfo=UTC), 2_000)


def write_sources(rules: Velmar, feed_url: str) -> None:
    """Push sources of each kind of proof, and a feed."""
    common = {"kind": "push", "url": "https://partner.example"}
    sources = [
        {"id": "wire", **common, "token": "env:WIRE_TOKEN"},
        {"id": "signed", **common, "secret": "env:WIRE_SECRET", "publisher": "signed.example"},
        {"id": "unset", **common, "token": "env:NOT_SET_ANYWHERE", "publisher": "a.example"},
        {"id": "short", **common, "token": "env:SHORT", "publisher": "b.example"},
        {"id": "slow-going", **common, "token": "env:WIRE_TOKEN", "per_minute": 2, "publisher": "c.example"},
        {"id": "small", **common, "token": "env:WIRE_TOKEN", "max_bytes": 1000, "publisher": "d.example"},
        {"id": "news", "kind": "feed", "url": feed_url, "publisher": "news.example"},
    ]
    (rules.root / "sources.yaml").write_text(yaml.safe_dump({"sources": sources}), encoding="utf-8")


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    clock = HandClock(NOW)
    async with NewsServer() as hub:
        rules = Velmar(tmp_path / "rules")
        write_sources(rules, hub.url("/feed"))
        settings = FixedSettings(
            rules=rules.root,
            data_dir=tmp_path / "data",
            fetch_allow_private=(ip_network("127.0.0.0/8"),),
            public_url=PUBLIC,
            api_token=SecretStr(API_TOKEN),
            enrich_per_hour=0,
        )
        app = App(settings, Redactor(), clock=clock, environment=ENVIRONMENT)
        async with app, serve("127.0.0.1:0", app, guard=Guard(clock.monotonic, body_s=0.3), headers_s=0.5) as port:
            yield Site(app, port, clock, hub)
