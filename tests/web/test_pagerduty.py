"""What people do in PagerDuty is done here: signed, timely, once; everything else changes nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from tests.support.clocks import HandClock
from tests.support.news_server import NewsServer
from tests.support.pagerduty_server import ROUTING_KEY, PagerDutyServer, incident_event, webhook_signature
from tests.support.slack_server import CHANNEL, TOKEN, SlackServer
from tests.support.velmar import DAM_FAILS, Velmar
from tests.web.conftest import ENVIRONMENT, NOW, Answer, Site, write_sources
from watcher.app import App
from watcher.delivery.pagerduty import PagerDutyOptions
from watcher.delivery.pagerduty_events import EventError, IncidentEvent, read_event, signed
from watcher.model.alert import Alert, AlertStatus
from watcher.model.life import Act, Actor, Verb
from watcher.model.rulebook import Rulebook
from watcher.services import rules
from watcher.services.knowing import Deed, knowing
from watcher.settings import FixedSettings
from watcher.storage import alerts, escalations, outbox
from watcher.telemetry import Redactor
from watcher.web.guard import Guard
from watcher.web.server import serve

SECRET, OTHER = "wh-signing-secret-of-one-subscription", "wh-signing-secret-of-another"
ADA = Actor("Ada", "slack")
SECOND_KEY = "N1GHTKEY0123456789ABCDEFGHIJKLMN"


@dataclass
class Room:
    """One alert that was told on the console and paged; its ladder is under way."""

    site: Site
    pager: PagerDutyServer
    alert_id: str

    async def send(self, event: dict[str, Any], *, secret: str = SECRET, body: bytes | None = None) -> Answer:
        raw = json.dumps(event).encode()
        signature = webhook_signature(raw, "a secret that was rotated away", secret)
        return await self.site.send("POST", "/pagerduty/webhook", body or raw, X_PagerDuty_Signature=signature)

    async def happens(self, kind: str, **changes: Any) -> Answer:
        return await self.send(incident_event(kind, self.alert_id, self.site.clock.now(), **changes))

    async def alert(self) -> Alert:
        async with self.site.app.db.read() as conn:
            found = await alerts.get(conn, self.alert_id)
        assert found is not None
        return found

    async def work(self) -> None:
        """Everything that is due is sent, a paced lane's posts one second after the other."""
        self.site.app.deliverer.kick()
        for _ in range(100):
            if await self.site.app.deliverer.settle(0.1):
                return
            self.site.clock.advance(timedelta(seconds=1))
        raise AssertionError("sends that do not end")

    async def told(self) -> list[tuple[str, str]]:
        async with self.site.app.db.read() as conn:
            return [(one.channel, one.message.status) for one in await outbox.for_alert(conn, self.alert_id)
                    if one.message.kind == "status"]  # fmt: skip


@asynccontextmanager
async def opened(folder: Path, slack: SlackServer | None = None, *, second: bool = False) -> AsyncIterator[Room]:
    """With `slack` the alert is told there too; `second`: by another service of PagerDuty as well."""
    clock = HandClock(NOW)
    channels = {"screen": {"kind": "console"}, "duty": {"kind": "pagerduty", "routing_key": "env:DUTY"}}
    more: dict[str, Any] = {}
    if second:
        channels["duty"]["service"] = "PF9KMXH"
        channels["night"] = {"kind": "pagerduty", "routing_key": "env:NIGHT", "service": "PNIGHT1"}
    if slack:
        channels["desk"] = {"kind": "slack", "channel": CHANNEL}
        more = {"slack_api_url": slack.api_url, "slack_bot_token": SecretStr(TOKEN)}
    async with NewsServer() as hub, PagerDutyServer() as pager:
        velmar = Velmar(folder / "rules")
        write_sources(velmar, hub.url("/feed"))
        velmar.routes(
            channels, [{"to": list(channels), "escalate": "ladder"}],
            escalations={"ladder": [{"after": "5m", "to": ["duty"]}, {"after": "10m", "to": ["screen"]}]},
        )  # fmt: skip
        settings = FixedSettings(
            rules=velmar.root, data_dir=folder / "data", enrich_per_hour=0, pagerduty_api_url=pager.url,
            pagerduty_webhook_secret=SecretStr(f"{OTHER}, {SECRET}"), **more,
        )  # fmt: skip
        with (folder / "screen").open("w") as screen:
            app = App(
                settings,
                Redactor(),
                clock=clock,
                console=screen,
                environment=ENVIRONMENT | {"DUTY": ROUTING_KEY, "NIGHT": SECOND_KEY},
            )
            async with app, serve("127.0.0.1:0", app, guard=Guard(clock.monotonic)) as port:
                site = Site(app, port, clock, hub)
                report = {"id": "1", "title": DAM_FAILS.title, "text": DAM_FAILS.text, "published": NOW.isoformat()}
                assert (await site.push(report)).status == 202
                await app.pipeline.run_pending()
                async with app.db.read() as conn:
                    (alert,) = await alerts.listing(conn)
                room = Room(site, pager, alert.id)
                await room.work()
                assert pager.incidents == {alert.id: "triggered"}
                yield room


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with opened(tmp_path) as room:
        yield room


