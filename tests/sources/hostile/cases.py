"""Every kind of bad input that the source room promises to survive, and what becomes of the source that sends it."""

from __future__ import annotations

from typing import Any

from tests.sources.hostile import bodies, scripts
from tests.sources.hostile.bodies import dated, item, rss
from tests.sources.hostile.stage import BAD, Case
from tests.support.news_server import Reply, Script
from watcher.model.document import Health
from watcher.sources.text import MAX_TITLE

FEED = dated(range(3))
PAGE = {"Content-Type": "text/html"}
LOOPBACK = (
    *("127.0.0.1", "localhost", "localhost.", "2130706433", "0x7f.1", "017700000001", "127.1", "0.0.0.0"),
    *("[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]"),
)


def reply(body: bytes = FEED, status: int = 200, **headers: str) -> Reply:
    return Reply(body, status, {name.replace("_", "-"): value for name, value in headers.items()})


def away(place: str) -> Reply:
    return Reply(status=302, headers={"Location": place})


def healthy(name: str, *answers: bytes | Script, **more: Any) -> Case:
    """A case of which all can be read; one new document unless `new` says otherwise."""
    played = [reply(each) if isinstance(each, bytes) else each for each in answers]
    return Case(name, Health.HEALTHY, lambda _: played, **({"new": (1,)} | more))


def failing(name: str, failure: str, answer: Script, **more: Any) -> Case:
    return Case(name, Health.FAILING, lambda _: [answer], failure, **more)


def blocked(name: str, failure: str, answer: Script, **more: Any) -> Case:
    return Case(name, Health.BLOCKED, lambda _: [answer], failure, **more)


def inside(name: str, at: str, *names: str) -> Case:
    """An address within our own network: nobody there is even spoken to."""
    return Case(
        name,
        Health.BLOCKED,
        failure="blocked-address",
        requests=0,
        at=f"http://{at}:{{port}}/bad",
        names=names or (BAD,),
    )


def titled(name: str, title: str, read: str, encoding: str = "utf-8", head: str = "", **more: Any) -> Case:
    """One item with this title, of which `read` is read."""
    return healthy(name, rss(item(1, title=title), head=head).decode().encode(encoding), title=read, **more)


def three(**parts: str) -> bytes:
    return rss(*(item(number, **parts) for number in range(3)))


