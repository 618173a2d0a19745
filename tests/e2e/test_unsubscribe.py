"""A recipient leaves by the link in a mail of the running program, and is let in again by the command."""

from __future__ import annotations

import httpx

from tests.support.office import RECIPIENTS, Office
from tests.support.service import Service
from tests.support.velmar import DAM_FAILS, DOCKERS_STRIKE, TREATY_SIGNED

PUBLIC = "https://watch.example.org"
SETTINGS = {"WATCHER_WEB_BIND": "127.0.0.1:0", "WATCHER_PUBLIC_URL": PUBLIC}


async def sent(service: Service, office: Office, so_far: int) -> None:
    """Wait for so many mails in all."""
    await service.logged("delivery.sent", so_far)
    assert len(office.smtp.mails) == so_far


async def test_one_click_lets_one_recipient_leave_and_nobody_else(office: Office) -> None:
    office.rules.routes({"mail": office.channels()["mail"]}, [{"to": ["mail"]}])
    ada, ben = RECIPIENTS
    office.feed("wire").add(*DAM_FAILS)
    async with office.running("run", **SETTINGS) as service:
        await sent(service, office, 2)
        (mail,) = [mail.message for mail in office.smtp.mails if mail.recipients == [ada]]
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        link = str(mail["List-Unsubscribe"]).strip("<>")
        assert link.startswith(f"{PUBLIC}/unsubscribe/")
        (listening,) = await service.logged("web.listening")
        here = link.replace(PUBLIC, f"http://127.0.0.1:{listening['port']}")
        async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
            assert (await client.get(here)).status_code == 200
            office.feed("wire").add(*DOCKERS_STRIKE)
            await sent(service, office, 4)
            assert (await client.post(here, data={"List-Unsubscribe": "One-Click"})).status_code == 200
        office.feed("wire").add(*TREATY_SIGNED)
        await service.logged("delivery.spared")
        await sent(service, office, 5)
        assert [mail.recipients for mail in office.smtp.mails].count([ada]) == 2
        assert link.rpartition("/")[2] not in "".join(service.err + service.out)
    (row,) = await office.rows("recipients")
    assert (row["channel"], row["target"]) == ("mail", ada)
    assert (await office.command("recipients", "resume", "mail", ada)).code == 0
    (left_out,) = await office.rows("deliveries", "--status", "superseded")
    assert left_out["target"] == ada
    assert [mail.recipients for mail in office.smtp.mails].count([ben]) == 3
