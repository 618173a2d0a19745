"""E-mail over a real SMTP server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

import pytest
from aiosmtplib import SMTP, SMTPServerDisconnected
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from pydantic import SecretStr, ValidationError

from tests.delivery.contract import NEVER_SHOWN, Received, RemoteContract, Stage, build, failure
from tests.delivery.samples import FIRST, HOSTILE, NOW, UPDATE, delivery
from tests.support.smtp_server import PASSWORD, USERNAME, SmtpServer, client_tls
from watcher.delivery.context import ChannelContext
from watcher.delivery.email.handover import hand_over
from watcher.delivery.email.options import EmailOptions
from watcher.delivery.email.render import render
from watcher.delivery.registry import KINDS
from watcher.delivery.secret import ChannelSetupError
from watcher.model.alert import Channel
from watcher.model.delivery import DeliveryError, Receipt, WitnessedAdapter

TO = "desk@example.org"


@dataclass
class EmailStage:
    """A mail server that wants a password."""

    server: SmtpServer
    channel: Channel
    settings: dict[str, Any]
    secrets: tuple[str, ...] = (PASSWORD,)

    def context(self, patience: float) -> ChannelContext:
        return ChannelContext(
            smtp_host="127.0.0.1", smtp_port=self.server.port, smtp_from="watch@example.org", now=lambda: NOW,
            patience=patience, **self.settings,
        )  # fmt: skip

    def received(self) -> list[Received]:
        return [Received(mail.message["Message-ID"], part(mail.message, "plain")) for mail in self.server.mails]

    def refuse(self) -> None:
        self.server.refusals[TO] = f"550 5.1.1 no such user {PASSWORD}"

    def busy(self) -> None:
        self.server.busy_once = f"451 4.3.0 try later {PASSWORD}"

    def hang(self) -> None:
        self.server.stall = "DATA"

    def drop(self) -> None:
        self.server.drop = "DATA"

    async def vanish(self) -> None:
        await self.server.vanish()

    async def idle(self) -> None:
        await self.server.idle()


def part(message: EmailMessage, subtype: str) -> str:
    """The text of one alternative."""
    body = message.get_body((subtype,))
    assert body is not None
    return cast(str, body.get_content())


def parsed(raw: bytes) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(raw, policy=default))


def rendered(message: Any, **changes: Any) -> EmailMessage:
    return parsed(render(delivery(message, **changes), "watch@example.org", TO, NOW))


PLAIN = {"smtp_tls": "none", "smtp_username": USERNAME, "smtp_password": SecretStr(PASSWORD)}


@pytest.fixture
async def mail() -> AsyncIterator[EmailStage]:
    async with SmtpServer(auth=True) as server:
        yield EmailStage(server, Channel("desk", "email", EmailOptions(to=(TO,))), dict(PLAIN))


class TestEmailContract(RemoteContract):
    @pytest.fixture
    async def stage(self, mail: EmailStage) -> AsyncIterator[Stage]:
        yield mail


@pytest.mark.parametrize("tls", ["none", "starttls", "tls"])
async def test_each_way_of_tls(tls: Any) -> None:
    async with SmtpServer(tls, auth=True) as server:
        settings = {**PLAIN, "smtp_tls": tls, "smtp_tls_context": client_tls()}
        stage = EmailStage(server, Channel("desk", "email", EmailOptions(to=(TO,))), settings)
        adapter = build(stage)
        await adapter.send(delivery())
        await server.idle()
        (mail,) = server.mails
        assert mail.encrypted is (tls != "none")
        assert mail.user == USERNAME


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_certificate_that_nobody_vouches_for_is_refused(tls: Any) -> None:
    async with SmtpServer(tls, auth=True) as server:
        stage = EmailStage(server, Channel("desk", "email", EmailOptions(to=(TO,))), {**PLAIN, "smtp_tls": tls})
        error = await failure(stage)
        assert not error.permanent
        assert server.mails == []


async def test_starttls_never_falls_back_to_plain_text() -> None:
    async with SmtpServer("none") as server:
        stage = EmailStage(server, Channel("desk", "email", EmailOptions(to=(TO,))), {"smtp_tls": "starttls"})
        assert "STARTTLS" in (await failure(stage)).reason
        assert server.mails == []


async def test_a_wrong_password_is_permanent_and_not_repeated(
    mail: EmailStage, caplog: pytest.LogCaptureFixture
) -> None:
    mail.settings["smtp_password"] = SecretStr("wrong-but-still-secret")
    error = await failure(mail)
    assert error.permanent
    assert "535" in error.reason
    assert "wrong-but-still-secret" not in error.reason + caplog.text


async def test_each_recipient_is_a_delivery_of_its_own(mail: EmailStage) -> None:
    mail.channel = Channel("desk", "email", EmailOptions(to=("a@example.org", "gone@example.org", "c@example.org")))
    mail.server.refusals["gone@example.org"] = "550 5.1.1 gone"
    targets = KINDS["email"].targets(mail.channel)
    adapter = build(mail)
    outcomes = {}
    for number, target in enumerate(targets):
        try:
            await adapter.send(delivery(id=f"dl_{number}", target=target))
            outcomes[target] = "sent"
        except DeliveryError as error:
            outcomes[target] = "permanent" if error.permanent else "again"
    assert outcomes == {"a@example.org": "sent", "gone@example.org": "permanent", "c@example.org": "sent"}
    assert [taken.recipients for taken in mail.server.mails] == [["a@example.org"], ["c@example.org"]]
    with pytest.raises(DeliveryError, match="names none"):
        await adapter.send(delivery())
    with pytest.raises(DeliveryError, match="no longer"):
        await adapter.send(delivery(target="former@example.org"))


async def test_a_refused_content_is_permanent(mail: EmailStage) -> None:
    mail.server.data_reply = "554 5.7.1 looks like spam"
    error = await failure(mail)
    assert error.permanent
    assert not error.ambiguous
    assert "looks like spam" in error.reason


async def test_a_cut_before_the_content_is_not_ambiguous(mail: EmailStage) -> None:
    mail.server.drop = "RCPT"
    error = await failure(mail)
    assert not error.permanent
    assert not error.ambiguous


class Diary:
    """A witness that writes down what it is told, and how many mails the server had then."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self.told: list[tuple[str, int]] = []
        self.receipt: Receipt | None = None

    def offered(self) -> None:
        self.told.append(("offered", len(self._server.mails)))

    def taken(self, receipt: Receipt) -> None:
        self.told.append(("taken", len(self._server.mails)))
        self.receipt = receipt


