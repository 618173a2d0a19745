"""What there is: sources, alerts, deliveries, silences, status; as tables for people and as JSON."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.conftest import Cli
from watcher.model.alert import Alert, AlertStatus
from watcher.model.delivery import Attempt, Citation, Delivery, DeliveryStatus, Message
from watcher.model.document import Document, Health, SourceState
from watcher.model.match import Assertion
from watcher.model.signal import Severity
from watcher.model.story import Placement, StoryStatus
from watcher.services import heartbeat
from watcher.services.clock import SystemClock
from watcher.storage import alerts, documents, outbox, sources, stories
from watcher.storage.engine import Database
from watcher.storage.migrate import migrate
from watcher.stories.signature import sign

NOW = datetime.now(UTC).replace(microsecond=0)
HOSTILE = "\x1b[2J\x1b]0;owned\x07 Dam \u202egnp.exe\u2066 [bold]x[/bold] \x9b31m\nnext\tline \u200f"
STEERING = set("\x1b\x07\x9b\u202e\u2066\u200f")
ALERT = Alert(
    id="alr_0011223344556677",
    signal_id="dam-failure",
    story_id="sty_1",
    status=AlertStatus.OPEN,
    severity=Severity.HIGH,
    score=80,
    assertion=Assertion.ASSERTED,
    publishers=2,
    version=1,
    told=True,
    opened_at=NOW,
    updated_at=NOW,
    title=HOSTILE,
)
TOLD = Message(
    kind="alert",
    alert_id=ALERT.id,
    signal_id="dam-failure",
    signal_title="A dam fails",
    story_id="sty_1",
    severity="high",
    score=80,
    assertion="asserted",
    document=Citation(HOSTILE, "https://wire.example/1", "wire.example"),
    sentence=HOSTILE,
)


def delivery(name: str, status: DeliveryStatus = DeliveryStatus.PENDING) -> Delivery:
    return Delivery(
        id=f"dlv_{name}",
        alert_id=ALERT.id,
        channel="desk",
        message=TOLD,
        status=status,
        attempts=0,
        priority=1,
        due_at=NOW,
        created_at=NOW,
        last_error=HOSTILE if status is DeliveryStatus.DEAD else "",
    )


def store(cli: Cli, act: Callable[[Database], Awaitable[None]]) -> None:
    """Write into the database that the commands will read."""

    async def inner() -> None:
        (cli.folder / "data").mkdir(exist_ok=True)
        db = await Database.open(f"sqlite:///{cli.folder / 'data' / 'watcher.db'}")
        await migrate(db)
        try:
            await act(db)
        finally:
            await db.close()

    asyncio.run(inner())


async def a_day(db: Database) -> None:
    """A failing source, an alert with a hostile title, a dead delivery and one that waits."""
    document = Document(
        id="doc_1", source_id="nothing", publisher="wire.example", guid="1", url="https://wire.example/1",
        canonical_url="https://wire.example/1", title=HOSTILE, text="", language="en", published_at=None,
        first_seen_at=NOW, content_hash="0" * 64,
    )  # fmt: skip
    state = SourceState(
        "nothing", NOW + timedelta(hours=1), last_polled_at=NOW, failures=3, health=Health.FAILING,
        reason=f"http-status: 500 {HOSTILE}", polls=3,
    )  # fmt: skip
    async with db.write() as conn:
        await sources.ensure(conn, [SourceState("nothing", NOW)])
        await sources.save(conn, state)
        await documents.add(conn, [document])
        await stories.add_members(conn, [(Placement("sty_1", StoryStatus.NEW, ()), sign(document), HOSTILE)], NOW)
        await alerts.save(conn, ALERT)
        await alerts.log(conn, ALERT.id, "open", {"reasons": [HOSTILE], "suppressed_by": ""}, NOW)
        await outbox.enqueue(conn, [delivery("waiting"), delivery("dying")])
    await dying(db)


async def dying(db: Database) -> None:
    """Refuse the delivery for good."""
    async with db.read() as conn:
        found = await outbox.get(conn, "dlv_dying")
    assert found is not None
    attempt = Attempt("dlv_dying", 1, NOW, NOW, "dead", HOSTILE)
    async with db.write() as conn:
        await outbox.finish_failed(conn, found, DeliveryStatus.DEAD, NOW, attempt)


@pytest.fixture
def day(cli: Cli) -> Cli:
    store(cli, a_day)
    return cli


@pytest.mark.parametrize("command", ["sources", "alerts", "deliveries", "silences"])
def test_an_empty_list_says_so_and_is_an_empty_array(cli: Cli, command: str) -> None:
    if command != "sources":
        assert cli(command).err == "watcher: there was no database in data: an empty one was made\n"
        assert cli(command).err == ""
        assert re.fullmatch(r"No [a-z]+( yet)?\.\n", cli(command).out)
        assert cli(command, "--json").json == []
    assert cli(command).code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["sources"],
        ["alerts"],
        ["alerts", "show", ALERT.id],
        ["deliveries"],
        ["deliveries", "--status", "dead"],
        ["deliveries", "show", "dlv_dying"],
        ["silences"],
        ["status"],
        ["check"],
        ["test"],
        ["migrate"],
    ],
    ids=" ".join,
)
def test_json_is_one_document_and_nothing_else(day: Cli, arguments: list[str]) -> None:
    result = day(*arguments, "--json")
    assert result.err == ""
    assert result.out.count("\n") == 1 or arguments == ["check"]
    json.loads(result.out)


@pytest.mark.parametrize(
    "arguments",
    [["sources"], ["alerts"], ["alerts", "show", ALERT.id], ["deliveries"], ["deliveries", "show", "dlv_dying"]],
    ids=" ".join,
)
def test_hostile_text_is_inert_for_people(day: Cli, arguments: list[str]) -> None:
    result = day(*arguments)
    assert result.code == 0, result.err
    assert not STEERING & set(result.out)
    assert "�" in result.out
    assert "[bold]x[/bold]" in result.out


def test_hostile_text_is_inert_in_json_too(day: Cli) -> None:
    for arguments in (["alerts"], ["deliveries"], ["sources"], ["alerts", "show", ALERT.id]):
        assert not {"\x1b", "\x07"} & set(day(*arguments, "--json").out)


def test_a_table_has_one_line_a_row(day: Cli) -> None:
    lines = day("deliveries").out.splitlines()
    assert lines[0].split()[:4] == ["id", "channel", "target", "status"]
    assert sorted(line.split()[0] for line in lines[1:] if line.startswith("dlv_")) == ["dlv_dying", "dlv_waiting"]


def test_sources_tell_health_and_reason(day: Cli) -> None:
    (row,) = day("sources", "--json").json
    assert (row["id"], row["health"], row["failures"], row["documents"]) == ("nothing", "failing", 3, 0)
    assert row["reason"].startswith("http-status: 500")
    assert row["next_poll_at"] == (NOW + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_sources_that_were_never_polled_or_are_disabled_are_listed(cli: Cli) -> None:
    cli.rules.sources({"off": {"url": "https://off.example/rss", "enabled": False}, "on": "https://on.example/rss"})
    rows = {row["id"]: row["health"] for row in cli("sources", "--json").json}
    assert rows == {"off": "disabled", "on": "new"}


def test_an_alert_is_shown_with_its_whole_life(day: Cli) -> None:
    (row,) = day("alerts", "--json").json
    assert (row["id"], row["told"], row["severity"]) == (ALERT.id, True, "high")
    for name in (ALERT.id, "alr_0011"):
        life = day("alerts", "show", name, "--json").json
        assert [event["kind"] for event in life["events"]] == ["open"]
        assert {one["id"] for one in life["deliveries"]} == {"dlv_waiting", "dlv_dying"}
    assert day("alerts", "--status", "resolved", "--json").json == []


def test_a_dead_delivery_is_listed_shown_and_brought_back(day: Cli) -> None:
    (dead,) = day("deliveries", "--status", "dead", "--json").json
    assert (dead["id"], dead["status"]) == ("dlv_dying", "dead")
    life = day("deliveries", "show", "dlv_dy", "--json").json
    assert [attempt["outcome"] for attempt in life["attempts_made"]] == ["dead"]
    assert day("deliveries", "retry", "dlv_dy").out == "dlv_dying is due again\n"
    again = day("deliveries", "retry", "dlv_dying")
    assert (again.code, again.err.startswith("watcher: no dead delivery dlv_dying")) == (1, True)
    assert day("deliveries", "--status", "dead", "--json").json == []
    assert len(day("deliveries", "-n", "1", "--json").json) == 1


def test_an_ambiguous_beginning_of_an_id_is_refused(day: Cli) -> None:
    result = day("deliveries", "show", "dlv_")
    assert (result.code, result.err.count("\n")) == (1, 1)


def test_silences_are_added_listed_and_ended(cli: Cli) -> None:
    arguments = ["signal=dam-*", "severity!=critical", "--for", "2h", "--comment", "drill", "--by", "ada"]
    added = cli("silences", "add", *arguments, "--json").json
    assert added["matchers"] == "signal=dam-* severity!=critical"
    assert (added["created_by"], added["comment"]) == ("ada", "drill")
    lasts = datetime.fromisoformat(added["ends_at"]) - datetime.fromisoformat(added["starts_at"])
    assert lasts == timedelta(hours=2)
    assert cli("silences", "--json").json == [added]
    assert "drill" in cli("silences").out
    assert cli("silences", "expire", added["id"]).out == f"{added['id']} has ended\n"
    assert cli("silences", "--json").json == []
    assert [row["id"] for row in cli("silences", "--all", "--json").json] == [added["id"]]


def test_who_mutes_is_known_without_being_told(cli: Cli) -> None:
    added = cli("silences", "add", "signal=x", "--for", "5m", "--json").json
    assert added["created_by"]


def test_status_of_a_service_that_never_ran(cli: Cli) -> None:
    result = cli("status", "--json")
    assert (result.code, result.json["ok"], result.json["alive"]) == (1, False, False)
    assert result.json["heartbeat_age_s"] is None
    assert cli("status", "--alive").code == 1


def test_status_of_a_service_that_lives(cli: Cli) -> None:
    store(cli, lambda db: heartbeat.beat(db, SystemClock()))
    result = cli("status", "--json")
    assert (result.code, result.json["ok"], result.json["alive"]) == (0, True, True)
    assert "ok: True" in cli("status").out


def test_status_with_a_dead_delivery(day: Cli) -> None:
    store(day, lambda db: heartbeat.beat(db, SystemClock()))
    result = day("status", "--json")
    assert (result.code, result.json["ok"], result.json["alive"]) == (1, False, True)
    assert result.json["deliveries"] == {"dead": 1, "pending": 1}
    assert result.json["sources_failing"] == ["nothing"]
    assert day("status", "--alive").code == 0


def test_migrate_says_what_it_did(cli: Cli) -> None:
    first = cli("migrate", "--json").json
    assert first["applied"]
    assert cli("migrate", "--json").json == {"applied": []}
    assert cli("migrate").out == "the database is up to date\n"


def test_a_test_message_reaches_the_console(cli: Cli) -> None:
    result = cli("send-test", "screen")
    assert result.code == 0
    assert "TEST" in result.out
    assert "screen" in result.out.splitlines()[-1]


def test_a_test_message_that_is_refused_says_why(cli: Cli) -> None:
    cli.rules.routes({"desk": {"kind": "slack", "channel": "#desk"}}, [{"to": ["desk"]}])
    result = cli("send-test", "--json")
    assert result.code == 1
    (row,) = result.json
    assert (row["channel"], row["outcome"], result.err) == ("desk", "failed", "")
    assert "WATCHER_SLACK_BOT_TOKEN" in row["detail"]


def test_a_person_takes_puts_off_and_ends_an_alert(day: Cli) -> None:
    taken = day("alerts", "ack", "alr_0011", "--for", "2h", "--note", "on it", "--by", "ada")
    assert taken.code == 0
    assert re.fullmatch(rf"{ALERT.id} is acknowledged: ada has it until .* UTC \(on it\)\n", taken.out)
    assert day("alerts", "--status", "acknowledged", "--json").json[0]["owner"] == "ada"
    assert day("alerts", "snooze", ALERT.id, "--for", "30m", "--json").json["status"] == "snoozed"
    assert day("alerts", "feedback", ALERT.id, "duplicate", "--by", "ben").code == 0
    life = day("alerts", "show", ALERT.id, "--json").json
    assert (life["status"], life["feedback"][0]["verdict"]) == ("resolved", "duplicate")
    assert [event["kind"] for event in life["events"]] == ["open", "acknowledged", "snoozed", "feedback", "resolved"]
    assert day("alerts", "reopen", ALERT.id).code == 0


def test_what_changes_nothing_says_why_and_fails(day: Cli) -> None:
    refused = day("alerts", "reopen", ALERT.id)
    assert (refused.code, refused.out) == (1, f"{ALERT.id} is open: it is open already\n")
    assert "duration" in day("alerts", "snooze", ALERT.id, "--for", "soon").err
    assert "no alert alr_ff" in day("alerts", "resolve", "alr_ff").err


def test_feedback_is_a_signals_precision_as_its_desk_saw_it(day: Cli) -> None:
    before = day("eval", "--feedback", "--json").json
    assert before == [
        {"signal": "dam-failure", "told": 1, "judged": 0, "relevant": 0, "not_relevant": 0, "duplicate": 0,
         "precision": None}
    ]  # fmt: skip
    day("alerts", "feedback", ALERT.id, "not-relevant", "--by", "ada")
    assert day("eval", "--feedback", "--json").json[0]["precision"] == 0.0
    day("alerts", "feedback", ALERT.id, "relevant", "--by", "ada")  # the last word counts
    assert day("eval", "--feedback", "--json").json[0]["precision"] == 1.0
    assert re.search(r"dam-failure +1 +1 +1 +0 +0 +1.0", day("eval", "--feedback").out)
    assert "--feedback" in day("eval").err
