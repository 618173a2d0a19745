"""POST /push/{source}: what is taken, what is refused and how, and that nothing is taken twice or lost."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from tests.support.newswire import Feed
from tests.support.velmar import DAM_FAILS
from tests.web.conftest import NOW, SECRET, TOKEN, Answer, Site
from watcher.delivery.webhook.signing import key_of, sign
from watcher.model.document import Health
from watcher.storage import sources

TALKS = {"id": "1", "title": "Talks begin", "text": "In Muscat.", "url": "https://partner.example/1"}
PORT = {"id": 2, "title": "Port closed", "published": "2026-03-01T10:00:00Z", "language": "en"}


async def signed(
    site: Site, sent: object, *, message_id: str = "m1", at: int | None = None, secret: str = SECRET, **headers: str
) -> Answer:
    """Sent as Standard Webhooks has it."""
    body = json.dumps(sent).encode()
    stamp = int(site.clock.now().timestamp()) if at is None else at
    told = {
        "webhook-id": message_id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": sign([key_of(secret)], message_id, stamp, body),
        "Content-Type": "application/json",
    } | headers
    return await site.send("POST", "/push/signed", body, **told)


async def test_what_was_answered_with_202_is_stored(site: Site) -> None:
    answer = await site.push([TALKS, PORT])
    assert (answer.status, answer.json) == (202, {"new": 2, "revised": 0, "unchanged": 0})
    talks, port = sorted(await site.stored(), key=lambda document: document.title, reverse=True)
    assert (talks.title, talks.text, talks.url, talks.publisher) == (
        "Talks begin", "In Muscat.", "https://partner.example/1", "partner.example",
    )  # fmt: skip
    assert (port.guid, port.published_at) == ("2", NOW - timedelta(hours=2))


async def test_one_document_or_many_in_any_of_three_forms(site: Site) -> None:
    assert (await site.push(TALKS)).json["new"] == 1
    assert (await site.push({"items": [TALKS, PORT]})).json == {"new": 1, "revised": 0, "unchanged": 1}


async def test_sent_again_it_is_known_and_edited_it_is_revised(site: Site) -> None:
    await site.push([TALKS, PORT])
    assert (await site.push([TALKS, PORT])).json == {"new": 0, "revised": 0, "unchanged": 2}
    assert (await site.push(TALKS | {"text": "In Doha."})).json == {"new": 0, "revised": 1, "unchanged": 0}


async def test_the_same_sent_many_times_at_once_is_stored_once(site: Site) -> None:
    answers = await asyncio.gather(*(site.push([TALKS, PORT]) for _ in range(8)))
    assert {answer.status for answer in answers} == {202}
    assert sum(answer.json["new"] for answer in answers) == 2
    assert len(await site.stored()) == 2


async def test_a_key_gets_the_answer_that_it_got_before(site: Site) -> None:
    first = await site.push(TALKS, Idempotency_Key="k1")
    again = await site.push(TALKS, Idempotency_Key="k1")
    assert first.json["new"] == 1
    assert (again.status, again.json) == (202, first.json | {"repeated": True})
    other = await site.push(PORT, Idempotency_Key="k1")
    assert (other.status, other.json["field"]) == (422, "Idempotency-Key")


async def test_a_feed_can_be_sent(site: Site) -> None:
    feed = Feed()
    feed.add("Tarsk dam collapses", "The Tarsk dam in Velmar collapsed.")
    head = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/rss+xml"}
    answer = await site.send("POST", "/push/wire", feed.xml().encode(), **head)
    assert (answer.status, answer.json["new"]) == (202, 1)
    cut = await site.send("POST", "/push/wire", feed.xml().encode()[:-40], **head)
    assert cut.status == 400


async def test_what_was_sent_goes_on_as_what_was_polled(site: Site) -> None:
    await site.push({"id": "d", "title": DAM_FAILS.title, "text": DAM_FAILS.text})
    await site.app.pipeline.run_pending()
    assert (await site.app.summary()).matches == 1


async def test_the_state_tells_what_arrived_and_polling_is_left_alone(site: Site) -> None:
    async with site.app.db.read() as conn:
        before = (await sources.states(conn))["wire"]
    await site.push([TALKS, PORT])
    async with site.app.db.read() as conn:
        state = (await sources.states(conn))["wire"]
    assert (state.documents, state.last_new_at, state.health) == (2, NOW, Health.HEALTHY)
    assert state.next_due_at == before.next_due_at
    assert state.windows_missed == 0


@pytest.mark.parametrize(
    ("sent", "status", "field"),
    [
        ([], 422, "items"),
        ([TALKS] * 501, 422, "items"),
        ({"id": "1"}, 422, "title"),
        ([TALKS, {"title": 5}], 422, "items[1].title"),
        ([TALKS, {"title": "a", "url": "javascript:alert(1)"}], 422, "items[1].url"),
        ({"title": "a", "published": "soon"}, 422, "published"),
        ({"title": "a", "published": True}, 422, "published"),
        ({"title": "a", "body": "b"}, 422, "body"),
        ({"title": "a", "id": "x" * 501}, 422, "id"),
        (["words"], 422, "items[0]"),
        ("words", 422, "document"),
        (None, 422, "document"),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_is_stored(site: Site, sent: object, status: int, field: str) -> None:
    answer = await site.push(sent)
    assert (answer.status, answer.json["field"]) == (status, field)
    assert await site.stored() == []


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 50_000, b'{"title": NaN}', b"\xff\xfe\x00", b"<rss/>"])
async def test_a_body_that_cannot_be_read_is_refused(site: Site, body: bytes) -> None:
    head = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    answer = await site.send("POST", "/push/wire", body, **head)
    assert answer.status == 400
    assert await site.stored() == []


@pytest.mark.parametrize("kind", ["text/html", "application/octet-stream", "multipart/form-data", "application/json5"])
async def test_other_content_is_refused(site: Site, kind: str) -> None:
    assert (await site.push(TALKS, **{"Content-Type": kind})).status == 415


async def test_a_compressed_body_is_refused(site: Site) -> None:
    assert (await site.push(TALKS, **{"Content-Encoding": "gzip"})).status in (400, 415)


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer no", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer \xff\xfe"])
async def test_without_the_token_nothing_is_taken(site: Site, given: str) -> None:
    answer = await site.push(TALKS, Authorization=given)
    assert answer.status in (400, 401)
    assert TOKEN.encode() not in answer.body
    assert await site.stored() == []


async def test_an_unknown_source_and_one_of_another_kind_are_not_there(site: Site) -> None:
    for source in ("nobody", "news", "..%2f..", "%00"):
        assert (await site.push(TALKS, source)).status == 404
    assert (await site.send("GET", "/push/wire")).status == 405


async def test_a_source_without_a_proper_secret_takes_nothing_yet(site: Site) -> None:
    for source, token in (("unset", "x" * 40), ("unset", ""), ("short", "short")):
        answer = await site.push(TALKS, source, Authorization=f"Bearer {token}")
        assert (answer.status, answer.headers["retry-after"]) == (503, "60")


async def test_too_much_is_refused_before_it_is_read(site: Site) -> None:
    answer = await site.push([{"title": "x" * 2_000}], "small")
    assert answer.status == 413
    head = (
        f"POST /push/small HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n"
    )
    chunked = head.encode() + b"Transfer-Encoding: chunked\r\n\r\n" + b"400\r\n" + b"x" * 1024 + b"\r\n"
    assert (await site.raw(chunked + b"0\r\n\r\n")).status == 413


async def test_a_body_that_does_not_come_is_not_waited_for(site: Site) -> None:
    head = f"POST /push/wire HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n"
    assert (await site.raw(head.encode() + b"Content-Length: 50\r\n\r\n[")).status == 408


async def test_headers_that_do_not_end_are_not_waited_for(site: Site) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(b"POST /push/wire HTTP/1.1\r\nHost: x\r\nX-")
    async with asyncio.timeout(10):
        assert await reader.read() == b""
    writer.close()


@pytest.mark.parametrize("lines", [b"X-A: " + b"a" * 20_000 + b"\r\n", b"X-A: b\r\n" * 500])
async def test_huge_headers_are_refused(site: Site, lines: bytes) -> None:
    assert (await site.raw(b"POST /push/wire HTTP/1.1\r\nHost: x\r\n" + lines + b"\r\n")).status == 400


async def test_a_sender_that_is_too_fast_is_told_when_to_come_again(site: Site) -> None:
    assert [(await site.push(TALKS, "slow-going")).status for _ in range(2)] == [202, 202]
    answer = await site.push(TALKS, "slow-going")
    assert (answer.status, answer.headers["retry-after"]) == (429, "31")
    site.clock.advance(timedelta(seconds=30))
    assert (await site.push(TALKS, "slow-going")).status == 202


async def test_who_guesses_on_and_on_hears_no_more_and_stops_nobody_else(site: Site) -> None:
    answers = [await site.push(TALKS, Authorization="Bearer guess") for _ in range(32)]
    assert [answer.status for answer in answers[:30]] == [401] * 30
    assert answers[-1].status == 429
    assert (await site.push(TALKS)).status == 202


async def test_a_signed_request_is_taken_once(site: Site) -> None:
    assert (await signed(site, TALKS)).json["new"] == 1
    replayed = await signed(site, TALKS)
    assert (replayed.status, replayed.json["error"]) == (401, "this very request was taken before")
    site.clock.advance(timedelta(seconds=5))
    assert (await signed(site, TALKS)).json == {"new": 0, "revised": 0, "unchanged": 1}


async def test_a_signed_request_that_was_refused_may_come_again(site: Site) -> None:
    assert (await signed(site, {"id": "1"})).status == 422
    assert (await signed(site, {"id": "1"})).status == 422


@pytest.mark.parametrize("off", [-301, 301, 10**11])
async def test_a_stale_signature_is_refused(site: Site, off: int) -> None:
    answer = await signed(site, TALKS, at=int(NOW.timestamp()) + off)
    assert (answer.status, answer.json["error"]) == (401, "the signature is stale")


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": ""},
        {"webhook-id": "another"},
        {"webhook-timestamp": "now"},
        {"webhook-timestamp": "9" * 400},
        {"X-Hub-Signature-256": "sha256=00"},
        {"X-Hub-Signature-256": "sha1=00"},
    ],
)
async def test_a_forged_signature_is_refused(site: Site, change: dict[str, str]) -> None:
    assert (await signed(site, TALKS, **change)).status == 401
    assert await site.stored() == []


async def test_another_secret_and_no_signature_are_refused(site: Site) -> None:
    assert (await signed(site, TALKS, secret="another secret of some length")).status == 401
    assert (await site.push(TALKS, "signed")).status == 401


async def test_the_signature_of_hubs_is_understood(site: Site) -> None:
    body = json.dumps(TALKS).encode()
    told = {"X-Hub-Signature-256": "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}
    answer = await site.send("POST", "/push/signed", body, **told, **{"Content-Type": "application/json"})
    assert answer.json["new"] == 1


async def test_health_and_unknown_paths(site: Site) -> None:
    assert (await site.send("GET", "/healthz")).status in (200, 503)
    lost = await site.send("GET", "/")
    assert (lost.status, lost.headers["server"]) == (404, "signal-watch")
    assert (await site.raw(b"nonsense\r\n\r\n")).status == 400
