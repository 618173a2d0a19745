"""A whole office on the loopback: news servers, Slack, mail, a hook, PagerDuty, and the settings that lead there.

async with Office(tmp_path) as office:
    office.feed("wire").add(*DAM_FAILS)
    async with office.app() as app:
        summary = await app.once()
    assert office.heard() == {...}
"""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from ipaddress import ip_network
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.bell import Bell
from tests.support.hook_server import SECRET, HookServer
from tests.support.news_server import NewsServer
from tests.support.newswire import Feed
from tests.support.pagerduty_server import ROUTING_KEY, PagerDutyServer
from tests.support.service import Ended, Service, command, running
from tests.support.slack_server import CHANNEL, TOKEN, SlackServer
from tests.support.smtp_server import SmtpServer
from tests.support.velmar import Velmar
from watcher.app import App
from watcher.model.ports import Clock
from watcher.services.summary import Summary
from watcher.settings import FixedSettings
from watcher.storage.engine import Database
from watcher.storage.migrate import migrate
from watcher.telemetry import Redactor

RECIPIENTS = ("ada@desk.example", "ben@desk.example")
EVERYWHERE = ["desk", "mail", "soc", "duty", "screen"]
QUICKLY = ["mail", "soc", "duty", "screen"]
"""Without Slack, which takes one post a second."""


