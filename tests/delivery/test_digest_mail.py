"""Digests, summaries and the other kinds of mail."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from tests.delivery.contract import NEVER_SHOWN
from tests.delivery.roundups import DIGEST, ESCALATION, FACTS, NOTICE, QUIET, STATUS, SUMMARY, flood, hostile_digest
from tests.delivery.samples import FIRST, HOSTILE_TEXT, NOW, delivery
from tests.delivery.test_email import TO, parsed, part, rendered
from watcher.delivery.email.render import MOST_BYTES, render
from watcher.model.delivery import Message

SENDER = "watch@example.org"


def test_a_digest_lists_signals_with_the_strongest_first() -> None:
    mail = rendered(DIGEST)
    assert mail["Subject"].startswith("Digest: 5 alerts, 1 of them critical: Iraqi forces arrest 12")
    page = html.fromstring(part(mail, "html"))
    heads = [" ".join(head.text_content().split()) for head in page.xpath("//h2")]
    assert heads[:3] == [
        "Iraq: crackdown on militias (2)",
        "Hormuz: shipping under threat (2)",
        "Iran: revision of the memorandum",
    ]
    assert page.xpath("//a[@class='head']/@href")[0] == "https://news.example.org/iraq/basra?id=7&ref=rss"
    assert [mark.text for mark in page.xpath("//mark")][:2] == ["Iraqi security forces", "arrested"]
    text = part(mail, "plain")
    assert "16 matches were held back: 12 told already, 3 in quiet hours, 1 under a silence." in text
    assert "7 near misses stayed below the threshold." in text
    assert "·▂··▃▃▂··▄▆█▅▆  Iraq: crackdown on militias: 38 in all, 7 on the last day" in text


def test_a_digest_tells_the_time_of_its_channel_and_utc() -> None:
    raw = render(delivery(DIGEST), SENDER, TO, NOW, None, "Europe/Berlin")
    assert "Thu 19 Nov, 18:00 to Fri 20 Nov 2026, 08:00 CET (17:00 to 07:00 UTC)" in part(parsed(raw), "plain")


def test_the_chart_needs_no_image_and_says_its_numbers() -> None:
    page = html.fromstring(part(rendered(DIGEST), "html"))
    charts = page.xpath("//table[@role='img']")
    assert [chart.get("aria-label").split(", ")[-1] for chart in charts] == ["7", "4", "1"]
    assert [len(chart.xpath(".//td")) for chart in charts] == [14, 14, 14]
    assert page.xpath("//img | //svg | //@src | //@background") == []


def test_no_remote_content_and_both_schemes() -> None:
    text = part(rendered(DIGEST), "html")
    assert '<meta name="color-scheme" content="light dark">' in text
    assert "prefers-color-scheme: dark" in text
    assert "url(" not in text
    assert "@import" not in text


def test_a_quiet_digest_reads_well() -> None:
    mail = rendered(QUIET)
    assert mail["Subject"] == "Digest: all quiet"
    assert part(mail, "plain").splitlines()[:4] == [
        "Digest: all quiet",
        "Thu 19 Nov, 17:00 to Fri 20 Nov 2026, 07:00 UTC",
        "",
        "Nothing was told in this time.",
    ]


def test_a_summary_says_why_and_tells_no_activity() -> None:
    mail = rendered(SUMMARY)
    assert mail["Subject"].startswith("Summary: 2 alerts, 1 of them high: Two tankers")
    assert "They came faster than this channel is to be told" in part(mail, "plain")
    assert "days" not in part(mail, "plain")


@pytest.mark.parametrize("size", [1, 3, 30])
def test_500_alerts_stay_below_what_mail_programs_show(size: int) -> None:
    told = flood(size=size)
    raw = render(delivery(told), SENDER, TO, NOW, "https://watch.example.org/unsubscribe/x")
    assert len(raw) < MOST_BYTES
    text = part(parsed(raw), "plain")
    assert "500 critical alerts" in text
    assert "Signal 0 (20)" in text or "further signals" in text
    assert "and 19 more" in text


def test_what_is_not_listed_is_counted() -> None:
    text = part(rendered(flood(30, 2)), "plain")
    assert text.count("and 10 more") == 2
    assert text.count("\n  alert al_") == 10


def test_an_escalation_says_that_nobody_has_it() -> None:
    mail = rendered(ESCALATION, thread="<dl_first@example.org>")
    assert mail["Subject"].startswith("Nobody has taken it: [Iraq: crackdown on militias]")
    assert mail["In-Reply-To"] == "<dl_first@example.org>"
    lines = part(mail, "plain").splitlines()
    assert lines[0] == "TOLD LATE: 26 HOURS OLD. It could not be delivered before."
    assert lines[2] == "NOBODY HAS TAKEN IT: step 2 of duty-ladder"


def test_a_status_is_short_and_stays_in_the_conversation() -> None:
    mail = rendered(STATUS, thread="<dl_first@example.org>")
    assert mail["Subject"] == rendered(FIRST)["Subject"]
    assert mail["In-Reply-To"] == "<dl_first@example.org>"
    assert len(part(mail, "plain").splitlines()) <= 12


def test_a_notice_is_no_alert() -> None:
    mail = rendered(NOTICE)
    assert mail["Subject"] == "[Signal Watch] The source example-world is broken"
    assert "score" not in part(mail, "plain").lower()
    assert "failed 12 times" in part(mail, "html")


def test_hostile_text_in_a_digest_is_inert() -> None:
    mail = parsed(render(delivery(hostile_digest()), SENDER, TO, NOW))
    assert mail.defects == []
    assert mail["Bcc"] is None
    page = html.fromstring(part(mail, "html"))
    assert page.xpath("//script | //img | //link | //@src | //@onclick") == []
    assert page.xpath("//@href") == []
    assert not NEVER_SHOWN.search(part(mail, "plain").replace("\r\n", "\n"))


NASTY = st.sampled_from(
    ["<!channel>", "<@U1>", "`x`", "a|b", "](javascript:alert(1))", "\r\nBcc: x@example.org", "\u202e", "é" * 500,
     "👩‍👩‍👧‍👦", "e\u0301\u0301", "<script>", "\x00", "\ud800", "{{ 7*7 }}", "&amp;", "=?utf-8?q?x?=", HOSTILE_TEXT]
)  # fmt: skip
TEXTS = st.lists(NASTY | st.text(max_size=40), max_size=5).map("".join)


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.sampled_from([DIGEST, SUMMARY, ESCALATION, STATUS, NOTICE]))
def test_any_text_makes_a_sound_mail_of_any_kind(text: str, kind: Message) -> None:
    told = replace(
        hostile_digest(text) if kind.items else kind,
        kind=kind.kind, alert_title=text, signal_title=text, sentence=text, reasons=(text,), status=text, owner=text,
        until=text, late=text, document=replace(kind.document, title=text, publisher=text),
    )  # fmt: skip
    raw = render(delivery(told), SENDER, TO, NOW, "https://watch.example.org/unsubscribe/x", "Asia/Tehran")
    assert len(raw) < MOST_BYTES
    raw.decode("ascii")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    mail = parsed(raw)
    assert mail.defects == []
    assert set(mail.keys()) <= {"Date", "From", "To", "Subject", "Message-ID", "References", "In-Reply-To",
                                "Auto-Submitted", "X-Auto-Response-Suppress", "List-Id", "List-Unsubscribe",
                                "List-Unsubscribe-Post", "MIME-Version", "Content-Type"}  # fmt: skip
    assert not NEVER_SHOWN.search(part(mail, "plain").replace("\r\n", "\n"))
    page = html.fromstring(part(mail, "html"))
    assert page.xpath("//script | //img | //iframe | //link | //@src | //@onclick") == []
    assert all(link.startswith("https://") for link in page.xpath("//@href"))


@pytest.mark.parametrize("unsubscribe", ["https://watch.example.org/u/x", "http://localhost:8080/u/x"])
def test_one_click_needs_https(unsubscribe: str) -> None:
    mail = parsed(render(delivery(DIGEST), SENDER, TO, NOW, unsubscribe))
    assert mail["List-Unsubscribe"] == f"<{unsubscribe}>"
    assert (mail["List-Unsubscribe-Post"] is not None) is unsubscribe.startswith("https")
    assert html.fromstring(part(mail, "html")).xpath("//a[text()='Unsubscribe']/@href") == [unsubscribe]


def test_facts_of_a_digest_are_words() -> None:
    told = replace(DIGEST, roundup=replace(FACTS, suppressed=tuple((f"odd-{n}", 20 - n) for n in range(12))))
    text = part(rendered(told), "plain")
    assert "20 odd-0" in text
    assert "42 for other reasons." in text
