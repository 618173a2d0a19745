"""What came of it: every development against what the servers took, and every row against both."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from tests.soak.desk import AT_ONCE, GATHERED, KNOWS_REPEATS, STEPS
from tests.soak.news import Development, Kind
from tests.soak.run import Soak
from tests.support.office import Office
from watcher.storage.engine import Database
from watcher.storage.schema import alert, alert_event, delivery, delivery_attempt, document, escalation_run, held

MOST_REPEATS = 0.01
_SPOKE = {"open", "again"}
_OWN_ID = re.compile(r"<([\w-]+)@")


@dataclass(slots=True)
class Verdict:
    """`lost` and `wrong` are sentences, none if all is well. `repeats`: channel → how often something came again."""

    documents: int = 0
    developments: int = 0
    kills: int = 0
    at_start: int = 0
    steps: int = 0
    acknowledged: int = 0
    summaries: int = 0
    digests: int = 0
    arrived: Counter[str] = field(default_factory=Counter)
    repeats: Counter[str] = field(default_factory=Counter)
    unrecognised: int = 0
    by_a_kill: int = 0
    cut_off: int = 0
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    grave: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Repeats that nobody recognises, of all that arrived."""
        return self.unrecognised / max(1, self.arrived.total())

    @property
    def ok(self) -> bool:
        """Whether every promise was kept."""
        return not self.lost and not self.wrong and self.share <= MOST_REPEATS

    def lines(self) -> list[str]:
        """The report."""
        told = ", ".join(f"{name} {count}" for name, count in sorted(self.arrived.items()))
        again = ", ".join(f"{name} {count}" for name, count in sorted(self.repeats.items())) or "none"
        return [
            f"kills          {self.kills} while it ran, {self.at_start} while it started",
            f"documents      {self.documents}, of which {self.developments} developments that must be told",
            f"under way      {self.steps} steps of ladders, {self.acknowledged} acknowledgements, "
            f"{self.summaries} summaries, {self.digests} digests, {self.cut_off} attempts cut off by a kill",
            f"arrived        {told}",
            f"repeats        {again}",
            f"unrecognised   {self.unrecognised} = {self.share:.2%} of all that arrived (at most {MOST_REPEATS:.0%}); "
            f"{self.by_a_kill} of a kill, the others of an answer that was lost on purpose",
            f"lost           {len(self.lost)}",
            *(f"               {line}" for line in self.lost[:20]),
            f"wrong          {len(self.wrong)}",
            *(f"               {line}" for line in self.wrong[:20]),
            *(f"log            {line[:400]}" for line in self.grave[:10]),
            "GOOD" if self.ok else "BAD",
        ]


@dataclass(frozen=True, slots=True)
class _Ledger:
    """The database at the end."""

    alerts: list[Mapping[str, Any]]
    events: list[Mapping[str, Any]]
    deliveries: dict[str, Mapping[str, Any]]
    attempts: dict[str, list[str]]
    runs: list[Mapping[str, Any]]
    waiting: int
    documents: int


async def verdict(soak: Soak) -> Verdict:
    """Compare them all."""
    async with soak.office.database() as db:
        book = await _read(db)
    found = Verdict(
        soak.press.documents, len(soak.press.told), soak.story.kills, soak.story.at_start,
        acknowledged=len(soak.story.acknowledged), grave=soak.story.grave,
    )  # fmt: skip
    named = _alerts(found, book, soak.press.told)
    arrived = _arrived(soak.office, book)
    _rows(found, book, arrived)
    _telling(found, book, named, arrived)
    _ladders(found, book, named, soak.story.acknowledged)
    _repeats(found, book, arrived)
    found.summaries = sum(row["message"]["kind"] == "summary" for row in book.deliveries.values())
    found.digests = sum(row["message"]["kind"] == "digest" for row in book.deliveries.values())
    if soak.office.hook.refused:
        found.wrong.append(f"{soak.office.hook.refused} hooks with a bad signature or size")
    if book.documents != found.documents:
        found.lost.append(f"{found.documents - book.documents} documents were not stored and judged")
    if book.waiting:
        found.lost.append(f"{book.waiting} still wait for a group, a limit or a digest")
    return found


async def _read(db: Database) -> _Ledger:
    async with db.read() as conn:

        async def rows(query: Any) -> list[Mapping[str, Any]]:
            return [dict(row) for row in (await conn.execute(query)).mappings()]

        attempts: dict[str, list[str]] = defaultdict(list)
        for row in await rows(select(delivery_attempt).order_by(delivery_attempt.c.seq)):
            attempts[row["delivery_id"]].append(row["outcome"])
        return _Ledger(
            await rows(select(alert)),
            await rows(select(alert_event).order_by(alert_event.c.seq)),
            {row["id"]: row for row in await rows(select(delivery))},
            attempts,
            await rows(select(escalation_run)),
            len(await rows(select(held).where(held.c.left_at.is_(None)))),
            len(await rows(select(document.c.id).where(document.c.matched_version == document.c.version))),
        )


def _alerts(found: Verdict, book: _Ledger, told: Sequence[Development]) -> dict[str, Development]:
    """Alert id → its development: one each, and none of anything else."""
    by_name = {one.name: one for one in told}
    named: dict[str, Development] = {}
    for row in book.alerts:
        mine = [by_name[word] for word in re.findall(r"\w+", row["title"]) if word in by_name]
        if len(mine) != 1 or mine[0].kind != row["signal_id"]:
            found.wrong.append(f"an alert that nobody waits for: {row['signal_id']} {row['title']}")
        elif mine[0] in named.values():
            found.wrong.append(f"a second alert of {mine[0].name}")
        else:
            named[row["id"]] = mine[0]
    known = set(named.values())
    found.lost += [f"no alert of {one.kind} {one.name}" for one in told if one not in known]
    return named


