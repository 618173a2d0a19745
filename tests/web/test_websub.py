"""Subscriptions at a hub: asked for, verified, delivered, renewed, refused, and polling as the net below."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlencode

import pytest

from tests.support.news_server import Exchange, Reply, encode
from tests.support.newswire import Feed
from tests.web.conftest import NOW, PUBLIC, Answer, Site
from watcher.model.document import Source
from watcher.model.subscription import Standing, Subscription
from watcher.services.inspect import source_rows
from watcher.services.subscribe import DENIED_FOR, FIRST_BACKOFF, LEASE, Subscriber
from watcher.sources.websub import HubClient, HubError

DAY_S = 86_400


def publish(site: Site, feed: Feed, *, hub: str = "/hub", topic: str = "/feed") -> None:
    """Let the feed name a hub as most do."""
    links = f'<link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="{site.hub.url(hub)}"/>'
    links += f'<link xmlns="http://www.w3.org/2005/Atom" rel="self" href="{site.hub.url(topic)}"/>'
    site.hub.on("/feed", Reply(feed.xml().replace("<description>news", f"{links}<description>news", 1).encode()))


def kept(site: Site) -> Subscription:
    (only,) = site.app.subscriber.listing
    return only


async def verify(site: Site, lease: int | str = DAY_S, **changes: str) -> Answer:
    """The hub's question, as it would ask it."""
    one = kept(site)
    told = {
        "hub.mode": "subscribe",
        "hub.topic": one.topic,
        "hub.challenge": "a challenge <b>",
        "hub.lease_seconds": str(lease),
    } | {name.replace("_", "."): value for name, value in changes.items()}
    return await site.send("GET", f"/websub/{one.token}?{urlencode(told)}")


async def deliver(
    site: Site, body: bytes, *, method: str = "sha256", token: str = "", header: str | None = None
) -> Answer:
    one = kept(site)
    signature = f"{method}={hmac.new(one.secret.encode(), body, getattr(hashlib, method)).hexdigest()}"
    told = {"X-Hub-Signature": signature if header is None else header, "Content-Type": "application/rss+xml"}
    return await site.send("POST", f"/websub/{token or one.token}", body, **told)


async def subscribed(site: Site) -> Feed:
    """A feed with one item, polled, its subscription asked for and verified."""
    feed = Feed()
    feed.add("Talks begin", "In Muscat.")
    publish(site, feed)
    site.hub.on("/hub", Reply(status=202))
    await site.app.collector.poll_all(["news"])
    assert await site.app.subscriber.run_due() == 1
    assert (await verify(site)).status == 200
    return feed


def source(site: Site) -> Source:
    return site.app.sources()["news"]


async def test_a_feed_that_names_a_hub_is_subscribed(site: Site) -> None:
    feed = Feed()
    feed.add("Talks begin", "In Muscat.")
    publish(site, feed)

    async def hub(exchange: Exchange) -> None:
        answers.append(await verify(site))  # before it answers, as the standard lets it
        await exchange.write(encode(Reply(status=202)))

    answers: list[Answer] = []
    site.hub.on("/hub", hub)
    await site.app.collector.poll_all(["news"])
    await site.app.subscriber.run_due()
    asked = parse_qs(site.hub.seen("/hub")[0].body.decode())
    assert asked["hub.mode"] == ["subscribe"]
    assert asked["hub.topic"] == [site.hub.url("/feed")]
    assert asked["hub.callback"] == [f"{PUBLIC}/websub/{kept(site).token}"]
    assert asked["hub.secret"] == [kept(site).secret]
    (answer,) = answers
    assert (answer.status, answer.body) == (200, b"a challenge <b>")
    assert answer.headers["content-type"].startswith("text/plain")
    assert (kept(site).standing, kept(site).lease_until) == (Standing.ACTIVE, NOW + timedelta(days=1))


async def test_the_link_header_names_a_hub_too(site: Site) -> None:
    feed = Feed()
    feed.add("Talks begin", "In Muscat.")
    link = f'<{site.hub.url("/hub")}>; rel="hub", <{site.hub.url("/topic")}>; rel=self'
    site.hub.on("/feed", Reply(feed.xml().encode(), headers={"Link": link}))
    await site.app.collector.poll_all(["news"])
    assert (kept(site).hub, kept(site).topic) == (site.hub.url("/hub"), site.hub.url("/topic"))


