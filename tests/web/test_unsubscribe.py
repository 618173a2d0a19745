"""/unsubscribe/{token}: GET asks, POST acts, nobody can make another leave."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from tests.web.conftest import PUBLIC, Site
from watcher.delivery.leaving import leave_link, read_token
from watcher.services import recipients
from watcher.storage import outbox

KEY = "a key of the tests"
WHO = ("morning", "desk@example.org")


async def link(site: Site, channel: str = WHO[0], target: str = WHO[1]) -> str:
    """The path of a recipient's link, made as the mail channel makes it."""
    address = leave_link(PUBLIC, await recipients.link_key(site.app.db), channel, target)
    return address.removeprefix(PUBLIC)


async def test_looking_at_the_link_changes_nothing(site: Site) -> None:
    path = await link(site)
    for method in ("GET", "GET", "HEAD", "OPTIONS", "PUT"):
        await site.send(method, path)
    answer = await site.send("GET", path)
    assert answer.status == 200
    page = html.fromstring(answer.body)
    assert "desk@example.org" in page.text_content()
    assert page.xpath("//form/@method") == ["post"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert await recipients.rows(site.app.db) == []


@pytest.mark.parametrize("body", [b"List-Unsubscribe=One-Click", b"", b"--x\r\n\r\n--x--"])
async def test_a_post_mutes_that_recipient_once(site: Site, body: bytes) -> None:
    path = await link(site)
    for _ in range(2):
        answer = await site.send("POST", path, body)
        assert answer.status == 200
        assert b"Nothing more is sent" in answer.body
    (row,) = await recipients.rows(site.app.db)
    assert (row["channel"], row["target"], row["via"]) == (*WHO, "link")
    async with site.app.db.read() as conn:
        (notice,) = await outbox.listing(conn)
    assert notice.message.kind == "notice"
    assert "watcher recipients resume morning desk@example.org" in notice.message.sentence


async def test_a_forged_or_cut_link_is_refused_and_counted(site: Site) -> None:
    path = await link(site)
    other = leave_link(PUBLIC, KEY, *WHO).removeprefix(PUBLIC)
    payload, _, signature = path.rpartition("/")[2].partition(".")
    theirs = (await link(site, "morning", "boss@example.org")).rpartition("/")[2].partition(".")[0]
    forged = [other, path[:-1], path + "x", f"/unsubscribe/{payload}", f"/unsubscribe/{theirs}.{signature}",
              f"/unsubscribe/.{signature}", "/unsubscribe/" + "a" * 3_000, "/unsubscribe/%00.%ff"]  # fmt: skip
    for bad in forged:
        for method in ("GET", "POST"):
            assert (await site.send(method, bad)).status == 401
    assert await recipients.rows(site.app.db) == []
    for _ in range(20):
        await site.send("POST", other)
    assert (await site.send("POST", other)).status == 429


async def test_a_huge_body_is_refused(site: Site) -> None:
    assert (await site.send("POST", await link(site), b"x" * 5_000)).status == 413
    assert await recipients.rows(site.app.db) == []


async def test_what_the_link_names_is_shown_as_text(site: Site) -> None:
    answer = await site.send("GET", await link(site, "<script>alert(1)</script>", '"><img src=x>@example.org'))
    page = html.fromstring(answer.body)
    assert page.xpath("//script | //img") == []
    assert "<script>alert(1)</script>" in page.text_content()


async def test_the_key_stays_the_same(site: Site) -> None:
    assert await recipients.link_key(site.app.db) == await recipients.link_key(site.app.db)


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_link_leads_back_to_its_recipient(channel: str, target: str) -> None:
    token = leave_link(PUBLIC, KEY, channel, target).rpartition("/")[2]
    assert token.replace(".", "").replace("-", "").replace("_", "").isalnum()
    assert read_token(token, KEY) == (channel, target)
    assert read_token(token, KEY + "x") is None


@given(st.text(max_size=200))
def test_any_other_text_leads_nowhere(token: str) -> None:
    assert read_token(token, KEY) is None