def _arrived(office: Office, book: _Ledger) -> dict[str, list[str]]:
    """Delivery id → the channel's name, once for each time it arrived; PagerDuty names its alert, not the delivery."""
    taken: dict[str, list[str]] = defaultdict(list)
    for hook in office.hook.hooks:
        taken[hook.id].append("hook")
    shown = {row["provider_ref"]: name for name, row in reversed(_by_age(book))}
    for post in office.slack.posts:
        # A post that was edited since no longer names its delivery: whoever wrote its address down first made it.
        taken[post.delivery_id or shown.get(f"{post.channel}/{post.ts}", "?")].append("slack")
    for mail in office.smtp.mails:
        name = _OWN_ID.match(str(mail.message["Message-ID"]))
        taken[name[1] if name else "?"].append("mail")
    events = Counter(event["dedup_key"] for event in office.pagerduty.events)
    for row in book.deliveries.values():
        if row["channel"] == "duty" and row["alert_id"]:
            taken[row["id"]] += ["pagerduty"] * min(1, sum(n for key, n in events.items() if row["alert_id"] in key))
    return taken


def _by_age(book: _Ledger) -> list[tuple[str, Mapping[str, Any]]]:
    return sorted(
        book.deliveries.items(), key=lambda pair: (pair[1]["message"]["kind"] == "status", pair[1]["created_at"])
    )


def _rows(found: Verdict, book: _Ledger, arrived: Mapping[str, list[str]]) -> None:
    """What is said to be sent has arrived, what has arrived is in the book, and nothing is left."""
    for name, row in book.deliveries.items():
        what = f"{row['message']['kind']} to {row['channel']} ({name})"
        if row["status"] not in {"sent", "superseded"}:
            found.lost.append(f"{what} is {row['status']}: {row['last_error']}")
        elif row["status"] == "sent" and name not in arrived and row["message"]["kind"] != "status":
            found.lost.append(f"{what} counts as sent, and never arrived")
    for name, places in arrived.items():
        found.arrived.update(places)
        if name not in book.deliveries:
            found.wrong.append(f"{places[0]} took {name}, which no row knows")


def _telling(found: Verdict, book: _Ledger, named: Mapping[str, Development], arrived: Mapping[str, list[str]]) -> None:
    """Each time that an alert spoke, each of its channels tells it once: by itself or among others."""
    told: Counter[tuple[str, str, int]] = Counter()
    for name, row in book.deliveries.items():
        message = row["message"]
        if row["channel"] == "mail" and row["target"] != min(
            other["target"] for other in book.deliveries.values() if other["channel"] == "mail"
        ):
            continue  # one recipient stands for both; that each got it is checked with the rows
        if name not in arrived:
            continue
        if message["kind"] in {"alert", "update"}:
            told[row["channel"], message["alert_id"], message["version"]] += 1
        for one in message.get("items") or ():
            told[row["channel"], one["alert_id"], one["version"]] += 1
    spoke = Counter(row["alert_id"] for row in book.events if row["kind"] in _SPOKE)
    for alert_id, one in named.items():
        for channel in (*AT_ONCE[one.kind], *GATHERED[one.kind]):
            versions = [told[channel, alert_id, version] for version in range(1, spoke[alert_id] + 1)]
            if max(versions, default=0) > 1:
                found.wrong.append(f"{one.name} is told {versions} times by {channel}")
            # What waits together is told as it stood last: an earlier version may be missing, the last never.
            if not versions or not versions[-1] or (channel in AT_ONCE[one.kind] and 0 in versions):
                found.lost.append(f"{one.name} is told {versions} times by {channel}")


def _ladders(found: Verdict, book: _Ledger, named: Mapping[str, Development], acknowledged: set[str]) -> None:
    """Each step once and in order; none after an acknowledgement, all without one."""
    history: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in book.events:
        history[row["alert_id"]].append(row)
    for alert_id, one in named.items():
        kinds = [row["kind"] for row in history[alert_id]]
        steps = [row["detail"]["step"] for row in history[alert_id] if row["kind"] == "escalated"]
        found.steps += len(steps)
        taken = kinds.count("acknowledged")
        if taken != (alert_id in acknowledged):
            found.wrong.append(f"{one.name}: acknowledged {taken} times")
        if steps != list(range(1, len(steps) + 1)):
            found.wrong.append(f"{one.name}: steps {steps}")
        if taken and "escalated" in kinds[kinds.index("acknowledged") :]:
            found.wrong.append(f"{one.name}: a step after it was taken")
        if one.kind is Kind.DAM and not taken and len(steps) != len(STEPS):
            found.lost.append(f"{one.name}: only steps {steps}")
    found.lost += [f"a ladder of {row['alert_id']} never ended" for row in book.runs if row["next_at"]]


def _repeats(found: Verdict, book: _Ledger, arrived: Mapping[str, list[str]]) -> None:
    """Whatever came again must have been in doubt, and where the channel knows repeats by looking, came once."""
    for name, row in book.deliveries.items():
        outcomes = book.attempts[name]
        cut_off = row["claims"] - len(outcomes)
        found.cut_off += max(0, cut_off)
        again = len(arrived.get(name, ())) - 1
        if again < 1:
            continue
        found.repeats[row["channel"]] += again
        if not cut_off and "ambiguous" not in outcomes:
            found.wrong.append(f"{row['channel']} got {name} again without any doubt: {outcomes}")
        if row["channel"] == "desk":
            found.wrong.append(f"Slack shows {name} {again + 1} times")
        if row["channel"] not in KNOWS_REPEATS:
            found.unrecognised += again
            found.by_a_kill += max(0, again - outcomes.count("ambiguous"))
