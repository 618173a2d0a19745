"""POST /alerts/{id}/{what}: the token, what is done once, and what is refused."""

from __future__ import annotations

import json
from datetime import timedelta

from tests.support.velmar import DAM_FAILS
from tests.web.conftest import API_TOKEN, NOW, Answer, Site
from watcher.model.alert import Alert, AlertStatus
from watcher.storage import acts, alerts


async def tell(site: Site) -> Alert:
    """An alert that was told."""
    report = {"id": "1", "title": DAM_FAILS.title, "text": DAM_FAILS.text, "published": NOW.isoformat()}
    assert (await site.push(report)).status == 202
    await site.app.pipeline.run_pending()
    return await only(site)


async def only(site: Site) -> Alert:
    async with site.app.db.read() as conn:
        (alert,) = await alerts.listing(conn)
    return alert


async def post(site: Site, path: str, order: object = None, **headers: str) -> Answer:
    body = b"" if order is None else json.dumps(order).encode()
    return await site.send("POST", f"/alerts/{path}", body, **({"Authorization": f"Bearer {API_TOKEN}"} | headers))


async def test_it_is_done_and_told(site: Site) -> None:
    alert = await tell(site)
    answer = await post(site, f"{alert.id}/ack", {"by": "ada", "for": "2h", "note": "calling"})
    assert (answer.status, answer.json["changed"]) == (200, True)
    assert answer.json["why"] == ["ada has it until 2026-03-01 14:00 UTC (calling)"]
    assert (answer.json["alert"]["owner"], answer.json["alert"]["status"]) == ("ada", "acknowledged")
    assert (await only(site)).ack_until == NOW + timedelta(hours=2)


async def test_each_thing_that_can_be_done(site: Site) -> None:
    alert = await tell(site)
    for what, order, status in (
        ("ack", None, AlertStatus.ACKNOWLEDGED),
        ("snooze", {"for": "1h"}, AlertStatus.SNOOZED),
        ("reopen", {}, AlertStatus.OPEN),
        ("resolve", {"by": "ben"}, AlertStatus.RESOLVED),
        ("reopen", None, AlertStatus.OPEN),
        ("feedback", {"verdict": "not-relevant", "by": "ben"}, AlertStatus.RESOLVED),
    ):
        assert (await post(site, f"{alert.id}/{what}", order)).status == 200
        assert (await only(site)).status is status
    async with site.app.db.read() as conn:
        assert [said.actor for said in await acts.said_of(conn, alert.id)] == ["ben"]
    over = await post(site, f"{alert.id}/ack")
    assert (over.status, over.json["why"]) == (409, ["it is resolved: reopen it first"])


async def test_the_same_key_counts_once(site: Site) -> None:
    alert = await tell(site)
    for expected in (None, True, True):
        answer = await post(site, f"{alert.id}/ack", {"by": "ada"}, Idempotency_Key="k1")
        assert (answer.status, answer.json.get("repeated")) == (200, expected)
    assert (await only(site)).revision == 1
    await post(site, f"{alert.id}/resolve", Idempotency_Key="k1")
    assert (await only(site)).status is AlertStatus.RESOLVED, "another thing to do is another request"


async def test_without_the_token_nothing_is_done(site: Site) -> None:
    alert = await tell(site)
    for given in ("", "Bearer ", f"Basic {API_TOKEN}", f"Bearer {API_TOKEN}x", "Bearer é"):
        answer = await post(site, f"{alert.id}/resolve", Authorization=given)
        assert answer.status == 401
        assert answer.headers["www-authenticate"] == "Bearer"
    assert (await only(site)).revision == 0


async def test_what_makes_no_sense_changes_nothing(site: Site) -> None:
    alert = await tell(site)
    cases: list[tuple[str, bytes, int]] = [
        ("snooze", b"{}", 422),
        ("snooze", b'{"for": "soon"}', 422),
        ("ack", b'{"for": 7}', 422),
        ("ack", b'{"by": ""}', 422),
        ("ack", b'{"surprise": 1}', 422),
        ("ack", b"[]", 422),
        ("feedback", b'{"verdict": "meh"}', 422),
        ("ack", b"[" * 9_000, 400),
        ("ack", b"nonsense", 400),
        ("ack", b"\xff", 400),
        ("ack", b"x" * 20_000, 413),
        ("explode", b"{}", 404),
    ]
    for what, body, status in cases:
        answer = await site.send("POST", f"/alerts/{alert.id}/{what}", body, Authorization=f"Bearer {API_TOKEN}")
        assert (what, body[:20], answer.status) == (what, body[:20], status)
        assert "error" in answer.json
    for strange, why in (
        ({"fro": "1h"}, "no such field; there are by, for, note, verdict"),
        ([], "an object is expected"),
    ):
        assert (await post(site, f"{alert.id}/ack", strange)).json["error"] == why
    for name in (alert.id[:8], "alr_0", "%00", "x" * 300):
        assert (await post(site, f"{name}/ack")).status == 404, "a program knows the whole id"
    assert (await only(site)).revision == 0