async def test_slack_shows_who_has_it(tmp_path: Path) -> None:
    """From PagerDuty to the message in Slack, over sockets all the way."""
    async with SlackServer() as slack, opened(tmp_path, slack) as room:
        (before,) = slack.posts
        await room.happens("incident.acknowledged")
        room.site.clock.advance(timedelta(seconds=10))
        await room.work()
        after = slack.posts[0]
        assert after.ts == before.ts
        assert after.edits == before.edits + 1
        assert "Tenex Engineer" in json.dumps(after.blocks)
        assert "Tenex Engineer" not in json.dumps(before.blocks)


async def test_an_acknowledgement_there_is_one_here(room: Room) -> None:
    answer = await room.happens("incident.acknowledged")
    assert (answer.status, answer.json["outcome"]) == (200, "done")
    alert = await room.alert()
    assert (alert.status, alert.owner) == (AlertStatus.ACKNOWLEDGED, "Tenex Engineer")
    assert await room.told() == [("screen", "acknowledged")], "PagerDuty knows it already"
    room.site.clock.advance(timedelta(hours=1))
    assert await room.site.app.escalator.tick() == 0
    async with room.site.app.db.read() as conn:
        life = await alerts.events(conn, room.alert_id)
        ((run, _),) = await escalations.of_alert(conn, room.alert_id)
    assert (life[-1].kind, life[-1].detail["via"]) == ("acknowledged", "pagerduty")
    assert run.next_at is None


async def test_what_is_done_elsewhere_is_told_there_and_does_not_come_back(room: Room) -> None:
    app = room.site.app
    await app.responder.act(room.alert_id, Act(Verb.ACKNOWLEDGE, ADA, NOW))
    await room.work()
    assert room.pager.incidents == {room.alert_id: "acknowledged"}
    ours = {"id": "PINT", "summary": "Signal Watch", "type": "events_api_v2_inbound_integration_reference"}
    assert (await room.happens("incident.acknowledged", agent=ours)).json["outcome"] == "ignored"
    assert (await room.alert()).owner == "Ada"
    room.site.clock.advance(timedelta(minutes=1))
    await app.responder.act(room.alert_id, Act(Verb.RESOLVE, ADA, room.site.clock.now()))
    await room.work()
    assert room.pager.incidents == {}


@pytest.mark.parametrize(
    ("first", "then", "status"),
    [
        ("", "incident.resolved", AlertStatus.RESOLVED),
        ("incident.resolved", "incident.reopened", AlertStatus.OPEN),
        ("incident.acknowledged", "incident.unacknowledged", AlertStatus.OPEN),
        ("incident.resolved", "incident.unacknowledged", AlertStatus.RESOLVED),
        ("incident.acknowledged", "incident.annotated", AlertStatus.ACKNOWLEDGED),
        ("", "incident.priority_updated", AlertStatus.OPEN),
    ],
)
async def test_each_event(room: Room, first: str, then: str, status: AlertStatus) -> None:
    if first:
        await room.happens(first)
        room.site.clock.advance(timedelta(minutes=1))
    assert (await room.happens(then)).status == 200
    assert (await room.alert()).status is status


@pytest.mark.parametrize("kind", ["incident.escalated", "incident.reassigned", "incident.delegated"])
async def test_an_incident_that_is_passed_on(room: Room, kind: str) -> None:
    """It is whose it is then; if nobody's, the ladder begins again."""
    bob = {"assignees": [{"id": "PBOB", "summary": "Bob", "type": "user_reference"}]}
    await room.happens(kind, data={"status": "triggered"} | bob)
    assert (await room.alert()).revision == 0, "open it was before"
    room.site.clock.advance(timedelta(minutes=1))
    await room.happens(kind, data={"status": "acknowledged"} | bob)
    assert (await room.alert()).owner == "Bob"
    room.site.clock.advance(timedelta(minutes=1))
    await room.happens(kind, data={"status": "triggered"} | bob)
    assert (await room.alert()).status is AlertStatus.OPEN
    async with room.site.app.db.read() as conn:
        runs = await escalations.of_alert(conn, room.alert_id)
    assert [run.next_at is None for run, _ in runs] == [True, False]