def witnessed(stage: EmailStage, patience: float = 5.0) -> WitnessedAdapter:
    adapter = build(stage, patience)
    assert isinstance(adapter, WitnessedAdapter)
    return adapter


async def test_a_witness_hears_when_doubt_begins_and_when_it_ends(mail: EmailStage) -> None:
    diary = Diary(mail.server)
    receipt = await witnessed(mail).send_witnessed(delivery(), diary)
    assert diary.told == [("offered", 0), ("taken", 1)]
    assert diary.receipt == receipt == Receipt("<dl_01hx3zq9@example.org>", "250 2.0.0 taken")


@pytest.mark.parametrize("verb", ["RCPT", "READY"])
async def test_what_is_lost_before_the_content_was_never_in_doubt(mail: EmailStage, verb: str) -> None:
    mail.server.drop = verb
    diary = Diary(mail.server)
    with pytest.raises(DeliveryError) as caught:
        await witnessed(mail).send_witnessed(delivery(), diary)
    assert (caught.value.ambiguous, caught.value.retry_after) == (False, None)
    assert (diary.told, mail.server.mails) == ([], [])


async def test_content_that_was_cut_in_the_middle_was_never_offered() -> None:
    """It is larger than what the system takes on trust, so that the cut is felt before its end."""
    async with SmtpServer() as server:
        server.drop = "CONTENT"
        diary = Diary(server)
        client = SMTP(hostname="127.0.0.1", port=server.port, start_tls=False)
        await client.connect()
        await client.mail("watch@example.org")
        await client.rcpt(TO)
        with pytest.raises(SMTPServerDisconnected):
            await hand_over(client, b"x" * 2**24, 5.0, offered=diary.offered, taken=lambda _said: None)
        client.close()
        assert diary.told == []


