"""robots.txt: asked once a day and host, bounded, and read as it is written."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.clock import ManualClock
from watcher.sources.failure import FetchError, Reason
from watcher.sources.fetch import FetchRequest, FetchResponse
from watcher.sources.robots import KEPT_S, MAX_HOSTS, MAX_ROBOTS, SOON_S, Robots

PAGE = "https://wire.example/news/1?a=b"


class Host:
    """Answers every request with `answer`, and keeps what was asked."""

    def __init__(self, answer: bytes | FetchError) -> None:
        self.answer = answer
        self.asked: Counter[str] = Counter()

    async def get(self, request: FetchRequest) -> FetchResponse:
        self.asked[request.url] += 1
        await asyncio.sleep(0)
        if isinstance(self.answer, FetchError):
            raise self.answer
        return FetchResponse(request.url, 200, self.answer, "text/plain")


def status(code: int) -> FetchError:
    return FetchError(Reason.HTTP_STATUS, f"the server answers {code}", status=code)


async def allows(answer: bytes | FetchError, url: str = PAGE) -> bool:
    return await Robots(ManualClock().read).allow(url, Host(answer))


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        (b"", True),
        (b"User-agent: *\nDisallow:\n", True),
        (b"User-agent: *\nDisallow: /\n", False),
        (b"User-agent: *\r\nDisallow: /news/\r\n", False),
        (b"User-agent: *\nDisallow: /News/\n", True),
        (b"User-agent: *\nAllow: /news/1\nDisallow: /\n", True),
        (b"user-agent: signalwatch\ndisallow: /news\n\nUser-agent: *\nAllow: /\n", False),
        (b"User-agent: SignalWatch\nAllow: /\n\nUser-agent: *\nDisallow: /\n", True),
        (b"User-agent: GPTBot\nDisallow: /\n", True),
        (b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n", False),
        (b"<!doctype html><title>Not found</title>", True),
        (b"\x00\xff\xfe" * 50, True),
        (b"User-agent: *\n" + b"#" * MAX_ROBOTS + b"\nDisallow: /\n", True),
    ],
)
async def test_the_rules_are_read(rules: bytes, allowed: bool) -> None:
    assert await allows(rules) is allowed


@pytest.mark.parametrize(
    ("error", "allowed"),
    [
        (status(401), False),
        (status(403), False),
        (status(429), False),
        (status(404), True),
        (status(410), True),
        (status(500), True),
        (FetchError(Reason.TIMEOUT, "no answer"), True),
        (FetchError(Reason.DNS, "no such host"), True),
        (FetchError(Reason.TOO_LARGE, "too large"), True),
    ],
    ids=str,
)
async def test_a_host_that_does_not_answer_forbids_nothing_and_one_that_refuses_everything(
    error: FetchError, allowed: bool
) -> None:
    assert await allows(error) is allowed


@pytest.mark.parametrize(
    ("answer", "holds"),
    [
        (b"User-agent: *\nDisallow: /x\n", KEPT_S),
        (status(403), KEPT_S),
        (status(404), KEPT_S),
        (status(429), SOON_S),
        (status(503), SOON_S),
        (FetchError(Reason.CONNECT, "refused"), SOON_S),
    ],
    ids=str,
)
async def test_an_answer_holds_for_its_time(answer: bytes | FetchError, holds: float) -> None:
    clock, host = ManualClock(), Host(answer)
    robots = Robots(clock.read)
    await robots.allow(PAGE, host)
    clock.advance(holds - 1)
    await robots.allow("https://wire.example/other", host)
    assert host.asked.total() == 1
    clock.advance(2)
    await robots.allow(PAGE, host)
    assert host.asked == {"https://wire.example/robots.txt": 2}


async def test_hosts_ports_and_schemes_are_asked_apart_and_at_once_only_once() -> None:
    host = Host(b"")
    robots = Robots(ManualClock().read)
    urls = [PAGE, PAGE, "https://user:pass@wire.example/2#top", "http://wire.example/", "https://wire.example:8443/"]
    await asyncio.gather(*(robots.allow(url, host) for url in urls))
    assert host.asked == {
        "https://wire.example/robots.txt": 1,
        "http://wire.example/robots.txt": 1,
        "https://wire.example:8443/robots.txt": 1,
    }


async def test_only_so_many_hosts_are_remembered() -> None:
    host = Host(b"")
    robots = Robots(ManualClock().read)
    for number in range(MAX_HOSTS + 1):
        await robots.allow(f"https://{number}.example/", host)
    await robots.allow(f"https://{MAX_HOSTS}.example/", host)
    await robots.allow("https://0.example/", host)
    assert host.asked["https://0.example/robots.txt"] == 2
    assert host.asked[f"https://{MAX_HOSTS}.example/robots.txt"] == 1


async def test_what_is_no_address_is_an_error() -> None:
    with pytest.raises(FetchError):
        await allows(b"", "ftp://wire.example/1")


@given(
    st.lists(st.one_of(st.binary(max_size=60), st.sampled_from([b"User-agent: *", b"Disallow: /%zz[", b"Allow: //["])))
)
def test_no_bytes_break_it(lines: list[bytes]) -> None:
    assert asyncio.run(allows(b"\n".join(lines))) in (True, False)