async def test_an_event_that_is_sent_again_counts_once(room: Room) -> None:
    event = incident_event("incident.acknowledged", room.alert_id, NOW)
    assert (await room.send(event)).json["outcome"] == "done"
    again = await room.send(event)
    assert (again.status, again.json["outcome"]) == (200, "repeated")
    assert (await room.alert()).revision == 1


async def test_an_old_event_that_somebody_overheard_is_refused(room: Room) -> None:
    event = incident_event("incident.acknowledged", room.alert_id, NOW)
    await room.send(event)
    room.site.clock.advance(timedelta(minutes=45))
    await room.happens("incident.resolved")
    assert (await room.send(event)).status == 401
    room.site.clock.advance(timedelta(hours=1))
    assert (await room.send(event)).status == 401
    assert (await room.alert()).status is AlertStatus.RESOLVED
    assert room.site.app.oncall.tally == {"done": 2, "replayed": 1, "stale": 1}


async def test_what_is_not_signed_by_pagerduty_changes_nothing(room: Room) -> None:
    event = incident_event("incident.resolved", room.alert_id, NOW)
    raw = json.dumps(event).encode()
    answers = [
        await room.site.send("POST", "/pagerduty/webhook", raw),
        await room.send(event, secret="some other secret"),
        await room.send(event, body=raw + b" "),
        await room.site.send("POST", "/pagerduty/webhook", raw, X_PagerDuty_Signature="v1=" + "0" * 64),
        await room.site.send("POST", "/pagerduty/webhook", raw, X_PagerDuty_Signature="v1=é,v1=,,v2=abc"),
    ]
    assert [answer.status for answer in answers] == [401] * 5
    assert (await room.site.send("GET", "/healthz")).json["web"] == {"refused": 5, "pagerduty": {}}
    assert (await room.alert()).revision == 0
    assert sum(room.site.app.oncall.tally.values()) == 0


async def test_events_from_another_time_are_refused(room: Room) -> None:
    for moment in (NOW - timedelta(hours=2), NOW + timedelta(hours=2)):
        event = incident_event("incident.resolved", room.alert_id, moment)
        assert (await room.send(event)).status == 401
    undated = incident_event("incident.resolved", room.alert_id, NOW)
    undated["event"]["occurred_at"] = "yesterday"
    assert (await room.send(undated)).status == 401
    assert (await room.alert()).revision == 0


async def test_an_incident_that_is_not_ours_is_answered_with_success(room: Room) -> None:
    """PagerDuty stops sending for a day when three in a row are refused."""
    keys: list[object] = ["someone-elses", room.alert_id[:8], "", 7]
    for number, key in enumerate(keys):
        event = incident_event("incident.acknowledged", str(number), NOW)
        event["event"]["data"]["incident_key"] = key
        answer = await room.send(event)
        assert (answer.status, answer.json["outcome"]) == (200, "unknown")
    assert room.site.app.oncall.tally == {"unknown": 4}
    assert (await room.alert()).revision == 0


async def test_what_cannot_be_read_is_no_fault_of_the_sender(room: Room) -> None:
    for body in (b"{}", b"[1]", b"nonsense", b"[" * 100_000, b'{"event": 7}', b'{"event": {"id": 1}}'):
        told = {"X_PagerDuty_Signature": webhook_signature(body, OTHER)}
        answer = await room.site.send("POST", "/pagerduty/webhook", body, **told)
        assert (answer.status, answer.json["outcome"]) == (200, "ignored")
    assert (await room.alert()).revision == 0


async def test_without_a_secret_there_is_nothing(site: Site) -> None:
    body = b"{}"
    answer = await site.send("POST", "/pagerduty/webhook", body, X_PagerDuty_Signature=webhook_signature(body, ""))
    assert answer.status == 404


@given(st.binary(max_size=300) | st.recursive(st.none() | st.text() | st.integers(), lambda inner: st.lists(inner)
       | st.dictionaries(st.sampled_from(["event", "id", "event_type", "data", "agent", "assignees", "type"]), inner),
       max_leaves=20).map(lambda tree: json.dumps(tree).encode()))  # fmt: skip
def test_whatever_comes_is_an_event_or_none(body: bytes) -> None:
    try:
        event = read_event(body)
    except EventError:
        return
    assert isinstance(event, IncidentEvent)
    assert event.actor


