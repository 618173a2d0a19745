"""What Slack shows of our messages, drawn without Slack: `python -m benchmarks.slack_preview > preview.html`.

A browser makes docs/pictures/slack.png from it (see `main`). It draws the few kinds of block that we send.
"""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from benchmarks.sample_alert import ALERT
from watcher.delivery.slack.render import render_blocks, render_reply
from watcher.delivery.slack.why import Why, render_view
from watcher.model.delivery import Citation, Item, Message, Roundup
from watcher.model.match import LedgerEntry

STATUS = replace(
    ALERT, kind="status", status="acknowledged", owner="Ada Lovelace", until="2026-11-20T22:06:00Z",
    reasons=("Ada Lovelace has it until 2026-11-20 22:06 UTC",),
)  # fmt: skip
UPDATE = replace(
    ALERT, kind="update", severity="critical", score=96, publishers=6, version=2,
    document=Citation("Baghdad says 40 militia fighters held after Basra raids", "https://wire.example.net/9",
                      "wire.example.net", "2026-11-20T11:30:00Z"),
    sentence="The interior ministry said its forces detained 40 fighters in raids across Basra province.",
    ledger=(*ALERT.ledger, LedgerEntry("corroborated: 6 publishers", 5)),
    highlights=((31, 37), (38, 46), (50, 58)), reasons=("told by 6 publishers now, was 3",),
)  # fmt: skip
ESCALATION = replace(ALERT, kind="escalation", reasons=("step 2 of duty-ladder: nobody has taken it",))


def _item(title: str, signal: str, severity: str, score: int, publishers: int = 1) -> Item:
    return Item(
        kind="alert", alert_id="alr_1", signal_id=signal, signal_title=signal, severity=severity, score=score,
        assertion="asserted", document=Citation(title, "https://news.example.org/x", "news.example.org"), sentence="",
        publishers=publishers,
    )  # fmt: skip


DIGEST = Message(
    kind="digest", alert_id="", signal_id="", signal_title="2 signals", story_id="", severity="high", score=84,
    assertion="", document=Citation("11 alerts", "", ""), sentence="",
    items=(
        _item("Allies agree to raise air-defence spending to 2.5 % by 2028", "NATO: contributions", "high", 84, 4),
        _item("Norway signs for 200 armoured vehicles", "NATO: contributions", "medium", 71),
        *(_item(f"Tanker convoy {n} passes under escort", "Hormuz: coalition", "medium", 70) for n in range(1, 10)),
    ),
    roundup=Roundup(
        "digest", "2026-11-19T17:00:00Z", "2026-11-20T07:00:00Z", (("already-told", 41), ("quiet-hours", 3)), 12
    ),
)  # fmt: skip
NOTICE = Message(
    kind="notice", alert_id="notice-1", signal_id="source-stale", signal_title="Signal Watch", story_id="", score=0,
    severity="high", assertion="", document=Citation("wire.example.net has gone quiet", "", ""),
    sentence="Nothing new for 9 hours; it usually brings something every 20 minutes.",
    created_at="2026-11-20T10:00:00Z",
)  # fmt: skip
WHY = Why(
    ALERT, pattern="state act militia", cue="police said", placed=("like nothing of the last 72 hours",),
    events=(("2026-11-20T09:55:00Z", "open: a new story at or above the signal's threshold of 60"),
            ("2026-11-20T10:06:00Z", "acknowledged: Ada Lovelace has it until 2026-11-20 22:06 UTC")),
    routes=("desk: alert sent, status sent", "duty: escalation superseded"),
)  # fmt: skip