@pytest.mark.parametrize(
    "changes",
    [
        {"hub_topic": "https://other.example/feed"},
        {"hub_mode": "unsubscribe"},
        {"hub_mode": "publish"},
        {"hub_challenge": ""},
        {"hub_challenge": "x" * 3_000},
    ],
)
async def test_what_was_not_asked_for_is_not_verified(site: Site, changes: dict[str, str]) -> None:
    feed = Feed()
    feed.add("Talks begin", "In Muscat.")
    publish(site, feed)
    site.hub.on("/hub", Reply(status=202))
    await site.app.collector.poll_all(["news"])
    assert (await verify(site)).status == 404  # wanted, but nobody has asked yet
    await site.app.subscriber.run_due()
    assert (await verify(site, **changes)).status == 404
    assert (await site.send("GET", "/websub/unknown?hub.mode=subscribe&hub.challenge=x")).status == 404
    assert (await verify(site)).status == 200
    assert (await verify(site)).status == 404  # once is enough


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_what_the_hub_sends_is_stored(site: Site, method: str) -> None:
    feed = await subscribed(site)
    feed.add("Port closed", "Until further notice.")
    answer = await deliver(site, feed.xml().encode(), method=method)
    assert (answer.status, answer.json) == (202, {"new": 1})
    assert {document.title for document in await site.stored()} == {"Talks begin", "Port closed"}
    assert (await deliver(site, feed.xml().encode(), method=method)).json == {"new": 0}


@pytest.mark.parametrize("header", ["", "sha256=", "sha256=" + "0" * 64, "md5=" + "0" * 32, "sha1", "sha256=\xff"])
async def test_what_is_not_signed_by_the_hub_is_refused(site: Site, header: str) -> None:
    feed = await subscribed(site)
    feed.add("Forged", "By somebody.")
    assert (await deliver(site, feed.xml().encode(), header=header)).status in (400, 401)
    assert (await deliver(site, feed.xml().encode(), token="unknown")).status == 404
    assert len(await site.stored()) == 1


async def test_a_body_that_is_no_feed_is_refused_and_nothing_breaks(site: Site) -> None:
    await subscribed(site)
    assert (await deliver(site, b"<html><body>Hello</body></html>")).status == 400
    assert (await deliver(site, b'<!DOCTYPE r [<!ENTITY a "b">]><rss><channel>&a;</channel>')).status in (202, 400)
    assert (await deliver(site, b"x" * 5_000_001)).status == 413


async def test_polling_slows_down_once_the_hub_delivers_and_recovers_when_it_misses(site: Site) -> None:
    feed = await subscribed(site)
    every = source(site).every
    assert site.app.subscriber.paced(source(site)).every == every
    feed.add("Port closed", "Until further notice.")
    await deliver(site, feed.xml().encode())
    assert site.app.subscriber.paced(source(site)).every == every * 6
    longest = replace(source(site), every_max=timedelta(hours=3))
    assert site.app.subscriber.paced(longest).every == timedelta(hours=3)
    site.clock.advance(timedelta(minutes=1))
    feed.add("Envoy arrives", "By air.")
    publish(site, feed)
    await site.app.collector.poll_all(["news"])
    assert site.app.subscriber.paced(source(site)).every == every
    site.clock.advance(timedelta(minutes=1))
    await deliver(site, feed.xml().encode())
    assert site.app.subscriber.paced(source(site)).every == every * 6
    site.clock.advance(timedelta(days=1))
    assert site.app.subscriber.paced(source(site)).every == every


async def test_a_lease_is_renewed_before_it_ends_and_pushes_go_on_meanwhile(site: Site) -> None:
    feed = await subscribed(site)
    site.clock.advance(timedelta(hours=17))
    assert await site.app.subscriber.run_due() == 0
    site.clock.advance(timedelta(hours=2))
    assert await site.app.subscriber.run_due() == 1
    assert kept(site).standing is Standing.ASKED
    assert (await deliver(site, feed.xml().encode())).status == 202
    assert (await verify(site, lease=10 * DAY_S)).status == 200
    assert kept(site).lease_until == site.clock.now() + timedelta(days=10)
    assert len(site.hub.seen("/hub")) == 2


@pytest.mark.parametrize(
    ("lease", "held"),
    [
        ("0", LEASE),
        ("-5", LEASE),
        ("x", LEASE),
        ("9999999999", timedelta(days=30)),
        ("1", timedelta(minutes=5)),
    ],
)
async def test_absurd_leases_are_bounded(site: Site, lease: str, held: timedelta) -> None:
    await subscribed(site)
    site.clock.advance(timedelta(hours=20))
    await site.app.subscriber.run_due()
    assert (await verify(site, lease)).status == 200
    assert kept(site).lease_until == site.clock.now() + held


async def test_a_hub_that_refuses_is_asked_again_after_a_day(site: Site) -> None:
    feed = await subscribed(site)
    assert (await verify(site, hub_mode="denied", hub_topic="https://other.example/")).status == 404
    assert (await verify(site, hub_mode="denied", hub_reason="no\r\nmore")).status == 200
    assert (kept(site).standing, kept(site).reason) == (Standing.DENIED, "no more")
    assert (await deliver(site, feed.xml().encode())).status == 410
    assert await site.app.subscriber.run_due() == 0
    site.clock.advance(DENIED_FOR)
    assert await site.app.subscriber.run_due() == 1


