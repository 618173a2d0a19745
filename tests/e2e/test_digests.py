"""Digests and summaries by real mail: each recipient gets one, whatever happens to the others, and over restarts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from tests.support.clocks import LaterClock
from tests.support.office import RECIPIENTS, Office
from tests.support.velmar import DAM_FAILS, DOCKERS_STRIKE, TREATY_SIGNED
from watcher.model.delivery import DeliveryStatus
from watcher.services.summary import Summary
from watcher.storage import outbox

HOUR = timedelta(hours=1)


def in_hours(hours: int) -> str:
    """The clock's full hour then, in UTC."""
    return f"{datetime.now(UTC) + hours * HOUR:%H}:00"


async def once(office: Office, ahead: timedelta = timedelta(0)) -> Summary:
    """`run --once` in a process that begins then."""
    async with office.app(clock=LaterClock(ahead)) as app:
        return await app.once()


async def cycle(office: Office, ahead: timedelta) -> None:
    """A cycle in a process that begins then, and waits for no retry."""
    async with office.app(clock=LaterClock(ahead)) as app:
        await app.collector.poll_all()
        await app.pipeline.run_pending()
        await app.gatherer.tick()
        app.deliverer.kick()
        await app.deliverer.settle()


def digests(office: Office) -> dict[str, list[EmailMessage]]:
    """The mails of each recipient."""
    return {who: [mail.message for mail in office.smtp.mails if mail.recipients == [who]] for who in RECIPIENTS}


def text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


async def test_a_digest_reaches_each_recipient_once_over_restarts_though_one_is_refused(office: Office) -> None:
    mail: dict[str, Any] = {**office.channels()["mail"], "digest": {"at": [in_hours(2), in_hours(5)]}}
    office.rules.routes({"mail": mail}, [{"to": ["mail"]}])
    office.feed("wire").add(*DAM_FAILS)
    await once(office)
    office.feed("wire").add(*DOCKERS_STRIKE)
    await once(office)
    assert office.smtp.mails == []

    office.smtp.refusals[RECIPIENTS[0]] = "550 5.1.1 no such user"
    told = await once(office, 2 * HOUR)
    assert (told.sent, told.dead) == (1, 1)
    await once(office, 3 * HOUR)
    assert digests(office)[RECIPIENTS[0]] == []
    (digest,) = digests(office)[RECIPIENTS[1]]
    assert str(digest["Subject"]).startswith("Digest: 2 alerts")
    assert "A dam fails in Velmar" in text(digest)
    assert "Dockers stop work in Velmar" in text(digest)
    assert "last 14 days" in text(digest)

    office.smtp.refusals.clear()
    office.feed("wire").add(*TREATY_SIGNED)
    await once(office, 3 * HOUR)
    await once(office, 6 * HOUR)
    await once(office, 6 * HOUR)
    later = digests(office)
    assert [len(later[who]) for who in RECIPIENTS] == [1, 2]
    assert "Velmar and a neighbour agree on grain" in text(later[RECIPIENTS[0]][0])
    assert "A dam fails" not in text(later[RECIPIENTS[1]][1]).partition("days")[0]


async def test_a_digest_waits_out_a_mail_server_that_is_down_for_two_days(office: Office) -> None:
    mail: dict[str, Any] = {**office.channels()["mail"], "digest": {"at": [in_hours(2)]}}
    office.rules.routes({"mail": mail}, [{"to": ["mail"]}])
    office.feed("wire").add(*DAM_FAILS)
    office.smtp.busy_always = "421 4.3.2 shutting down"
    for hours in (0, 2, 3, 6, 12, 20, 35, 45):
        await cycle(office, hours * HOUR)
    assert office.smtp.mails == []
    office.smtp.busy_always = ""
    await cycle(office, 60 * HOUR)
    for who in RECIPIENTS:
        (digest,) = digests(office)[who]
        assert text(digest).startswith("TOLD LATE: 2 DAYS OLD.")
    async with office.database() as db, db.read() as conn:
        assert await outbox.counts(conn) == {DeliveryStatus.SENT: 2}


async def test_the_running_service_tells_a_group_as_one_mail(office: Office) -> None:
    alike = {"by": ["publisher"], "wait": "1s", "longest": "3s", "interval": "1s"}
    office.rules.routes({"mail": office.channels()["mail"]}, [{"to": ["mail"], "group": alike}])
    office.feed("wire").add(*DAM_FAILS)
    office.feed("wire").add(*DOCKERS_STRIKE)
    async with office.running("run") as service:
        await service.logged("delivery.sent", len(RECIPIENTS))
    for who in RECIPIENTS:
        (summary,) = digests(office)[who]
        assert str(summary["Subject"]).startswith("Summary: 2 alerts")
