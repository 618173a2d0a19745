"""Golden pairs: a message, and what each kind makes of it. `python -m tests.delivery.golden` writes them anew."""

from __future__ import annotations

import json
from pathlib import Path

from tests.delivery.roundups import DIGEST, ESCALATION, NOTICE, QUIET, STATUS, SUMMARY
from tests.delivery.samples import FIRST, HOSTILE, NOW, UPDATE, delivery
from watcher.delivery import console, pagerduty
from watcher.delivery.email import render as email
from watcher.delivery.slack import render as slack
from watcher.delivery.webhook import render as webhook
from watcher.model.delivery import Delivery

FOLDER = Path(__file__).with_name("golden")
DELIVERIES = {
    "first": delivery(FIRST),
    "update": delivery(UPDATE, id="dl_01hx4aaa", thread="<dl_01hx3zq9@example.org>"),
    "hostile": delivery(HOSTILE, id="dl_01hx5bbb"),
}
KINDS = {told.kind: delivery(told, id=f"dl_{told.kind}") for told in (DIGEST, SUMMARY, ESCALATION, STATUS, NOTICE)} | {
    "quiet": delivery(QUIET, id="dl_quiet")
}
"""Those of mail, webhook and console; the other channels have their own."""


def forms(sent: Delivery) -> dict[str, bytes]:
    """File ending → bytes, for every form that is sent."""
    if sent in KINDS.values():
        return _plain_forms(sent)
    blocks = {
        "text": slack.render_text(sent.message),
        "blocks": slack.render_blocks(sent.message),
        "metadata": slack.metadata(sent.id, sent.message),
    }
    return {
        "slack.json": _json(blocks),
        "pagerduty.json": _json(pagerduty.render(sent)),
        **_plain_forms(sent),
    }


def _plain_forms(sent: Delivery) -> dict[str, bytes]:
    return {
        "webhook.json": _json(json.loads(webhook.render(sent))),
        "mail.eml": email.render(sent, "watch@example.org", "desk@example.org", NOW),
        "console.txt": console.render(sent.message, 100, colour=False).encode(),
    }


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def main() -> None:
    """Write all of them; look at the difference before committing it."""
    FOLDER.mkdir(exist_ok=True)
    for name, sent in {**DELIVERIES, **KINDS}.items():
        for ending, content in forms(sent).items():
            (FOLDER / f"{name}.{ending}").write_bytes(content)


if __name__ == "__main__":
    main()