STYLE = """
body{margin:0;background:#fff;font:15px/1.46 Lato,"DejaVu Sans",Arial,"Noto Color Emoji",sans-serif;color:#1d1c1d}
main{columns:2;column-gap:20px;width:1160px;padding:14px}
figure{break-inside:avoid;margin:0 0 14px;border:1px solid #ddd;border-radius:8px;padding:8px 12px;overflow:hidden}
figcaption{color:#888;font-size:12px;margin-bottom:4px}
.app{font-weight:900}
.app span{background:#eee;color:#616061;font-size:10px;padding:1px 3px;border-radius:3px;margin-left:4px}
h3{font-size:18px;margin:4px 0}.section{margin:4px 0;white-space:pre-wrap}
.context{color:#616061;font-size:12.5px;margin:4px 0;white-space:pre-wrap}
.quote{border-left:4px solid #ddd;padding-left:10px;display:block}
a{color:#1264a3;text-decoration:none}
code{color:#c0113f;background:#f6f6f6;border:1px solid #ddd;border-radius:3px;padding:0 3px}
button,.select{display:inline-block;font:700 13px Lato,"DejaVu Sans",Arial;
border:1px solid #bbb;border-radius:4px;background:#fff;
padding:4px 10px;margin:2px 6px 2px 0}button.primary{background:#007a5a;color:#fff;border-color:#007a5a}
.thread{margin-left:28px;border-left:2px solid #ddd;padding-left:10px}
"""


def mrkdwn(text: str) -> str:
    """Slack's marks as HTML: links, dates, bold, italics, code, quotations."""
    text = re.sub(r"<!date\^(\d+)\^[^|]*\|[^>]*>", lambda found: _local(int(found[1])), text)
    text = re.sub(r"<(https?://[^|>]+)\|([^>]*)>", r'<a href="\1">\2</a>', text)
    text = re.sub(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])", r"<b>\1</b>", text)
    text = re.sub(r"(?<!\w)_([^_\n]+)_(?!\w)", r"<i>\1</i>", text)
    text = re.sub(r"`([^`\n]+)`", r"<code>\1</code>", text)
    return re.sub(r"(?m)^> (.*)\n?", r'<span class="quote">\1</span>', text)


def _local(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%b %d, %H:%M")


def block(one: Mapping[str, Any]) -> str:
    """One block as HTML."""
    if one["type"] == "header":
        return f"<h3>{html.escape(one['text']['text'])}</h3>"
    if one["type"] == "section":
        return f'<div class="section">{mrkdwn(one["text"]["text"])}</div>'
    if one["type"] == "context":
        return f'<div class="context">{mrkdwn(one["elements"][0]["text"])}</div>'
    return "<div>" + "".join(_element(element) for element in one["elements"]) + "</div>"


def _element(element: Mapping[str, Any]) -> str:
    if element["type"] == "static_select":
        return f'<span class="select">{element["placeholder"]["text"]} ▾</span>'
    return f'<button class="{element.get("style", "")}">{html.escape(element["text"]["text"])}</button>'


def figure(caption: str, blocks: Sequence[Mapping[str, Any]], reply: Sequence[Mapping[str, Any]] = ()) -> str:
    """A message with the reply in its thread."""
    shown = "".join(block(one) for one in blocks)
    thread = f'<div class="thread">{"".join(block(one) for one in reply)}</div>' if reply else ""
    app = '<div class="app">Signal Watch<span>APP</span></div>'
    return f"<figure><figcaption>{caption}</figcaption>{app}{shown}{thread}</figure>"


def page() -> str:
    """All kinds of message."""
    figures = (
        figure("an alert", render_blocks(ALERT, "a", interactive=True)),
        figure("somebody has it: the message is edited", render_blocks(STATUS, "b", interactive=True)),
        figure("an update: the message is edited, and its thread says what is new",
               render_blocks(UPDATE, "c", interactive=True), render_reply(UPDATE, "d")),
        figure("nobody took it: a reply that is also sent to the channel",
               render_reply(ESCALATION, "e", interactive=True)),
        figure("Why?", render_view(WHY)["blocks"]),  # type: ignore[arg-type]  # blocks of a view are a list
        figure("an operator notice", render_blocks(NOTICE, "f")),
        figure("a digest", render_blocks(DIGEST, "g")),
    )  # fmt: skip
    return f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><main>{''.join(figures)}</main>"


def main() -> None:
    """Then: chromium --headless --screenshot=slack.png --window-size=1190,1500 preview.html, and pngquant."""
    sys.stdout.write(page())


if __name__ == "__main__":
    main()