class Office:
    """`rules` may be edited before and while an app runs; `screen` is what the console channel showed.

    All channels but Slack are told unless the test writes other routes.
    """

    def __init__(self, root: Path, database_url: str = "") -> None:
        self.root = root
        self.rules = Velmar(root / "rules")
        self.database_url = database_url
        self.news, self.hook, self.pagerduty = NewsServer(), HookServer(), PagerDutyServer()
        self.smtp = SmtpServer()
        self.slack: SlackServer
        self.screen = io.StringIO()
        self.bell = Bell()
        self.feeds: dict[str, Feed] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self.slack = SlackServer()
        for ringing in (self.news, self.hook, self.pagerduty, self.slack):
            ringing.bell = self.bell
        for server in (self.news, self.hook, self.pagerduty, self.smtp, self.slack):
            await self._stack.enter_async_context(server)
        self.rules.routes(self.channels(), [{"to": QUICKLY}])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def feed(self, name: str) -> Feed:
        """The feed of that name, made and listed among the sources when it is asked for first."""
        if name not in self.feeds:
            self.feeds[name] = Feed(name)
            self.news.on(f"/{name}", self.feeds[name])
            self.rules.sources({known: self.news.url(f"/{known}") for known in self.feeds})
        return self.feeds[name]

    def channels(self) -> dict[str, dict[str, Any]]:
        """One channel of each kind, as routes.yaml writes them."""
        return {
            "desk": {"kind": "slack", "channel": CHANNEL},
            "mail": {"kind": "email", "to": list(RECIPIENTS)},
            "soc": {"kind": "webhook", "url": f"{self.hook.url}/hook", "secret": "env:DESK_HOOK_SECRET"},
            "duty": {"kind": "pagerduty", "routing_key": "env:DESK_DUTY_KEY"},
            "screen": {"kind": "console", "format": "json"},
        }

    def references(self) -> dict[str, str]:
        """What `env:NAME` in the channels stands for."""
        return {"DESK_HOOK_SECRET": SECRET, "DESK_DUTY_KEY": ROUTING_KEY}

    def environment(self, **changes: str) -> dict[str, str]:
        """The settings as environment variables, for a process of its own."""
        return {
            "WATCHER_RULES": str(self.rules.root),
            "WATCHER_DATA_DIR": str(self.root / "data"),
            "WATCHER_DATABASE_URL": self.database_url,
            "WATCHER_LOG_FORMAT": "json",
            "WATCHER_SLACK_BOT_TOKEN": TOKEN,
            "WATCHER_SLACK_API_URL": self.slack.api_url,
            "WATCHER_SMTP_HOST": "127.0.0.1",
            "WATCHER_SMTP_PORT": str(self.smtp.port),
            "WATCHER_SMTP_TLS": "none",
            "WATCHER_SMTP_FROM": "watch@desk.example",
            "WATCHER_PAGERDUTY_API_URL": self.pagerduty.url,
            "WATCHER_FETCH_ALLOW_PRIVATE": "127.0.0.0/8",
            "WATCHER_ENRICH_PER_HOUR": "0",
            **self.references(),
            **changes,
        }

    def settings(self, **changes: Any) -> FixedSettings:
        """The settings for an app in this process."""
        values: dict[str, Any] = {
            "rules": self.rules.root,
            "data_dir": self.root / "data",
            "database_url": self.database_url,
            "slack_bot_token": TOKEN,
            "slack_api_url": self.slack.api_url,
            "smtp_host": "127.0.0.1",
            "smtp_port": self.smtp.port,
            "smtp_tls": "none",
            "smtp_from": "watch@desk.example",
            "pagerduty_api_url": self.pagerduty.url,
            "fetch_allow_private": (ip_network("127.0.0.0/8"),),
            "fetch_timeout": 5.0,
            "enrich_per_hour": 0,
        }
        return FixedSettings(**(values | changes))

    def app(self, *, clock: Clock | None = None, **changes: Any) -> App:
        """The service as `watcher run` builds it."""
        settings = self.settings(**changes)
        redactor = Redactor(settings.secret_values())
        return App(settings, redactor, clock=clock, console=self.screen, environment=self.references())

    async def cycle(self, clock: Clock | None = None, **changes: Any) -> Summary:
        """One cycle in this process, which does not wait for retries as `run --once` does."""
        async with self.app(clock=clock, **changes) as app:
            await app.collector.poll_all()
            await app.pipeline.run_pending()
            app.deliverer.kick()
            await app.deliverer.settle()
            return await app.summary()

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """The service's database, to look into."""
        settings = self.settings()
        settings.data_dir.mkdir(exist_ok=True)
        db = await Database.open(settings.resolved_database_url)
        try:
            await migrate(db)
            yield db
        finally:
            await db.close()

    def running(self, *arguments: str, **changes: str) -> AbstractAsyncContextManager[Service]:
        """`watcher …` in a process of its own."""
        return running(self.environment(**changes), self.root, self.bell, *arguments)

    async def command(self, *arguments: str, **changes: str) -> Ended:
        """`watcher …` to its end."""
        return await command(self.environment(**changes), self.root, *arguments)

    async def rows(self, *arguments: str, **changes: str) -> Any:
        """What `watcher … --json` prints."""
        ended = await self.command(*arguments, "--json", **changes)
        return json.loads(ended.out)

    def shown(self) -> list[dict[str, Any]]:
        """The alerts that the console channel printed."""
        return [json.loads(line) for line in self.screen.getvalue().splitlines()]

    def heard(self) -> dict[str, list[tuple[str, str]]]:
        """What each channel was told, sorted: the kind of telling and the signal, once for each time it arrived."""
        kinds = {"alert.opened": "alert", "alert.updated": "update"}
        return {
            "desk": sorted(_slack_telling(post.arguments["text"]) for post in self.slack.posts),
            "soc": sorted((kinds[hook.body["type"]], hook.body["data"]["signal"]) for hook in self.hook.hooks),
            "screen": sorted((line["kind"], line["signal_id"]) for line in self.shown()),
            "duty": sorted(("", event["payload"]["component"]) for event in self.pagerduty.events),
            **{
                recipient: sorted(
                    ("update" if mail.message["In-Reply-To"] else "alert", _signal_of(str(mail.message["Subject"])))
                    for mail in self.smtp.mails
                    if mail.recipients == [recipient]
                )
                for recipient in RECIPIENTS
            },
        }


_TITLES = {
    "A dam fails in Velmar": "dam-failure",
    "Dockers stop work in Velmar": "port-strike",
    "Velmar and a neighbour agree on grain": "grain-treaty",
}


def _signal_of(text: str) -> str:
    return next((signal for title, signal in _TITLES.items() if title in text), text)


def _slack_telling(text: str) -> tuple[str, str]:
    return ("update" if "update" in text.lower() else "alert", _signal_of(text))