@pytest.mark.parametrize("reply", ["451 4.3.0 later", "554 5.7.1 spam"])
async def test_a_mail_that_was_refused_at_its_end_is_not_in_doubt(mail: EmailStage, reply: str) -> None:
    mail.server.data_reply = reply
    diary = Diary(mail.server)
    with pytest.raises(DeliveryError, match=reply) as caught:
        await witnessed(mail).send_witnessed(delivery(), diary)
    assert (caught.value.ambiguous, caught.value.permanent) == (False, reply.startswith("5"))
    assert diary.told == [("offered", 0)]


@pytest.mark.parametrize("reply", ["well done", "x" * 40_000, "250-never\r\n250-ending"])
async def test_an_answer_that_cannot_be_read_leaves_it_in_doubt(mail: EmailStage, reply: str) -> None:
    mail.server.data_reply = reply
    error = await failure(mail, 0.5)
    assert error.ambiguous
    assert error.retry_after == timedelta(seconds=15), "no other mail is put in doubt there meanwhile"


async def test_an_answer_of_several_lines_is_one(mail: EmailStage) -> None:
    mail.server.data_reply = "250-2.0.0 taken\r\n250 as number 7"
    assert (await build(mail).send(delivery())).detail.split() == ["250", "2.0.0", "taken", "as", "number", "7"]


@pytest.mark.parametrize("misbehave", ["stall", "drop"])
async def test_a_taken_mail_is_sent_even_if_nobody_says_goodbye(mail: EmailStage, misbehave: str) -> None:
    setattr(mail.server, misbehave, "QUIT")
    receipt = await build(mail, 1.0).send(delivery())
    assert receipt.provider_ref == "<dl_01hx3zq9@example.org>"
    assert receipt.detail == "250 2.0.0 taken"
    await mail.server.idle()


async def test_a_line_of_dots_does_not_end_the_mail(mail: EmailStage) -> None:
    told = replace(FIRST, document=replace(FIRST.document, title="."), alert_title=".", sentence=". .. ...")
    await build(mail).send(delivery(told))
    (taken,) = mail.server.mails
    assert part(taken.message, "plain").splitlines()[2] == "."
    assert "alert al_7f3c" in part(taken.message, "html")


def test_headers_that_machines_read() -> None:
    message = rendered(FIRST)
    assert message["Message-ID"] == "<dl_01hx3zq9@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["List-Id"] == "<desk.signal-watch.example.org>"
    assert message["Date"].datetime == NOW
    assert message["List-Unsubscribe"] is None
    assert [found.get_content_type() for found in message.iter_parts()] == ["text/plain", "text/html"]


def test_unsubscribing_is_one_click() -> None:
    raw = render(delivery(), "watch@example.org", TO, NOW, "https://desk.example.org/leave?who=desk")
    message = parsed(raw)
    assert "https://desk.example.org/leave?who=desk" in part(message, "plain")
    assert message["List-Unsubscribe"] == "<https://desk.example.org/leave?who=desk>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_updates_hang_together() -> None:
    first = rendered(FIRST)
    update = rendered(UPDATE, id="dl_2", thread=first["Message-ID"])
    orphan = rendered(UPDATE, id="dl_3", thread=None)
    assert update["Subject"] == first["Subject"] == orphan["Subject"]
    assert update["In-Reply-To"] == first["Message-ID"]
    assert first["Message-ID"] in update["References"]
    assert set(first["References"].split()) & set(update["References"].split()) & set(orphan["References"].split())
    assert "critical" not in first["Subject"].lower()


def test_a_reference_of_another_channel_kind_is_not_used() -> None:
    message = rendered(UPDATE, thread="C123/1700000000.000100\r\nBcc: x@example.org")
    assert message["In-Reply-To"] == "<alert.al_7f3c@example.org>"
    assert message["Bcc"] is None


