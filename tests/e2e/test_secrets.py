"""The real service with a marked secret in every place that can hold one, and servers that echo them in errors."""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.support.loopback import Answer, Drop
from tests.support.office import Office
from tests.support.smtp_server import SmtpServer
from tests.support.velmar import DAM_FAILS, DOCKERS_STRIKE, TREATY_SIGNED
from watcher.policies import channel_context
from watcher.services import inspect
from watcher.services.clock import SystemClock

KEY = b"m4rk-webhook-key-of-32-bytes!!!!"
PATH = "m4rk-services/T0m4rk000/B0m4rk111/m4rk-the-secret-itself"
SECRETS = {
    "WATCHER_SLACK_BOT_TOKEN": "xoxb-m4rk-slack-bot-token",
    "WATCHER_SLACK_APP_TOKEN": "xapp-m4rk-slack-app-token",
    "WATCHER_SLACK_SIGNING_SECRET": "m4rk-slack-signing-secret",
    "WATCHER_SMTP_PASSWORD": "m4rk smtp+p@ssw0rd/=",
    "DESK_HOOK_SECRET": "whsec_" + base64.b64encode(KEY).decode(),
    "DESK_DUTY_KEY": "M4RKPAGERDUTYROUTINGKEY000000000",
}
DATABASE_PASSWORD = "m4rk-database"


def unmasked(text: str) -> list[str]:
    """What of the secrets is in the text, in any of their forms."""
    marks = [*SECRETS.values(), DATABASE_PASSWORD, PATH, KEY.decode(), "m4rk-hook-query"]
    found = [mark for mark in marks if mark in text or quote(mark, safe="") in text]
    found += [mark for mark in marks if base64.b64encode(mark.encode()).decode().rstrip("=") in text]
    return found + (["m4rk"] if "m4rk" in text.lower() else [])


@pytest.fixture
async def office(tmp_path: Path, postgres_url: str) -> AsyncIterator[Office]:
    with_password = postgres_url.replace("postgres:@", f"postgres:{DATABASE_PASSWORD}@")
    assert DATABASE_PASSWORD in with_password
    async with Office(tmp_path, with_password) as office:
        channels = office.channels() | {
            "soc": {"kind": "webhook", "url": "env:DESK_HOOK_URL", "secret": "env:DESK_HOOK_SECRET"}
        }
        office.rules.routes(channels, [{"to": list(channels)}])
        office.feed("wire").add(*DAM_FAILS)
        yield office


def talkative(office: Office) -> None:
    """Every server repeats what it was given."""
    token, key = SECRETS["WATCHER_SLACK_BOT_TOKEN"], SECRETS["DESK_DUTY_KEY"]
    slack = json.dumps({"ok": False, "error": f"invalid_auth {token}"})
    office.slack.script.extend([Answer(200, slack, content_type="application/json"), Answer(500, token), Drop()])
    hook = f"no route for /{PATH}?token=m4rk-hook-query, signed with {SECRETS['DESK_HOOK_SECRET']}"
    office.hook.script.extend([Answer(500, hook), Answer(410, hook), Answer(400, f"http://127.0.0.1/{PATH}"), Drop()])
    office.pagerduty.script.extend([Answer(429, key), Answer(400, f"invalid key {key}")])


async def test_no_secret_leaves_the_process(office: Office) -> None:
    talkative(office)
    for report in (DOCKERS_STRIKE, TREATY_SIGNED):
        office.feed("wire").add(*report)
    async with SmtpServer(auth=True) as smtp:
        secret = SECRETS | {
            "DESK_HOOK_URL": f"{office.hook.url}/{PATH}?token=m4rk-hook-query",
            "WATCHER_SMTP_USERNAME": "watcher",
            "WATCHER_SMTP_PORT": str(smtp.port),
            "WATCHER_LOG_LEVEL": "debug",
        }
        said = [await office.command("run", "--once", "--json", **secret)]
    said += [await office.command(*command, "--json", **secret) for command in (["deliveries"], ["status"])]
    async with office.database() as db:
        rows = await inspect.delivery_rows(db, 100)
        lives = [await inspect.delivery_life(db, row["id"]) for row in rows]

    text = "".join(ended.out + ended.err for ended in said) + json.dumps(lives)
    assert unmasked(text) == []
    assert "Traceback" not in text
    failures = {row["channel"]: row["last_error"] for row in rows if row["last_error"]}
    assert set(failures) >= {"desk", "mail", "soc", "duty"}, failures
    assert "535" in failures["mail"]
    assert "delivery.failed" in text


async def test_a_database_that_cannot_be_reached_is_named_without_its_password(office: Office) -> None:
    url = f"postgresql://watch:{DATABASE_PASSWORD}@127.0.0.1:1/news"
    ended = await office.command("run", "--once", WATCHER_DATABASE_URL=url, WATCHER_LOG_LEVEL="debug")
    assert ended.code == 1
    assert unmasked(ended.out + ended.err) == []
    assert ended.err.startswith("watcher: database ")
    assert ended.err.count("\n") == 1


async def test_no_secret_in_any_repr(office: Office) -> None:
    references = SECRETS | {"DESK_HOOK_URL": f"{office.hook.url}/{PATH}"}
    settings = office.settings(
        slack_bot_token=SECRETS["WATCHER_SLACK_BOT_TOKEN"],
        slack_app_token=SECRETS["WATCHER_SLACK_APP_TOKEN"],
        slack_signing_secret=SECRETS["WATCHER_SLACK_SIGNING_SECRET"],
        smtp_password=SECRETS["WATCHER_SMTP_PASSWORD"],
        smtp_username="watcher",
    )
    context = channel_context(settings, references, office.screen, SystemClock())
    async with office.app(slack_bot_token=SECRETS["WATCHER_SLACK_BOT_TOKEN"]) as app:
        desk = app.holder.current
        shown = [
            repr(thing) for thing in (settings, context, app, desk, app.db, app.deliverer, *desk.adapters.values())
        ]
        shown += [repr(dataclasses.asdict(channel)) for channel in desk.rulebook.routing.channels.values()]
    assert unmasked("".join(shown)) == []
