"""Documents that are sent to the running program: what it answered with 202 outlives a kill, and becomes an alert."""

from __future__ import annotations

import json
from typing import Any

import httpx

from tests.support.office import Office
from tests.support.service import BOUND
from tests.support.velmar import DAM_FAILS
from watcher.storage import documents

TOKEN = "a-token-that-nobody-guesses-4711"
PUSH = {"kind": "push", "url": "https://partner.example", "token": "env:PARTNER_TOKEN"}


async def post(port: int, body: list[dict[str, Any]]) -> int:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        answer = await client.post(f"http://127.0.0.1:{port}/push/partner", content=json.dumps(body), headers=headers)
    return answer.status_code


async def test_what_was_taken_outlives_a_kill_and_alerts(office: Office) -> None:
    office.rules.sources({"partner": PUSH})
    office.rules.routes(office.channels(), [{"to": ["soc"]}])
    settings = {"WATCHER_WEB_BIND": "127.0.0.1:0", "PARTNER_TOKEN": TOKEN}
    async with office.running("run", **settings) as service:
        (listening,) = await service.logged("web.listening")
        filler = [{"id": number, "title": f"Orchard {number}", "text": "Apples."} for number in range(200)]
        dam = {"id": "dam", "title": DAM_FAILS.title, "text": DAM_FAILS.text}
        assert await post(listening["port"], [*filler, dam]) == 202
        service.kill()
        await service.ended()
    async with office.database() as db, db.read() as conn:
        assert (await documents.counts(conn)).total == 201
    async with office.running("run", **settings) as service:
        await office.bell.until(lambda: bool(office.hook.hooks), BOUND)
        (listening,) = await service.logged("web.listening")
        assert await post(listening["port"], [dam]) == 202
        assert TOKEN not in "".join(service.err + service.out)
    async with office.database() as db, db.read() as conn:
        assert (await documents.counts(conn)).total == 201
    assert office.heard()["soc"] == [("alert", "dam-failure")]
