"""What a mail program shows of our mails: `python -m benchmarks.mail_preview docs/pictures` (needs Chromium).

The pictures of README.md and docs/channels.md are made so, from the bytes that would go to the mail server.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from html import escape
from pathlib import Path

from benchmarks.sample_alert import ALERT
from watcher.delivery.email.render import render
from watcher.model.delivery import Activity, Citation, Delivery, DeliveryStatus, Item, Message, Roundup
from watcher.services.roundup import item, roundup_message

NOW = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--allow-file-access-from-files",
)  # fmt: skip
NARROW = 360
"""Pixels of a small phone."""


def _item(signal: tuple[str, str], severity: str, score: int, title: str, quote: str, publishers: int = 1) -> Item:
    """`quote` marks its evidence with asterisks."""
    marks: list[tuple[int, int]] = []
    sentence = ""
    for number, piece in enumerate(quote.split("*")):
        if number % 2:
            marks.append((len(sentence), len(sentence) + len(piece)))
        sentence += piece
    link = f"https://news.example.org/{signal[0]}/{score}"
    return replace(
        item(ALERT), alert_id=f"alr_{score:08x}", signal_id=signal[0], signal_title=signal[1], severity=severity,
        score=score, document=Citation(title, link, "news.example.org", "2026-11-20T13:40:00Z"), sentence=sentence,
        highlights=tuple(marks), publishers=publishers,
    )  # fmt: skip


IRAQ = (ALERT.signal_id, ALERT.signal_title)
HORMUZ = ("hormuz-coalition", "Hormuz: a coalition keeps the strait open")
NATO = ("nato-contribution-deals", "NATO: contribution deals")
DIGEST = roundup_message(
    "digest",
    (
        replace(item(ALERT), publishers=4),
        _item(IRAQ, "high", 78, "Baghdad court orders arrest of two faction commanders",
              "A *Baghdad court* *issued arrest warrants* for two *commanders of the factions*.", 2),
        _item(HORMUZ, "high", 84, "Three navies begin joint escorts in the Strait of Hormuz",
              "*Three navies* *began escorting* tankers through the *Strait of Hormuz* on Friday.", 5),
        _item(HORMUZ, "medium", 66, "Japan sends a second destroyer to the Gulf",
              "*Japan* *will send* a second destroyer to the *escort mission*."),
        _item(NATO, "medium", 71, "Norway signs for 200 armoured vehicles",
              "*Norway* *signed a contract* for 200 vehicles to meet its *NATO pledge*."),
    ),
    Roundup(
        why="digest", since="2026-11-20T07:00:00Z", until="2026-11-20T17:00:00Z",
        suppressed=(("already-told", 31), ("quiet-hours", 4), ("silence", 2)), near_misses=12,
        activity=(
            Activity(*IRAQ, (2, 0, 1, 0, 0, 3, 2, 0, 1, 4, 6, 5, 9, 14)),
            Activity(*HORMUZ, (0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 3, 4, 2, 7)),
            Activity(*NATO, (1, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 0, 1)),
        ),
    ),
    NOW,
)  # fmt: skip


def page(told: Message) -> str:
    """The HTML part of the mail as it is sent."""
    delivery = Delivery(
        id="dlv_preview", alert_id=None, channel="morning", message=told, status=DeliveryStatus.SENDING, attempts=1,
        priority=0, due_at=NOW, created_at=NOW,
    )  # fmt: skip
    leave = "https://watch.example.org/unsubscribe/x"
    raw = render(delivery, "watch@example.org", "desk@example.org", NOW, leave, "Europe/London")
    body = message_from_bytes(raw, policy=default).get_body(("html",))
    return "" if body is None else str(body.get_content())


def frames(pages: list[tuple[str, str, int]]) -> str:
    """Mails beside each other, each (page, light or dark, width) as high as it is; the title tells the size of all."""
    cells = "".join(
        f'<iframe srcdoc="{escape(text)}" style="color-scheme:{scheme};width:{width}px;border:0"></iframe>'
        for text, scheme, width in pages
    )
    return f"""<!DOCTYPE html><meta charset="utf-8">
<style>body {{ margin: 0; padding: 10px; display: flex; gap: 10px; align-items: start; background: #c9ced6;
width: max-content }}</style>{cells}
<script>onload = () => {{
  for (const one of document.querySelectorAll("iframe"))
    one.style.height = one.contentDocument.documentElement.scrollHeight + "px";
  document.title = document.body.offsetWidth + "," + document.body.offsetHeight;
}}</script>"""


def shoot(browser: str, html: str, to: Path) -> None:
    """Draw it, as large as it is."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "page.html")
        source.write_text(html, encoding="utf-8")
        command = (browser, *FLAGS, f"--user-data-dir={folder}/profile")
        measure = (*command, "--window-size=1400,800", "--dump-dom", source.as_uri())
        dump = subprocess.run(measure, capture_output=True, text=True, check=True).stdout
        size = dump.partition("<title>")[2].partition("</title>")[0]
        subprocess.run(
            (*command, f"--window-size={size}", f"--screenshot={to}", source.as_uri()), capture_output=True, check=True
        )


def main() -> int:
    """Write the pictures into the folder that is named."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None or len(sys.argv) != 2:
        print("usage: python -m benchmarks.mail_preview FOLDER (with Chromium installed)", file=sys.stderr)
        return 2
    alert, digest = page(ALERT), page(DIGEST)
    for name, shown in {
        "mail-alert": [(alert, "light", 620)],
        "mail-digest": [(digest, "light", 620)],
        "mail-narrow": [(alert, "light", NARROW), (alert, "dark", NARROW)],
        "mail-digest-dark": [(digest, "dark", NARROW)],
    }.items():
        shoot(browser, frames(shown), Path(sys.argv[1], f"{name}.png"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
