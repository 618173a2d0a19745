"""How the channels' servers behave while the service is killed: success, 429, 500, hangs and dropped connections."""

from __future__ import annotations

from random import Random

from tests.support.loopback import Answer, Drop, Hang, LoopbackServer, Misbehaviour
from tests.support.office import Office
from tests.support.slack_server import rate_limited

LIKELY = 0.2
"""Of requests that are not answered as they should be."""
REPEATABLE_ONCE_IN = 60
"""Rounds in which a mail is taken and its connection cut: nobody could know, so that it comes twice."""


def misbehave(random: Random, office: Office) -> None:
    """Before each start: what the next requests meet. What is left of the last round is forgotten."""
    for server in (office.hook, office.slack, office.pagerduty):
        _script(random, server, slack=server is office.slack)
    office.smtp.busy_once, office.smtp.stall, office.smtp.drop, office.smtp.taken = "", "", "", True
    dice = random.random()
    if dice < 0.1:
        office.smtp.busy_once = "451 4.3.0 later"
    elif dice < 0.2:
        office.smtp.drop = "RCPT"
    elif dice < 0.3:
        office.smtp.stall = "RCPT"
    elif dice < 0.3 + 1 / REPEATABLE_ONCE_IN:
        office.smtp.drop = "DATA"


def behave(office: Office) -> None:
    """From now on every request is answered as it should be."""
    for server in (office.hook, office.slack, office.pagerduty):
        server.script.clear()
    office.smtp.busy_once, office.smtp.stall, office.smtp.drop, office.smtp.taken = "", "", "", True


def _script(random: Random, server: LoopbackServer, *, slack: bool) -> None:
    slow = rate_limited(1) if slack else Answer(429, "slow down", {"Retry-After": "1"})
    bad: list[Misbehaviour] = [
        slow, Answer(500, "oops"), Hang(taken=True), Hang(taken=False), Drop(taken=True), Drop(taken=False)
    ]  # fmt: skip
    server.script.clear()
    server.script.extend(random.choice(bad) if random.random() < LIKELY else None for _ in range(40))
