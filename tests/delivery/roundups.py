"""Round-ups, life and notices to send in tests."""

from __future__ import annotations

from dataclasses import replace

from tests.delivery.samples import FIRST, HOSTILE, HOSTILE_TEXT, NOW, UPDATE
from watcher.model.delivery import Activity, Citation, Item, Message, Roundup
from watcher.services.roundup import item, items, roundup_message


def _item(signal: tuple[str, str], severity: str, score: int, headline: str, sentence: str, **more: object) -> Item:
    number = f"{signal[0]}-{score}"
    start = sentence.find(" ") + 1
    return replace(
        item(FIRST), alert_id=f"al_{number}", signal_id=signal[0], signal_title=signal[1], severity=severity,
        score=score, document=Citation(headline, f"https://news.example.org/{number}", "example.org",
                                       "2026-11-20T09:12:00Z"),
        sentence=sentence, highlights=((start, sentence.find(" ", start)),), **more,
    )  # fmt: skip


STRAIT = ("hormuz-shipping", "Hormuz: shipping under threat")
TREATY = ("iran-memorandum", "Iran: revision of the memorandum")
LISTED = (
    item(FIRST),
    item(replace(UPDATE, alert_id="al_7f3d", severity="high", score=78, publishers=3)),
    _item(STRAIT, "high", 82, "Two tankers turn back at the strait after warning shots",
          "Both tankers turned back on Thursday after a patrol boat fired warning shots.", publishers=4),
    _item(STRAIT, "medium", 64, "Insurers raise the premium for the Gulf", "Insurers raised premiums by a third."),
    _item(TREATY, "medium", 66, "Foreign ministry: memorandum is to be revised",
          "The ministry said on Friday that the memorandum would be revised.", assertion="announced"),
)  # fmt: skip
FACTS = Roundup(
    why="digest",
    since="2026-11-19T17:00:00Z",
    until="2026-11-20T07:00:00Z",
    suppressed=(("already-told", 12), ("quiet-hours", 3), ("silence", 1)),
    near_misses=7,
    activity=(
        Activity("iraq-militia-crackdown", FIRST.signal_title, (0, 1, 0, 0, 2, 3, 1, 0, 0, 4, 6, 9, 5, 7)),
        Activity(*STRAIT, (0, 0, 0, 1, 0, 0, 0, 2, 1, 0, 0, 0, 3, 4)),
        Activity(*TREATY, (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)),
    ),
)
DIGEST = roundup_message("digest", LISTED, FACTS, NOW)
QUIET = roundup_message("digest", (), replace(FACTS, suppressed=(), near_misses=0, activity=()), NOW)
SUMMARY = roundup_message("summary", LISTED[2:4], Roundup("limit", "2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z"), NOW)
ESCALATION = replace(
    FIRST, kind="escalation", reasons=("step 2 of duty-ladder: nobody has taken it", *FIRST.reasons), late="26 hours"
)
STATUS = replace(
    FIRST, kind="status", status="acknowledged", owner="Ada", until="2026-11-20T22:00:00Z",
    reasons=("Ada has it until 2026-11-20 22:00 UTC",),
)  # fmt: skip
NOTICE = Message(
    kind="notice", alert_id="notice-0123456789abcdef", signal_id="broken", signal_title="Signal Watch", story_id="",
    severity="high", score=0, assertion="", document=Citation("The source example-world is broken", "", "",
                                                              "2026-11-20T10:05:00Z"),
    sentence="It failed 12 times in a row: HTTP 500.", created_at="2026-11-20T10:05:00Z",
    alert_title="The source example-world is broken",
)  # fmt: skip


def hostile_digest(text: str = HOSTILE_TEXT) -> Message:
    """Everything that comes from outside is `text`."""
    listed = tuple(
        replace(
            item(HOSTILE), alert_id=text, signal_id=f"{text}{number}", signal_title=text, severity=text, kind=text,
            document=Citation(text, text, text, text), sentence=text, highlights=((-3, 4), (2, 9_999)), created_at=text,
            assertion=text,
        )
        for number in range(3)
    )  # fmt: skip
    facts = replace(FACTS, since=text, until=text, suppressed=((text, 2),), activity=(Activity(text, text, (1, 2)),))
    return replace(DIGEST, items=listed, roundup=facts, signal_title=text, signal_id=text)


def flood(alerts: int = 500, signals: int = 25, size: int = 1) -> Message:
    """A digest of many alerts; `size` lengthens their words."""
    path = "x" * min(900, 20 * size)
    words = "Ünïcödé تعتقل القوات & <b>𝟘</b> " * size
    listed = [
        replace(
            item(FIRST), alert_id=f"al_{number}", signal_id=f"signal-{number % signals}",
            signal_title=f"Signal {number % signals}", score=number % 100, sentence=words,
            document=Citation(f"Alert {number} {words}", f"https://e.example/{path}/{number}", "W"),
        )
        for number in range(alerts)
    ]  # fmt: skip
    days = tuple(range(14))
    rows = tuple(Activity(f"signal-{each}", f"Signal {each} {words}", days) for each in range(signals))
    messages = items(replace(FIRST, **{name: getattr(one, name) for name in
                             ("alert_id", "signal_id", "signal_title", "score", "sentence", "document")})
                     for one in listed)  # fmt: skip
    return roundup_message("digest", messages, replace(FACTS, activity=rows), NOW)