@pytest.mark.parametrize("status", [400, 404, 410, 500, 302])
async def test_a_hub_that_fails_is_asked_ever_more_seldom(site: Site, status: int) -> None:
    feed = Feed()
    feed.add("Talks begin", "In Muscat.")
    publish(site, feed)
    site.hub.on("/hub", Reply(status=status, headers={"Location": "http://169.254.169.254/"}))
    await site.app.collector.poll_all(["news"])
    waits = []
    for _ in range(4):
        assert await site.app.subscriber.run_due() == 1
        waits.append(kept(site).due_at - site.clock.now())
        site.clock.advance(waits[-1])
    assert waits == [FIRST_BACKOFF * factor for factor in (1, 2, 4, 8)]
    assert kept(site).reason == f"the hub answers {status}"


async def test_a_hub_that_never_verifies_is_asked_again(site: Site) -> None:
    feed = Feed()
    feed.add("Talks begin", "In Muscat.")
    publish(site, feed)
    site.hub.on("/hub", Reply(status=202))
    await site.app.collector.poll_all(["news"])
    await site.app.subscriber.run_due()
    site.clock.advance(timedelta(minutes=11))
    assert await site.app.subscriber.run_due() == 1
    assert source(site).every == site.app.subscriber.paced(source(site)).every


async def test_another_hub_gets_a_secret_and_an_address_of_its_own(site: Site) -> None:
    feed = await subscribed(site)
    old = kept(site)
    feed.add("Port closed", "Until further notice.")
    publish(site, feed, hub="/elsewhere")
    await site.app.collector.poll_all(["news"])
    assert kept(site).standing is Standing.WANTED
    assert {kept(site).token, kept(site).secret}.isdisjoint({old.token, old.secret})
    assert (await deliver(site, feed.xml().encode(), token=old.token)).status == 404


async def test_a_source_that_is_gone_is_forgotten(site: Site) -> None:
    feed = await subscribed(site)
    rulebook = site.app.holder.current.rulebook
    rest = tuple(each for each in rulebook.sources if each.id != "news")
    site.app.holder.current = replace(site.app.holder.current, rulebook=replace(rulebook, sources=rest))
    assert (await deliver(site, feed.xml().encode())).status == 410
    token = kept(site).token
    await site.app.subscriber.run_due()
    assert site.app.subscriber.listing == ()
    assert (await site.send("POST", f"/websub/{token}", b"", X_Hub_Signature="sha256=00")).status == 404


async def test_subscriptions_outlive_a_restart_and_hide_their_secrets(site: Site) -> None:
    await subscribed(site)
    again = Subscriber(site.app.db, HubClient(), site.clock, site.app.sources, public_url=PUBLIC)
    await again.load()
    assert again.listing == site.app.subscriber.listing
    shown = repr(kept(site))
    assert kept(site).secret not in shown
    assert kept(site).token not in shown


async def test_the_listing_of_sources_tells_how_a_subscription_stands(site: Site) -> None:
    feed = await subscribed(site)
    await deliver(site, feed.xml().encode())
    rows = {row["id"]: row for row in await source_rows(site.app.db, tuple(site.app.sources().values()))}
    assert rows["news"]["hub"] == {
        "url": site.hub.url("/hub"),
        "standing": "active",
        "until": "2026-03-02T12:00:00Z",
        "last_push_at": "2026-03-01T12:00:00Z",
        "reason": "",
    }
    assert "hub" not in rows["wire"]


async def test_without_a_public_address_nothing_is_subscribed(site: Site) -> None:
    await subscribed(site)
    private = Subscriber(site.app.db, HubClient(), site.clock, site.app.sources, public_url="")
    await private.load()
    site.clock.advance(timedelta(days=2))
    assert await private.run_due() == 0
    assert private.paced(source(site)) == source(site)


async def test_hubs_within_our_own_network_are_not_asked() -> None:
    client = HubClient()
    with pytest.raises(HubError, match="AddressBlockedError"):
        await client.subscribe("http://127.0.0.1:1/hub", "https://a.example/", "https://b.example/", "secret", 60)
    await client.close()


async def test_many_bodies_at_once_are_bounded(site: Site) -> None:
    await subscribed(site)
    head = f"POST /websub/{kept(site).token} HTTP/1.1\r\nHost: x\r\nX-Hub-Signature: sha256=0\r\n"
    head += "Content-Length: 9\r\n\r\n<"
    answers = await asyncio.gather(*(site.raw(head.encode()) for _ in range(30)))
    statuses = [answer.status for answer in answers]
    assert statuses.count(408) == 16
    assert statuses.count(503) == 14