CASES = [
    # Markup that attacks the parser.
    titled("entity bomb", "&l9;", "&l9;", head=bodies.LAUGHS + "]>"),
    titled("external entity", "x &e; y", "x &e; y", head='<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]>'),
    healthy("100,000 levels", bodies.NESTED),
    # More than anybody wants.
    failing("gzip bomb", "too-large", Reply(bodies.zeros_packed(200), headers={"Content-Encoding": "gzip"})),
    failing("brotli bomb", "encoding", Reply(b"\x8b", headers={"Content-Encoding": "br"})),
    failing("endless body", "too-large", scripts.endless),
    failing("a feed of 20 MB", "too-large", scripts.pieces(bodies.Archive(120_000))),
    failing("an item of 10 MB", "too-large", scripts.pieces(bodies.Huge(10))),
    healthy("an item of 9 MB", scripts.pieces(bodies.Huge(9))),
    healthy("100,000 items", rss("<item><title>x</title></item>" * 100_000), says="99500 items left out"),
    titled("a title of 100,000 characters", "t" * 100_000, "t" * MAX_TITLE),
    # Servers that keep one waiting, or hang up.
    Case(
        "one byte a second",
        Health.FAILING,
        lambda clock: [scripts.drip(clock, scripts.CHUNKED, b"1\r\nx\r\n")],
        "timeout",
    ),
    Case(
        "headers one byte a second",
        Health.FAILING,
        lambda clock: [scripts.drip(clock, scripts.OK, b"X: y\r\n")],
        "timeout",
    ),
    failing("3,000 headers", "protocol", Reply(FEED, headers={f"X-{number}": "1" for number in range(3_000)})),
    failing("headers that never end", "protocol", scripts.headers_without_end, requests=3),
    failing("closed in the middle", "protocol", scripts.said_and_cut(9_000, FEED[:300]), requests=3),
    failing("Content-Length too long", "protocol", scripts.said_and_cut(len(FEED) + 9, FEED)),
    healthy("Content-Length too short", scripts.said_and_cut(len(FEED) - 300, FEED), new=(2,), says="ends early"),
    # Ways that lead nowhere, or inside.
    failing("redirect loop", "redirects", away("/bad"), requests=6),
    failing("redirect to file:", "redirects", away("file:///etc/passwd"), requests=1),
    failing("redirect to ftp:", "redirects", away("ftp://news.example/"), requests=1),
    blocked("redirect to a private address", "blocked-address", away("http://10.0.0.1/")),
    blocked("redirect to the metadata service", "blocked-address", away("http://169.254.169.254/")),
    *(inside(f"loopback as {host}", host) for host in LOOPBACK),
    inside("a name that leads to loopback", "news.example", "127.0.0.1"),
    inside("a name that leads to IPv6-mapped loopback", "news.example", "::ffff:127.0.0.1"),
    inside("a name that leads to the metadata service", "news.example", "169.254.169.254"),
    # The first connection breaks; at the repeat the name server says something else.
    blocked(
        "a DNS answer that changes",
        "blocked-address",
        scripts.said_and_cut(9_000, FEED[:300]),
        names=(BAD, "127.0.0.1"),
        requests=1,
    ),
    Case(
        "TLS with a wrong name",
        Health.FAILING,
        at="https://news.example:{port}/bad",
        failure="tls",
        tls=True,
        requests=0,
    ),
    # Dates and identities that cannot be relied upon.
    healthy("no dates", three(), new=(3, 0)),
    healthy("dates in 2099", three(date="Thu, 01 Jan 2099 00:00:00 GMT"), new=(3, 0)),
    healthy("dates before 1970", three(date="Mon, 01 Jan 1900 00:00:00 GMT"), new=(3, 0)),
    healthy("one guid on all items", three(guid="x"), new=(3, 0)),
    healthy(
        "guids that change at each poll",
        *(rss(*(item(n, guid=f"{p}{n}") for n in range(3))) for p in range(3)),
        new=(3, 0, 0),
    ),
    healthy(
        "an item edited at each poll",
        *(rss(item(1, text=f"As of {p}.")) for p in range(4)),
        new=(1, 0, 0, 0),
        revised=3,
    ),
    Case(
        "500 more items at each poll",
        Health.QUARANTINED,
        lambda _: [reply(bodies.flood(p)) for p in range(4)],
        new=(500,) * 4,
    ),
    # Characters.
    titled(
        "UTF-8 declared, Windows-1252 sent",
        "Caf\u00e9",
        "Caf\u00e9",
        "cp1252",
        '<?xml version="1.0" encoding="utf-8"?>',
    ),
    titled(
        "Latin-1 declared, UTF-8 sent",
        "Caf\u00e9 \u0627\u0644",
        "Caf\u00e9 \u0627\u0644",
        head='<?xml version="1.0" encoding="iso-8859-1"?>',
    ),
    titled("UTF-16 with a mark", "Caf\u00e9", "Caf\u00e9", "utf-16"),
    titled("UTF-16 without a mark", "Caf\u00e9", "Caf\u00e9", "utf-16-be", '<?xml version="1.0"?>'),
    titled("UTF-16 without mark and declaration", "Caf\u00e9", "Caf\u00e9", "utf-16-le"),
    healthy(
        "UTF-8 with a bad byte",
        rss(item(1, title="Caf\u00e9 @")).replace(b"@", b"\xff"),
        title="Caf\u00e9 \ufffd",
        says="1 bytes were not utf-8",
    ),
    titled("control characters", "T\x00al\x08ks\x0c \x1bbegin", "Talks begin"),
    titled("a bare ampersand", "AT&T & co", "AT&T & co"),
    titled("undefined entities", "a&nbsp;b&hellip; &nosuch;", "a b\u2026 &nosuch;"),
    titled("script in a title", bodies.EVIL_TITLE, "Talks begin"),
    titled("bidirectional overrides", bodies.BIDI_TITLE, "Talks reversed and isolated begin"),
    # Something else instead of a feed.
    failing("a soft 404", "unreadable", Reply(bodies.SOFT_404, headers=PAGE), says="HTML page"),
    failing("a login page", "unreadable", Reply(bodies.LOGIN, headers=PAGE), says="HTML page"),
    blocked("a captcha", "captcha", Reply(bodies.CAPTCHA, headers=PAGE), says="captcha"),
    Case("an empty body", Health.EMPTY, lambda _: [reply(b"")], "empty"),
    Case("a feed without items", Health.EMPTY, lambda _: [reply(rss())], says="without items"),
    # Statuses.
    failing("304 to a question without conditions", "304", Reply(status=304), requests=2),
    healthy("an ETag that changes at each poll", *(reply(ETag=f'"{p}"') for p in range(3)), new=(3, 0, 0), requests=3),
    blocked("429 with seconds", "429", reply(status=429, Retry_After="600"), requests=1, wait=600),
    blocked(
        "429 with a date", "429", reply(status=429, Retry_After="Sun, 01 Mar 2026 12:10:00 GMT"), requests=1, wait=600
    ),
    blocked("429 for ten years", "429", reply(status=429, Retry_After="315360000"), requests=1, wait=86_400),
    failing("503", "503", reply(status=503), requests=3),
    blocked("401", "401", reply(status=401), requests=1),
    Case("410", Health.GONE, lambda _: [reply(status=410)], "410", requests=1),
]
