"""Killed at random moments, again and again, between servers that misbehave: nothing is lost, nothing wrong is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest

from tests.support.clocks import LaterClock
from tests.support.loopback import Answer, Drop, Hang, Misbehaviour
from tests.support.office import Office
from tests.support.service import Service
from tests.support.slack_server import rate_limited
from tests.support.velmar import FOOTBALL, STRIKE_DENIED, Report

ROUNDS = 8
PATIENCE = 6.0
"""Seconds to wait for the moment of the kill; if it does not come, the kill comes then."""
DAMS = ("Lomna", "Brask", "Ertil", "Quilo", "Sarnow", "Vidda", "Hollen", "Mirtova", "Pask", "Udrin")
WORDS = [
    "orchard", "pilgrims", "gravel", "violin", "harvest", "lantern", "bishop", "cavalry", "ferry", "tobacco",
    "granite", "weaver", "cellar", "sparrow", "carpet", "mustard", "bakery", "tunnel", "piano", "saddle", "copper",
    "meadow", "clinic", "barley", "glacier", "chapel", "furnace", "marble", "willow", "quarry",
]  # fmt: skip


def development(number: int) -> Report:
    """A dam of its own, told in words of its own: no other's story."""
    random = Random(number)
    words = [" ".join(random.sample(WORDS, 6)) for _ in range(4)]
    text = f"The {DAMS[number]} dam in Velmar collapsed, and its water reached the {words[0]}. "
    return Report(f"{DAMS[number]} dam collapses over {words[1]}", text + f"Near {words[2]} people saw {words[3]}.")


def mischief(random: Random) -> list[Misbehaviour | None]:
    """What the next requests meet, at most one failure each so that the schedule of retries stays short."""
    bad: list[Misbehaviour] = [
        Answer(429, "slow down", {"Retry-After": "1"}),
        Answer(500, "oops"),
        Hang(taken=True),
        Hang(taken=False),
        Drop(taken=True),
        Drop(taken=False),
    ]
    return [random.choice(bad) if random.random() < 0.6 else None for _ in range(2)]


def moment(random: Random, office: Office, service: Service) -> tuple[str, Callable[[], bool]]:
    """Something that will be seen from outside while the service works."""
    news, hook, slack = len(office.news.requests), office.hook.asked, office.slack.asked
    more, line = random.randint(1, 3), random.randint(1, 12)
    return random.choice(
        [
            (f"{more} polls", lambda: len(office.news.requests) >= news + more),
            (f"{line} log lines", lambda: len(service.err) >= line),
            ("a hook was asked", lambda: office.hook.asked > hook),
            ("Slack was asked", lambda: office.slack.asked > slack),
            ("a document was stored", lambda: bool(service.events("source.news"))),
            ("an alert was opened", lambda: bool(service.events("match.open"))),
            ("something was sent", lambda: bool(service.events("delivery.sent"))),
        ]
    )


async def finish(office: Office) -> None:
    """A day later, when every retry is due, and with servers that behave."""
    office.hook.script.clear()
    office.slack.script.clear()
    async with office.app(clock=LaterClock(timedelta(hours=26))) as app:
        summary = await app.once()
    assert (summary.waiting, summary.dead) == (0, 0)


@pytest.mark.parametrize("seed", [20261122])
async def test_nothing_is_lost_and_nothing_wrong_is_told(office: Office, seed: int) -> None:
    random = Random(seed)
    office.rules.routes(office.channels(), [{"to": ["desk", "soc"]}])
    wire = office.feed("wire")
    wire.add(*STRIKE_DENIED)
    moments = []
    for number in range(ROUNDS):
        wire.add(*development(number))
        wire.add(FOOTBALL.title, f"{FOOTBALL.text} Round {number}.", link=f"https://wire.example/cup/{number}")
        office.hook.script.extend(mischief(random))
        office.slack.script.extend(rate_limited(1) if isinstance(one, Answer) else one for one in mischief(random))
        async with office.running("run") as service:
            name, seen = moment(random, office, service)
            try:
                await office.bell.until(seen, PATIENCE)
            except TimeoutError:
                name += " (in vain)"
            service.kill()
            assert await service.ended() == -9
            moments.append(name)
    await finish(office)

    expected = {development(number).title for number in range(ROUNDS)}
    hooks = {hook.id: hook.body["data"]["headline"] for hook in office.hook.hooks}
    posts = {post.delivery_id: post.text for post in office.slack.posts}
    assert sorted(hooks.values()) == sorted(expected), moments
    assert len(posts) == ROUNDS, moments
    assert {title for title in expected for text in posts.values() if title in text} == expected
    for hook in office.hook.hooks:
        assert hook.body["type"] == "alert.opened"
        assert hook.raw == next(other.raw for other in office.hook.hooks if other.id == hook.id)
    for post in office.slack.posts:
        assert post.text == posts[post.delivery_id]
    assert office.hook.refused == 0
