"""One cycle of the real service between real servers: each development is told once, everywhere."""

from __future__ import annotations

from datetime import timedelta

from tests.e2e.telling import everywhere
from tests.support.office import EVERYWHERE, RECIPIENTS, Office
from tests.support.velmar import (
    DAM_COPY,
    DAM_FAILS,
    DAM_FEARS,
    DAM_TOLL,
    DOCKERS_STRIKE,
    FOOTBALL,
    STRIKE_DENIED,
    TREATY_OPINION,
    TREATY_SIGNED,
)


async def test_each_development_is_told_once_on_every_channel(office: Office) -> None:
    office.rules.routes(office.channels(), [{"to": EVERYWHERE}])
    wire = office.feed("wire")
    for report in (DAM_FAILS, DOCKERS_STRIKE, TREATY_SIGNED, FOOTBALL):
        wire.add(*report)

    async with office.app() as app:
        summary = await app.once()

    assert office.heard() == everywhere(
        ("alert", "dam-failure"), ("alert", "port-strike"), ("alert", "grain-treaty"), slack=True
    )
    assert (summary.documents, summary.alerts, summary.updates) == (4, 3, 0)
    assert (summary.sent, summary.waiting, summary.dead) == (18, 0, 0)


async def test_what_is_not_news_stays_unsaid(office: Office) -> None:
    wire = office.feed("wire")
    for report in (DAM_FEARS, STRIKE_DENIED, TREATY_OPINION, FOOTBALL):
        wire.add(*report)
    wire.add(*DAM_FAILS, age=timedelta(days=3))

    summary = await office.cycle()

    assert office.heard() == everywhere()
    assert summary.documents == 5
    assert summary.suppressed == {"too-old": 1}
    assert summary.near_misses == 3


async def test_copies_in_other_outlets_fold_into_one_alert(office: Office) -> None:
    office.feed("wire").add(*DAM_FAILS)
    for outlet in ("herald", "courier", "echo"):
        office.feed(outlet).add(*DAM_COPY)

    summary = await office.cycle()

    assert office.heard() == everywhere(("alert", "dam-failure"))
    assert (summary.documents, summary.stories, summary.alerts) == (4, 1, 1)
    assert summary.suppressed == {"already-told": 3}


async def test_a_second_cycle_says_nothing_and_a_growing_feed_only_what_is_new(office: Office) -> None:
    wire = office.feed("wire")
    wire.add(*DAM_FAILS)
    await office.cycle()
    again = await office.cycle()
    assert (again.documents, again.alerts, again.sent) == (0, 0, 0)

    wire.add(*DOCKERS_STRIKE)
    wire.add(*FOOTBALL)
    grown = await office.cycle()

    assert (grown.documents, grown.alerts) == (2, 1)
    assert office.heard() == everywhere(("alert", "dam-failure"), ("alert", "port-strike"))


async def test_an_item_that_is_edited_is_told_once(office: Office) -> None:
    entry = office.feed("wire").add(*DAM_FAILS)
    await office.cycle()
    entry.title += " in the north"
    edited = await office.cycle()
    entry.published += timedelta(minutes=2)
    moved = await office.cycle()

    assert (edited.revisions, edited.alerts, edited.updates) == (1, 0, 0)
    assert (moved.revisions, moved.alerts, moved.updates) == (1, 0, 0)
    assert office.heard() == everywhere(("alert", "dam-failure"))


async def test_a_graver_version_speaks_again_in_the_thread(office: Office) -> None:
    office.rules.routes(office.channels(), [{"to": EVERYWHERE}])
    entry = office.feed("wire").add(*DAM_FAILS)
    await office.cycle()
    entry.title, entry.text = DAM_TOLL
    summary = await office.cycle()

    assert (summary.revisions, summary.alerts, summary.updates) == (1, 0, 1)
    assert office.heard() == everywhere(("alert", "dam-failure"), ("update", "dam-failure"), slack=True)
    first, second = office.slack.posts
    assert (first.thread_ts, second.thread_ts) == (None, first.ts)
    for recipient in RECIPIENTS:
        opened, updated = (mail.message for mail in office.smtp.mails if mail.recipients == [recipient])
        assert updated["In-Reply-To"] == opened["Message-ID"]
        assert updated["Subject"] == opened["Subject"]
    assert len(office.pagerduty.incidents) == 1


async def test_what_was_feared_and_then_happens_is_told_when_it_happens(office: Office) -> None:
    entry = office.feed("wire").add(*DAM_FEARS)
    await office.cycle()
    assert office.heard() == everywhere()
    entry.title, entry.text = DAM_FAILS
    await office.cycle()

    assert office.heard() == everywhere(("alert", "dam-failure"))


async def test_every_message_carries_its_deliverys_id(office: Office) -> None:
    office.rules.routes(office.channels(), [{"to": EVERYWHERE}])
    office.feed("wire").add(*DAM_FAILS)
    await office.cycle()

    ids = [office.hook.hooks[0].id, office.slack.posts[0].delivery_id]
    ids += [str(mail.message["Message-ID"]).strip("<>").partition("@")[0] for mail in office.smtp.mails]
    ids.append(office.pagerduty.events[0]["payload"]["custom_details"]["delivery"])
    ids.append(office.shown()[0]["delivery"])
    assert all(one.startswith("dlv_") for one in ids)
    assert len(set(ids)) == len(ids)
    alerts = {office.hook.hooks[0].body["data"]["id"], office.pagerduty.events[0]["dedup_key"]}
    assert alerts == {office.shown()[0]["alert_id"]}


async def test_the_summary_tells_where_every_reading_ended(office: Office) -> None:
    wire = office.feed("wire")
    for report in (DAM_FAILS, DAM_FEARS, STRIKE_DENIED, FOOTBALL):
        wire.add(*report)
    async with office.app() as app:
        first = await app.once()
        wire.add(*TREATY_SIGNED)
        again = await app.once()
        signals = len(app.holder.current.rulebook.signals)
    assert first.readings == first.documents * signals > 0
    assert sum(first.gates.values()) == first.readings
    assert first.gates["alert"] == first.alerts + first.updates
    assert first.unchanged == 0
    assert again.readings == sum(again.gates.values()) == (again.documents + again.revisions) * signals
    assert again.unchanged + again.revisions == first.documents
