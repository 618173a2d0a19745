"""Fetching from a real server on loopback: validators, redirects, repeats, refusals."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.sources.conftest import POLICY, Bench, Pauses
from tests.support.news_server import Exchange, NewsServer, Reply
from watcher.model.document import Health
from watcher.net.transport import Outside
from watcher.sources.failure import FetchError, Reason
from watcher.sources.fetch import Fetcher, FetchRequest


async def failure(bench: Bench, path: str = "/") -> FetchError:
    with pytest.raises(FetchError) as caught:
        await bench.fetcher.get(FetchRequest(bench.server.url(path)))
    return caught.value


async def test_who_is_calling_and_what_is_wanted_are_told(bench: Bench) -> None:
    bench.server.on("/", Reply(b"news", headers={"Content-Type": "text/xml"}))
    response = await bench.fetcher.get(FetchRequest(bench.server.url("/"), accept="text/xml"))
    assert (response.status, response.body, response.content_type) == (200, b"news", "text/xml")
    asked = bench.server.requests[0].headers
    assert asked["user-agent"] == "SignalWatch/0.1.0 (news monitoring; desk@example.org)"
    assert asked["accept"] == "text/xml"
    assert "if-none-match" not in asked


async def test_validators_go_back_as_they_came(bench: Bench) -> None:
    etag, modified = 'W/"odd, one"', "Mon, 02 Mar 2026 01:02:03 +0000"
    bench.server.on("/", Reply(b"news", headers={"ETag": etag, "Last-Modified": modified}), Reply(status=304))
    first = await bench.fetcher.get(FetchRequest(bench.server.url("/")))
    assert (first.etag, first.last_modified) == (etag, modified)
    second = await bench.fetcher.get(FetchRequest(bench.server.url("/"), first.etag, first.last_modified))
    assert second.not_modified
    assert bench.server.requests[1].headers["if-none-match"] == etag
    assert bench.server.requests[1].headers["if-modified-since"] == modified


async def test_not_modified_to_a_plain_question_is_asked_once_more(bench: Bench) -> None:
    bench.server.on("/", Reply(status=304), Reply(b"news"))
    assert (await bench.fetcher.get(FetchRequest(bench.server.url("/")))).body == b"news"
    assert bench.server.requests[1].headers["cache-control"] == "no-cache"


async def test_not_modified_to_a_plain_question_again_is_a_failure(bench: Bench) -> None:
    bench.server.on("/", Reply(status=304))
    error = await failure(bench)
    assert (error.reason, error.health) == (Reason.PROTOCOL, Health.FAILING)
    assert len(bench.server.requests) == 2


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [((301, 308), "/2"), ((301, 302), "/1"), ((302, 301), None), ((303,), None), ((307,), None)],
)
async def test_permanent_redirects_are_reported_up_to_the_first_that_is_not(
    bench: Bench, statuses: Sequence[int], moved: str | None
) -> None:
    for step, status in enumerate(statuses):
        bench.server.on(f"/{step}", Reply(status=status, headers={"Location": f"/{step + 1}"}))
    bench.server.on(f"/{len(statuses)}", Reply(b"news"))
    response = await bench.fetcher.get(FetchRequest(bench.server.url("/0")))
    assert response.url == bench.server.url(f"/{len(statuses)}")
    assert response.moved_to == (moved and bench.server.url(moved))


async def test_a_redirect_loop_ends_after_five(bench: Bench) -> None:
    bench.server.on("/", Reply(status=302, headers={"Location": "/"}))
    assert (await failure(bench)).reason is Reason.REDIRECTS
    assert len(bench.server.requests) == 6


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "ftp://example.org/", "javascript:alert(1)", "http://", "http://[", "//", "data:,x"],
)
async def test_redirects_lead_to_the_web_only(bench: Bench, location: str) -> None:
    bench.server.on("/", Reply(status=302, headers={"Location": location}))
    assert (await failure(bench)).reason is Reason.REDIRECTS


@pytest.mark.parametrize(
    "location",
    ["http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://0/", "http://0xa000001/"],
)
async def test_a_redirect_to_a_private_address_is_blocked(bench: Bench, location: str) -> None:
    bench.server.on("/", Reply(status=302, headers={"Location": location}))
    error = await failure(bench)
    assert (error.reason, error.health) == (Reason.BLOCKED_ADDRESS, Health.BLOCKED)


async def test_a_move_from_https_to_http_is_followed_and_never_remembered() -> None:
    certificate = Path(__file__).parent.parent / "support" / "loopback.pem"
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)

    async def anywhere(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    trusting = ssl.create_default_context(cafile=str(certificate))
    fetcher = Fetcher(POLICY, outside=Outside(ssl_context=trusting, resolver=anywhere), sleep=Pauses().sleep)
    async with NewsServer(tls=tls) as safe, NewsServer() as plain:
        name = "localhost"
        safe.on("/a", Reply(status=301, headers={"Location": "/b"}))
        safe.on("/b", Reply(status=301, headers={"Location": plain.url("/c", name)}))
        plain.on("/c", Reply(b"news"))
        response = await fetcher.get(FetchRequest(safe.url("/a", name)))
        assert (response.body, response.moved_to) == (b"news", safe.url("/b", name))
    await fetcher.close()


async def test_a_redirect_without_a_place_is_a_failure(bench: Bench) -> None:
    bench.server.on("/", Reply(status=301))
    assert (await failure(bench)).reason is Reason.REDIRECTS


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://example.org/x", "example.org", "", "http://", "http://[::1", "http://a b/"]
)
async def test_only_web_addresses_are_fetched(bench: Bench, url: str) -> None:
    with pytest.raises(FetchError) as caught:
        await bench.fetcher.get(FetchRequest(url))
    assert caught.value.reason is Reason.URL


async def test_credentials_are_sent_to_their_own_host_alone_and_never_shown() -> None:
    async def anywhere(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    fetcher = Fetcher(POLICY, outside=Outside(resolver=anywhere), sleep=Pauses().sleep)
    async with NewsServer() as server:
        there = server.url("/there", "u:other@other.example")
        server.on("/same", Reply(status=302, headers={"Location": "/away"}))
        server.on("/away", Reply(status=302, headers={"Location": there}))
        server.on("/there", Reply(status=404))
        with pytest.raises(FetchError) as caught:
            await fetcher.get(FetchRequest(server.url("/same", "desk:s3cret@news.example")))
    await fetcher.close()
    sent = [request.headers.get("authorization") for request in server.requests]
    assert sent == ["Basic ZGVzazpzM2NyZXQ=", "Basic ZGVzazpzM2NyZXQ=", None]
    shown = f"{caught.value!s} {caught.value!r} {caught.value.__cause__!r}"
    assert "s3cret" not in shown
    assert "other@" not in shown


@pytest.mark.parametrize(
    ("status", "health"),
    [(401, Health.BLOCKED), (403, Health.BLOCKED), (429, Health.BLOCKED), (451, Health.BLOCKED), (410, Health.GONE),
     (404, Health.FAILING), (400, Health.FAILING), (501, Health.FAILING), (300, Health.FAILING)],
)  # fmt: skip
async def test_refusals_say_what_they_mean_and_are_not_repeated(bench: Bench, status: int, health: Health) -> None:
    bench.server.on("/", Reply(status=status))
    error = await failure(bench)
    assert (error.reason, error.status, error.health) == (Reason.HTTP_STATUS, status, health)
    assert str(error) == f"http-status: the server answers {status}"
    assert len(bench.server.requests) == 1


async def test_a_server_error_is_repeated_twice_with_pauses(bench: Bench) -> None:
    bench.server.on("/", Reply(status=502), Reply(status=500), Reply(b"news"))
    assert (await bench.fetcher.get(FetchRequest(bench.server.url("/")))).body == b"news"
    assert bench.pauses.taken == [0.5, 2.0]
    bench.server.on("/", Reply(status=503))
    assert (await failure(bench)).status == 503
    assert len(bench.server.requests) == 6


async def test_a_broken_connection_is_repeated(bench: Bench) -> None:
    async def cut(exchange: Exchange) -> None:
        exchange.hang_up()

    bench.server.on("/", cut, Reply(b"news"))
    assert (await bench.fetcher.get(FetchRequest(bench.server.url("/")))).body == b"news"


async def test_a_server_that_names_a_time_is_not_repeated(bench: Bench) -> None:
    bench.server.on("/", Reply(status=503, headers={"Retry-After": "600"}))
    assert (await failure(bench)).retry_after == timedelta(seconds=600)
    bench.server.on("/", Reply(status=429, headers={"Retry-After": "5"}))
    assert (await failure(bench)).retry_after == timedelta(minutes=1)
    assert len(bench.server.requests) == 2


async def test_nobody_listening_is_a_connect_failure(bench: Bench) -> None:
    async with NewsServer() as gone:
        url = gone.url("/")
    with pytest.raises(FetchError) as caught:
        await bench.fetcher.get(FetchRequest(url))
    assert caught.value.reason is Reason.CONNECT


async def test_an_unknown_name_is_a_failure_of_its_own() -> None:
    async def nobody(host: str, port: int) -> Sequence[str]:
        raise OSError(-2, "Name or service not known")

    fetcher = Fetcher(POLICY, outside=Outside(resolver=nobody), sleep=Pauses().sleep)
    with pytest.raises(FetchError) as caught:
        await fetcher.get(FetchRequest("http://desk:s3cret@nowhere.example/feed"))
    await fetcher.close()
    assert caught.value.reason is Reason.DNS
    assert "s3cret" not in str(caught.value)


async def test_a_name_that_turns_out_to_be_loopback_is_blocked() -> None:
    async def sly(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    fetcher = Fetcher(replace(POLICY, allow_private=()), outside=Outside(resolver=sly), sleep=Pauses().sleep)
    async with NewsServer() as server:
        with pytest.raises(FetchError) as caught:
            await fetcher.get(FetchRequest(server.url("/", "news.example")))
        assert server.connections == 0
    await fetcher.close()
    assert caught.value.reason is Reason.BLOCKED_ADDRESS


async def test_too_many_headers_and_unknown_encodings_have_their_reasons(bench: Bench) -> None:
    bench.server.on("/many", Reply(b"x", headers={f"X-{number}": "1" for number in range(300)}))
    bench.server.on("/br", Reply(b"x", headers={"Content-Encoding": "br"}))
    assert (await failure(bench, "/many")).reason is Reason.PROTOCOL
    assert (await failure(bench, "/br")).reason is Reason.ENCODING


async def test_repeats_and_redirects_share_one_deadline(bench: Bench) -> None:
    async def slow(exchange: Exchange) -> None:
        bench.clock.advance(12)
        await exchange.write(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")

    bench.server.on("/", slow)
    error = await failure(bench)
    assert str(error) == "timeout: no complete answer within 30 s"
    assert len(bench.server.requests) == 3


async def test_no_more_requests_at_once_than_allowed_for_a_host_and_in_all() -> None:
    fetcher = Fetcher(replace(POLICY, concurrency=5, per_host=2), sleep=Pauses().sleep)
    running = most = 0
    full = asyncio.Event()

    async def slow(exchange: Exchange) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        if running == 2:
            full.set()
        await full.wait()
        await exchange.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        running -= 1

    async with NewsServer() as server:
        server.on("/", slow)
        await asyncio.gather(*(fetcher.get(FetchRequest(server.url("/"))) for _ in range(12)))
    await fetcher.close()
    assert most == 2


async def test_a_stalled_host_does_not_hold_the_others_up(bench: Bench) -> None:
    fetcher = Fetcher(replace(POLICY, concurrency=3, per_host=2, total_timeout=5), sleep=Pauses().sleep)
    async with NewsServer() as stuck, NewsServer() as quick:
        stuck.on("/", Exchange.stall)
        quick.on("/", Reply(b"news"))
        waiting = [asyncio.create_task(fetcher.get(FetchRequest(stuck.url("/")))) for _ in range(10)]
        answers = await asyncio.gather(*(fetcher.get(FetchRequest(quick.url("/"))) for _ in range(10)))
        assert {answer.body for answer in answers} == {b"news"}
        assert not any(task.done() for task in waiting)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    await fetcher.close()


async def test_unusable_validators_are_not_kept(bench: Bench) -> None:
    bench.server.on("/", Reply(b"x", headers={"ETag": '"' + "e" * 2000 + '"', "Last-Modified": "caf\u00e9"}))
    response = await bench.fetcher.get(FetchRequest(bench.server.url("/")))
    assert (response.etag, response.last_modified) == (None, None)