def test_long_ids_and_domains_stay_whole() -> None:
    domain = "a" * 60 + "." + "b" * 60 + ".example"
    told = replace(UPDATE, alert_id="al_" + "x" * 60)
    raw = render(delivery(told, id="dl_" + "y" * 60, thread=f"<{'z' * 60}@{domain}>"), f"w@{domain}", TO, NOW)
    message = parsed(raw)
    assert message["Message-ID"] == f"<dl_{'y' * 60}@{domain}>"
    assert message["References"].split() == [f"<alert.al_{'x' * 60}@{domain}>", f"<{'z' * 60}@{domain}>"]
    assert b"=?" not in raw.partition(b"\r\n\r\n")[0]


def test_hostile_text_adds_no_header_and_no_tag() -> None:
    raw = render(delivery(HOSTILE), "watch@example.org", TO, NOW)
    message = parsed(raw)
    assert message.defects == []
    assert message["Bcc"] is None
    assert message["To"] == TO
    assert len(str(message["Subject"])) <= 160
    page = html.fromstring(part(message, "html"))
    assert page.xpath("//script | //img | //iframe | //link | //@src | //@onclick | //@background") == []
    assert all(link.startswith("https://") for link in page.xpath("//@href"))
    assert "{{ 7 * 7 }}" in part(message, "plain")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=40))
def test_any_text_makes_a_sound_mail(title: str, sentence: str, name: str) -> None:
    told = replace(FIRST, document=replace(FIRST.document, title=title, publisher=name), sentence=sentence,
                   alert_title=title, signal_title=title, alert_id=name, language=name)  # fmt: skip
    raw = render(delivery(told, id=name, channel=name), "watch@example.org", TO, NOW)
    raw.decode("ascii")
    message = parsed(raw)
    assert message.defects == []
    assert message["To"] == TO
    assert set(message.keys()) <= {"Date", "From", "To", "Subject", "Message-ID", "References", "Auto-Submitted",
                                   "X-Auto-Response-Suppress", "List-Id", "MIME-Version", "Content-Type"}  # fmt: skip
    assert not NEVER_SHOWN.search(part(message, "plain").replace("\r\n", "\n"))
    assert html.fromstring(part(message, "html")).xpath("//h1")


def test_what_is_missing_is_named() -> None:
    channel = Channel("desk", "email", EmailOptions(to=(TO,)))
    with pytest.raises(ChannelSetupError, match="WATCHER_SMTP_HOST is not set") as caught:
        KINDS["email"].build(channel, ChannelContext())
    assert caught.value.permanent
    with pytest.raises(ChannelSetupError, match="WATCHER_SMTP_FROM is not set"):
        KINDS["email"].build(channel, ChannelContext(smtp_host="mail.example.org"))
    with pytest.raises(ChannelSetupError, match="WATCHER_SMTP_FROM must be"):
        KINDS["email"].build(channel, ChannelContext(smtp_host="mail.example.org", smtp_from="Desk <d@example.org>"))
    with pytest.raises(ChannelSetupError, match="WATCHER_SMTP_USERNAME is not"):
        KINDS["email"].build(
            channel,
            ChannelContext(smtp_host="m", smtp_from="d@example.org", smtp_password=SecretStr("x")),
        )


@pytest.mark.parametrize(
    "address",
    ["desk", "a@b@c", "Desk <desk@example.org>", "x@example.org\r\nBcc: y@example.org", "ü@example.org", "@x"],
)
def test_only_plain_addresses(address: str) -> None:
    with pytest.raises(ValidationError):
        EmailOptions(to=(address,))
    with pytest.raises(ValidationError):
        EmailOptions(to=(TO,), sender=address)


def test_other_options_are_checked() -> None:
    assert EmailOptions.model_validate({"to": TO}).to == (TO,)
    with pytest.raises(ValidationError, match="twice"):
        EmailOptions(to=(TO, TO.upper()))
    with pytest.raises(ValidationError, match="https://"):
        EmailOptions(to=(TO,), unsubscribe="http://example.org/leave")
    with pytest.raises(ValidationError):
        EmailOptions(to=())
