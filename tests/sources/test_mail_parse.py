"""Mails as newsletters send them, and as nobody should."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.sources.mail_parse import read_mail
from watcher.sources.sandbox import Json

HTML = """<html lang="de"><head><style>p{}</style></head><body><p><a href="https://t.example/v?a=1&amp;b=2" style="x">
<span>Im Browser ansehen</span></a></p><h1>Gespr&auml;che beginnen</h1><p>In Maskat.</p></body></html>"""


def read(mail: EmailMessage | bytes) -> dict[str, Json]:
    found = read_mail(mail if isinstance(mail, bytes) else mail.as_bytes(), {})
    assert isinstance(found, dict)
    return found


def newsletter(**headers: str) -> EmailMessage:
    mail = EmailMessage()
    for name, value in {"From": '"Courier, The" <News@Courier.example>', "Subject": "Gespräche beginnen"}.items():
        mail[name] = value
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("plain words")
    mail.add_alternative(HTML, subtype="html")
    return mail


def test_the_html_part_is_the_text_and_its_own_link_the_page() -> None:
    found = read(newsletter())
    assert found["subject"] == "Gespräche beginnen"
    assert found["from"] == "news@courier.example"
    assert found["text"] == "Im Browser ansehen\nGespräche beginnen\nIn Maskat."
    assert (found["url"], found["content-language"]) == ("https://t.example/v?a=1&b=2", "de")


def test_headers_that_name_the_archive_come_first() -> None:
    assert read(newsletter(Archived_At="<https://a.example/1>"))["url"] == "https://a.example/1"
    assert read(newsletter(List_Post="<mailto:x@y.example>, <https://a.example/2>"))["url"] == "https://a.example/2"
    assert read(newsletter(Archived_At="<javascript:alert(1)>"))["url"] == "https://t.example/v?a=1&b=2"


def test_a_mail_without_html_is_its_plain_text_and_attachments_are_left_out() -> None:
    mail = EmailMessage()
    mail["Subject"] = "Port closed"
    mail.set_content("The port is closed.")
    mail.add_attachment("secret figures", filename="figures.txt")
    assert read(mail)["text"] == "The port is closed."


def test_a_forwarded_newsletter_is_read() -> None:
    outer = EmailMessage()
    outer["Subject"] = "Fwd"
    outer.make_mixed()
    outer.attach(newsletter())
    forwarded = EmailMessage()
    forwarded["Subject"] = "Fwd"
    forwarded.set_content(newsletter())
    assert "Gespräche beginnen" in str(read(forwarded)["text"])


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"Subject: =?utf-8?q?a=FF?= =?x-none?b?AAAA?=\r\n\r\n\xff\xfe",
        b"Content-Type: text/html; charset=x-unknown-8\r\n\r\n<p>caf\xe9</p>",
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
        b"From: (((((((((((((((((((((((((((\r\nContent-Disposition: =\r\nContent-Type: ;;;\r\n\r\nx",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
    ],
)
def test_broken_mails_are_read_as_far_as_they_go(mail: bytes) -> None:
    assert set(read(mail)) == {"subject", "message-id", "date", "content-language", "from", "url", "text"}


def test_parts_are_bounded_in_depth_and_number() -> None:
    flat = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\nContent-Type: image/png\r\n\r\nx\r\n" * 300
    assert read(flat + b"--b\r\n\r\nhidden\r\n--b--")["text"] == ""
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(40))
    assert read(deep + b"\r\nhidden")["text"] == ""


@given(st.binary(max_size=2_000))
def test_any_bytes_are_read(mail: bytes) -> None:
    read(mail)
