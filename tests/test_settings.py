"""Settings: where they come from, what they refuse, and that a secret among them is never shown."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from pathlib import Path

import pytest
from pydantic import SecretStr

from watcher.model.errors import UserError
from watcher.settings import PREFIX, FixedSettings, Settings, load_environment, load_settings

MARK = "m4rk"
SECRETS = {
    "WATCHER_HEARTBEAT_URL": f"https://ping.example/{MARK}-ping",
    "WATCHER_HEARTBEAT_FAIL_URL": f"https://ping.example/{MARK}-ping/fail",
    "WATCHER_DATABASE_URL": f"postgresql://watch:{MARK}-database@db.example/news",
    "WATCHER_SLACK_BOT_TOKEN": f"xoxb-{MARK}-bot",
    "WATCHER_SLACK_APP_TOKEN": f"xapp-{MARK}-app",
    "WATCHER_SLACK_SIGNING_SECRET": f"{MARK}-signing",
    "WATCHER_SMTP_PASSWORD": f"{MARK}-smtp",
    "WATCHER_PAGERDUTY_WEBHOOK_SECRET": f"{MARK}-webhook",
    "WATCHER_API_TOKEN": f"{MARK}-api",
    "WATCHER_FETCH_PROXY": f"http://desk:{MARK}-proxy@proxy.example:3128",
}


DEFAULTS = FixedSettings().model_dump()


class Environment:
    """The process's settings, set by the test."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    def set(self, values: Mapping[str, str]) -> None:
        for name, value in values.items():
            self._patch.setenv(name, value)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Environment]:
    """No setting from outside, and a directory without `.env`."""
    for name in os.environ:
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    yield Environment(monkeypatch)


def test_everything_has_a_default(environment: Environment) -> None:
    settings = load_settings()
    assert settings.model_dump() == DEFAULTS
    assert settings.resolved_database_url == f"sqlite:///{Path.cwd() / 'data' / 'watcher.db'}"
    assert settings.secret_values() == set()
    assert not settings.has_database


def test_the_environment_wins_over_the_file(environment: Environment) -> None:
    Path(".env").write_text("WATCHER_LOG_LEVEL=debug\nWATCHER_SMTP_HOST=file.example\nOTHER=1\n", encoding="utf-8")
    environment.set({"WATCHER_SMTP_HOST": "mail.example"})
    settings = load_settings()
    assert (settings.log_level, settings.smtp_host) == ("debug", "mail.example")
    environment.set({"WATCHER_SMTP_HOST": ""})
    assert load_settings().smtp_host == "file.example", "an empty variable is one that is not set"


def test_an_empty_value_is_the_default(environment: Environment) -> None:
    template = Path(__file__).parents[1] / ".env.example"
    names = [line.partition("=")[0] for line in template.read_text(encoding="utf-8").splitlines() if "=" in line]
    environment.set({name: "" for name in names if name.startswith(PREFIX)})
    assert load_settings().model_dump() == DEFAULTS


def test_the_template_as_it_is_changes_nothing(environment: Environment) -> None:
    template = Path(__file__).parents[1] / ".env.example"
    Path(".env").write_text(template.read_text(encoding="utf-8"), encoding="utf-8")
    assert load_settings().model_dump() == DEFAULTS


def test_a_variable_that_is_no_setting_is_left_to_the_rules(environment: Environment) -> None:
    Path(".env").write_text("WATCHER_SOC_SECRET=from-file\nWATCHER_DUTY_KEY=from-file\n", encoding="utf-8")
    environment.set({"WATCHER_DUTY_KEY": "from-environment", "WATCHER_SOC_SECRET": "", "WATCHER_NO_KEY": ""})
    load_settings()
    known = load_environment()
    assert (known["WATCHER_SOC_SECRET"], known["WATCHER_DUTY_KEY"]) == ("from-file", "from-environment")
    assert known["WATCHER_NO_KEY"] == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WATCHER_LOG_FORMAT", "wr0ng-value"),
        ("WATCHER_LOG_LEVEL", "wr0ng-value"),
        ("WATCHER_SMTP_PORT", "wr0ng-value"),
        ("WATCHER_SMTP_PORT", "70000"),
        ("WATCHER_SMTP_TLS", "wr0ng-value"),
        ("WATCHER_FETCH_TIMEOUT", "wr0ng-value"),
        ("WATCHER_FETCH_TIMEOUT", "-7777"),
        ("WATCHER_FETCH_CONCURRENCY", "wr0ng-value"),
        ("WATCHER_FETCH_ALLOW_PRIVATE", "10.0.0.0/8, wr0ng-value"),
    ],
)
def test_a_wrong_value_is_named_and_not_repeated(environment: Environment, name: str, value: str) -> None:
    environment.set({name: value})
    with pytest.raises(UserError) as caught:
        load_settings()
    said = str(caught.value)
    assert said.startswith(f"{name}: ")
    assert value not in said
    assert "Value error" not in said
    assert "\n" not in said


def test_every_wrong_value_is_named_at_once(environment: Environment) -> None:
    environment.set({"WATCHER_LOG_LEVEL": "loud", "WATCHER_SMTP_PORT": "none"})
    with pytest.raises(UserError, match=r"WATCHER_LOG_LEVEL: .*; WATCHER_SMTP_PORT: "):
        load_settings()


@pytest.mark.parametrize(
    ("written", "networks"),
    [
        ("127.0.0.1", ["127.0.0.1/32"]),
        ("10.1.2.3/16, ::1", ["10.1.0.0/16", "::1/128"]),
        ('["10.0.0.0/8", "192.168.1.0/24"]', ["10.0.0.0/8", "192.168.1.0/24"]),
        (" , ", []),
    ],
)
def test_networks_are_read_as_people_write_them(environment: Environment, written: str, networks: list[str]) -> None:
    environment.set({"WATCHER_FETCH_ALLOW_PRIVATE": written})
    assert load_settings().fetch_allow_private == tuple(ip_network(network) for network in networks)


def test_the_mail_port_follows_the_protection() -> None:
    ports = {tls: FixedSettings(smtp_tls=tls).resolved_smtp_port for tls in ("none", "starttls", "tls")}
    assert ports == {"none": 25, "starttls": 587, "tls": 465}
    assert FixedSettings(smtp_tls="tls", smtp_port=2465).resolved_smtp_port == 2465


def test_every_setting_that_holds_a_secret_is_known_to_the_redactor(environment: Environment) -> None:
    environment.set(SECRETS)
    settings = load_settings()
    hidden = {PREFIX + name.upper() for name, value in settings if isinstance(value, SecretStr)}
    assert hidden == set(SECRETS)
    assert {*SECRETS.values(), f"{MARK}-database"} <= settings.secret_values()


def test_a_password_that_is_quoted_in_the_url_is_known_as_it_is_and_as_it_is_written() -> None:
    settings = FixedSettings(database_url="postgresql://watch:p%40ss%2Fw%C3%B6rd@db.example/news")
    assert {"p@ss/wörd", "p%40ss%2Fw%C3%B6rd"} <= settings.secret_values()


def test_no_secret_is_shown(environment: Environment) -> None:
    environment.set(SECRETS)
    settings = load_settings()
    for shown in (repr(settings), str(settings), repr(settings.model_dump()), settings.model_dump_json()):
        assert MARK not in shown


def test_names_that_look_secret_are_held_as_secrets() -> None:
    for name, field in Settings.model_fields.items():
        if any(word in name for word in ("token", "password", "secret", "key", "database_url")):
            assert field.annotation is SecretStr, name