@given(st.text(max_size=200), st.binary(max_size=100))
def test_no_signature_is_guessed(header: str, body: bytes) -> None:
    assert not signed(header, body, [SECRET])
    assert signed(webhook_signature(body, SECRET), body, [OTHER, SECRET])


def paged(tmp_path: Path, **services: str) -> Rulebook:
    """A desk with a PagerDuty channel for each name; a service's id where there is one."""
    velmar = Velmar(tmp_path / "rules")
    written = {name: {"kind": "pagerduty", "routing_key": "env:DUTY"} | ({"service": id_} if id_ else {})
               for name, id_ in services.items()}  # fmt: skip
    velmar.routes({"screen": {"kind": "console"}, **written}, [{"to": ["screen", *services]}])
    rulebook, findings = rules.read(velmar.root)
    assert rulebook is not None, findings
    return rulebook


TAKEN, OPEN = AlertStatus.ACKNOWLEDGED, AlertStatus.OPEN


@pytest.mark.parametrize(
    ("services", "where", "status", "knows"),
    [
        ({"duty": ""}, "PF9KMXH", TAKEN, {"duty"}),
        ({"duty": ""}, "", OPEN, {"duty"}),
        ({"duty": "PF9KMXH", "night": "PNIGHT1"}, "PNIGHT1", TAKEN, {"night"}),
        ({"duty": "PF9KMXH", "night": "PNIGHT1"}, "PF9KMXH", OPEN, {"duty"}),
        ({"duty": "PF9KMXH", "night": ""}, "PNIGHT1", TAKEN, {"night"}),  # the only one that it may be
        ({"duty": "PF9KMXH", "night": "PNIGHT1"}, "POTHER1", TAKEN, set()),
        ({"duty": "", "night": ""}, "PNIGHT1", TAKEN, set()),  # a repeat changes nothing there
        ({"duty": "", "night": ""}, "PNIGHT1", OPEN, {"duty", "night"}),  # a trigger would open another incident
        ({"duty": "PF9KMXH", "night": "PNIGHT1"}, "", AlertStatus.RESOLVED, set()),
    ],
)
def test_who_knows_already(
    tmp_path: Path, services: dict[str, str], where: str, status: AlertStatus, knows: set[str]
) -> None:
    rulebook = paged(tmp_path, **services)
    told = {"screen", *services}
    assert knowing(rulebook, Deed("pagerduty", where, status), told) == knows
    assert knowing(rulebook, Deed("console", where, status), told) == frozenset()
    assert knowing(rulebook, Deed("cli", where, status), told) == frozenset()


def test_what_was_not_told_is_not_asked(tmp_path: Path) -> None:
    rulebook = paged(tmp_path, duty="", night="")
    assert knowing(rulebook, Deed("pagerduty", "PNIGHT1", TAKEN), {"night"}) == {"night"}


@pytest.mark.parametrize("service", ["API Service", "pf9kmxh", "https://acme.pagerduty.example/services/PF9KMXH"])
def test_a_service_is_named_by_its_id(service: str) -> None:
    with pytest.raises(ValidationError, match="such as PF9KMXH"):
        PagerDutyOptions(routing_key=SecretStr("env:DUTY"), service=service)


async def test_what_is_done_at_one_service_is_done_at_the_others(tmp_path: Path) -> None:
    """Each service has its own incident for the alert; what our own events do there comes back and ends there."""
    async with SlackServer() as slack, opened(tmp_path, slack, second=True) as room:
        before = list(room.pager.events)
        assert {event["routing_key"] for event in before} == {ROUTING_KEY, SECOND_KEY}
        answer = await room.happens("incident.acknowledged", data={"service": {"id": "PF9KMXH"}})
        assert answer.json["outcome"] == "done"
        room.site.clock.advance(timedelta(seconds=10))
        await room.work()
        passed = room.pager.events[len(before) :]
        assert [(event["event_action"], event["routing_key"]) for event in passed] == [("acknowledge", SECOND_KEY)]
        assert "Tenex Engineer" in json.dumps(slack.posts[0].blocks)

        echo = await room.happens(
            "incident.acknowledged", data={"service": {"id": "PNIGHT1"}}, id="01ECHO",
            agent={"id": "PX", "summary": "Events API", "type": "events_api_v2_inbound_integration_reference"},
        )  # fmt: skip
        assert echo.json["outcome"] == "ignored"
        await room.work()
        assert len(room.pager.events) == len(before) + 1

        await room.happens("incident.resolved", data={"service": {"id": "PNIGHT1"}})
        await room.work()
        last = room.pager.events[len(before) + 1 :]
        assert [(event["event_action"], event["routing_key"]) for event in last] == [("resolve", ROUTING_KEY)]
