"""Messages and deliveries to send in tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from watcher.model.delivery import Citation, Delivery, DeliveryStatus, Message
from watcher.model.match import Evidence, LedgerEntry

NOW = datetime(2026, 11, 20, 10, 6, 0, tzinfo=UTC)

SENTENCE = "Iraqi security forces arrested 12 militia members in Basra on Friday."

FIRST = Message(
    kind="alert",
    alert_id="al_7f3c",
    signal_id="iraq-militia-crackdown",
    signal_title="Iraq: crackdown on militias",
    story_id="st_91ab",
    severity="critical",
    score=91,
    assertion="asserted",
    document=Citation(
        "Iraqi forces arrest 12 militia members & seize arms",
        "https://news.example.org/iraq/basra?id=7&ref=rss",
        "example.org",
        "2026-11-20T10:00:00Z",
    ),
    sentence=SENTENCE,
    highlights=((0, 21), (22, 30), (34, 49)),
    evidence=(
        Evidence("text", 0, 21, "Iraqi security forces", "state"),
        Evidence("text", 22, 30, "arrested", "act"),
        Evidence("text", 34, 49, "militia members", "militia"),
    ),
    ledger=(
        LedgerEntry("pattern held: state act militia", 60),
        LedgerEntry("stated as fact", 20),
        LedgerEntry("told in the headline", 11),
    ),
    reasons=("a new story at or above the signal's threshold of 60",),
    publishers=1,
    created_at="2026-11-20T10:05:00Z",
    question="Does the state move against the militias?",
    language="en",
    alert_title="Iraqi forces arrest 12 militia members & seize arms",
)

UPDATE = replace(
    FIRST,
    kind="update",
    document=Citation(
        "بغداد: القوات العراقية تعتقل عناصر من الفصائل",
        "https://wire.example.net/ar/1",
        "wire.example.net",
        "2026-11-20T11:00:00Z",
    ),
    sentence="اعتقلت القوات العراقية عناصر من الفصائل في البصرة.",
    highlights=((0, 6), (7, 22)),
    publishers=8,
    version=2,
    score=97,
    reasons=("corroborated: 8 publishers, told of 1 before", "severity stays critical"),
    ledger=(*FIRST.ledger, *(LedgerEntry(f"publisher {number}", 1) for number in range(6))),
    others=tuple(
        Citation(f"Report {number}", f"https://p{number}.example.com/story", f"p{number}.example.com")
        for number in range(7)
    ),
    language="ar",
)

HOSTILE_TEXT = (
    "Breaking\r\nBcc: everyone@example.org\r\n\r\n<!channel> <@U123ABC> <script>alert(1)</script> "
    "[bold red]markup[/bold red] \x1b[31mred\x1b]0;title\x07 \x9b2J \u202egnp.exe\u202c\u2066 x\u0000y "
    "*stars* `code` {{ 7 * 7 }} %s &lt;b&gt; & <https://evil.example|click> \ud83d e" + "\u0301" * 40
)

HOSTILE = replace(
    FIRST,
    severity="<b>",
    assertion="x" * 5_000,
    signal_title="Signal " + HOSTILE_TEXT,
    alert_title="Alert " + HOSTILE_TEXT,
    document=Citation("Title " + HOSTILE_TEXT, "javascript:alert(1)", "Pub " + HOSTILE_TEXT, HOSTILE_TEXT),
    sentence="Sentence " + HOSTILE_TEXT,
    highlights=((-5, 12), (4, 20), (30, 10_000), (7, 7)),
    reasons=("Reason " + HOSTILE_TEXT,),
    ledger=(LedgerEntry("Ledger " + HOSTILE_TEXT, 91),),
    evidence=(Evidence("text", 0, 8, "Evidence " + HOSTILE_TEXT, HOSTILE_TEXT),),
    others=(
        Citation("Other " + HOSTILE_TEXT, "https://fine.example/?a=1&b=<x>|y", "Wire"),
        Citation("Linked " + HOSTILE_TEXT, "https://fine.example/?a=1&b=2", "Wire"),
    ),
    language="en\r\nX: y",
    question=HOSTILE_TEXT,
)


def delivery(told: Message = FIRST, **changes: Any) -> Delivery:
    """A claimed delivery of `told`, first try."""
    plain = Delivery(
        id="dl_01hx3zq9",
        alert_id=told.alert_id,
        channel="desk",
        message=told,
        status=DeliveryStatus.SENDING,
        attempts=1,
        priority=0,
        due_at=NOW,
        created_at=NOW,
    )
    return replace(plain, **changes)
