"""A desk is built from rules: channels that lack something wait, unchanged ones are kept, secrets are learned."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from tests.services.fakes import delivery
from tests.support.hook_server import SECRET
from tests.support.pagerduty_server import ROUTING_KEY
from tests.support.velmar import DAM, Velmar
from watcher.delivery.context import ChannelContext
from watcher.model.delivery import DeliveryError
from watcher.model.errors import UserError
from watcher.model.rulebook import Rulebook
from watcher.services import rules
from watcher.services.clock import SystemClock
from watcher.services.trial import send_test

CHANNELS = {
    "desk": {"kind": "slack", "channel": "#desk"},
    "mail": {"kind": "email", "to": ["ada@desk.example", "ben@desk.example"]},
    "soc": {"kind": "webhook", "url": "env:HOOK_URL", "secret": ["env:HOOK_SECRET", SECRET]},
    "duty": {"kind": "pagerduty", "routing_key": "env:DUTY_KEY"},
    "screen": {"kind": "console"},
}
ENVIRONMENT = {
    "HOOK_URL": "https://hooks.example/services/T000/B111?key=the-query-secret",
    "HOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "DUTY_KEY": ROUTING_KEY,
}


@pytest.fixture
def velmar(tmp_path: Path) -> Velmar:
    velmar = Velmar(tmp_path / "rules")
    velmar.routes(CHANNELS, [{"to": list(CHANNELS)}])
    return velmar


def rulebook(velmar: Velmar) -> Rulebook:
    loaded, findings = rules.read(velmar.root)
    assert loaded is not None, findings
    return loaded


async def test_a_channel_that_lacks_something_is_named_and_its_deliveries_wait(velmar: Velmar) -> None:
    desk, findings = rules.build(rulebook(velmar), ChannelContext())
    assert [finding.message.partition(":")[0] for finding in findings] == [
        "channel desk", "channel mail", "channel soc", "channel duty",
    ]  # fmt: skip
    assert not any(finding.error for finding in findings)
    lanes = {desk.adapters[name].lane for name in ("desk", "mail", "soc", "duty")}
    assert len(lanes) == 4
    for name in ("desk", "mail", "soc", "duty"):
        with pytest.raises(DeliveryError) as caught:
            await desk.adapters[name].send(delivery(1, name))
        assert not caught.value.permanent
        assert not caught.value.ambiguous
        await desk.adapters[name].close()
    assert list(desk.senders) == ["screen"]
    again, _ = rules.build(rulebook(velmar), ChannelContext(), desk)
    assert again.unbuilt == desk.unbuilt


def test_a_detector_is_ready_for_the_languages_of_the_sources(velmar: Velmar) -> None:
    velmar.sources({"wire": {"url": "https://wire.example/rss", "language": "fr"}})
    ready = rules.detector_of(rulebook(velmar))
    before = set(ready._editions._made)
    assert before > {"en"}
    ready.detect("Le barrage", "", "fr")
    assert set(ready._editions._made) == before


async def test_each_recipient_is_a_target(velmar: Velmar) -> None:
    desk, _ = rules.build(rulebook(velmar), ChannelContext())
    assert desk.targets == {name: ("",) for name in CHANNELS} | {"mail": ("ada@desk.example", "ben@desk.example")}


async def test_unchanged_channels_keep_their_adapter_and_a_set_token_replaces_it(velmar: Velmar) -> None:
    context = ChannelContext(env=ENVIRONMENT)
    before, _ = rules.build(rulebook(velmar), context)
    velmar.routes(CHANNELS | {"screen": {"kind": "console", "format": "json"}}, [{"to": list(CHANNELS)}])
    after, _ = rules.build(rulebook(velmar), context, before)
    assert {name for name in CHANNELS if after.adapters[name] is before.adapters[name]} == set(CHANNELS) - {"screen"}
    for desk in (before, after):
        for adapter in desk.adapters.values():
            await adapter.close()


def test_secrets_of_channels_are_known_by_value_by_reference_and_in_part(velmar: Velmar) -> None:
    known = rules.secrets(rulebook(velmar), ENVIRONMENT)
    assert set(ENVIRONMENT.values()) | {SECRET} <= known
    assert {"services/T000/B111", "key=the-query-secret", "services/T000/B111?key=the-query-secret"} <= known
    assert not {"https", "hooks.example", "#desk", "ada@desk.example"} & known


def test_the_password_of_a_mailbox_is_a_secret_and_its_user_is_an_ordinary_word(velmar: Velmar) -> None:
    login = {"user": "env:MAIL_USER", "password": "env:MAIL_PASSWORD"}
    velmar.sources({"news": {"kind": "mailbox", "url": "imaps://mail.example"} | login})
    known = rules.secrets(rulebook(velmar), {"MAIL_USER": "news", "MAIL_PASSWORD": "pass-word"})
    assert known >= {"pass-word"}
    assert "news" not in known


def test_a_reference_to_nothing_is_no_secret(velmar: Velmar) -> None:
    assert rules.secrets(rulebook(velmar), {}) - {""} == {SECRET}


def test_an_address_that_is_none_is_a_secret_all_the_same(velmar: Velmar) -> None:
    assert "https://[broken" in rules.secrets(rulebook(velmar), {"HOOK_URL": "https://[broken"})


def test_errors_and_new_failures_refuse_rules_and_old_failures_do_not(velmar: Velmar) -> None:
    good = rulebook(velmar)
    failing = DAM.replace("expect: below", "expect: alert")
    velmar.signal("dam-failure", failing)
    checked = rules.check(velmar.root)
    assert [finding.code for finding in checked.refused(good)] == ["T610"]
    running = rulebook(velmar)
    velmar.signal("dam-failure", "# moved down\n\n" + failing)
    assert rules.check(velmar.root).refused(running) == ()
    velmar.signal("dam-failure", failing.replace("alert_at: 60", "alert_at: sixty"))
    assert [finding.code for finding in rules.check(velmar.root).refused(running)] == ["S203"]


def test_the_pack_that_comes_with_the_program_is_found() -> None:
    assert (rules.pack_dir() / "lexicons" / "assertion-en.yaml").is_file()


async def test_a_test_message_says_so_and_failures_are_rows(velmar: Velmar) -> None:
    screen = io.StringIO()
    desk, _ = rules.build(rulebook(velmar), ChannelContext(console=screen))
    rows = await send_test(desk, SystemClock(), None)
    assert [(row["channel"], row["target"], row["outcome"]) for row in rows] == [
        ("desk", "", "failed"),
        ("mail", "ada@desk.example", "failed"),
        ("mail", "ben@desk.example", "failed"),
        ("soc", "", "failed"),
        ("duty", "", "failed"),
        ("screen", "", "sent"),
    ]
    assert "TEST" in screen.getvalue()
    with pytest.raises(UserError, match=r"no channel nowhere; routes\.yaml has: desk, mail"):
        await send_test(desk, SystemClock(), ["screen", "nowhere"])


async def test_an_adapter_that_crashes_at_a_test_message_is_a_row_too(velmar: Velmar) -> None:
    closed = io.StringIO()
    closed.close()
    desk, _ = rules.build(rulebook(velmar), ChannelContext(console=closed))
    broken = replace(desk, adapters=dict(desk.adapters) | {"screen": None})
    (row,) = await send_test(broken, SystemClock(), ["screen"])
    assert (row["outcome"], row["detail"]) == ("failed", "internal error: AttributeError")


def test_a_changed_meaning_under_the_running_version_is_told(velmar: Velmar) -> None:
    running = rulebook(velmar)
    velmar.signal("dam-failure", DAM.replace("title: A dam fails in Velmar", "title: Dams"))
    assert rules.unraised(running, rulebook(velmar)) == ()
    velmar.signal("dam-failure", DAM.replace('"reservoir"', '"barrage"'))
    (finding,) = rules.unraised(running, rulebook(velmar))
    assert (finding.code, finding.error) == ("S235", False)
    velmar.signal("dam-failure", "version: 2\n" + DAM.replace('"reservoir"', '"barrage"'))
    assert rules.unraised(running, rulebook(velmar)) == ()
