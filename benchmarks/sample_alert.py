"""The invented alert that the pictures in the documents show."""

from __future__ import annotations

from watcher.model.delivery import Citation, Message
from watcher.model.match import Evidence, LedgerEntry

SENTENCE = (
    "Iraqi security forces arrested 12 members of the Kataib al-Rafidain militia in Basra on Friday, police said."
)
ALERT = Message(
    kind="alert", alert_id="alr_7f3c21b9", signal_id="iraq-militia-crackdown",
    signal_title="Iraq: crackdown on militias", story_id="st_91ab", severity="critical", score=91, assertion="asserted",
    document=Citation("Iraqi forces arrest 12 militia members in Basra, seize rockets",
                      "https://news.example.org/iraq/basra", "news.example.org", "2026-11-20T09:52:00Z"),
    sentence=SENTENCE, highlights=((0, 21), (22, 30), (68, 75)),
    evidence=(Evidence("text", 0, 21, "Iraqi security forces", "state"), Evidence("text", 22, 30, "arrested", "act"),
              Evidence("title", 21, 36, "militia members", "militia")),
    ledger=(LedgerEntry("pattern held: state act militia", 52), LedgerEntry("stated as fact", 20),
            LedgerEntry("told in the headline", 11), LedgerEntry("trusted source", 5), LedgerEntry("a named place", 3)),
    reasons=("a new story at or above the signal's threshold of 60",),
    others=(Citation("Basra: raid on militia depot, a dozen held", "https://wire.example.net/1", "wire.example.net"),
            Citation("القوات العراقية تعتقل عناصر من الفصائل", "https://ar.example.com/2", "ar.example.com")),
    publishers=3, created_at="2026-11-20T09:55:00Z", language="en",
)  # fmt: skip
