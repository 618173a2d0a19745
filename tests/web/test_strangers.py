"""What strangers send to an open port: it is refused, and does not fill the log."""

from __future__ import annotations

import logging

import pytest

from tests.web.conftest import Site

NO_HTTP = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a handshake of TLS\r\n\r\n",
    b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nX-Pad: " + b"a" * 20_000 + b"\r\n\r\n",
    b"POST /push/wire HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
]


@pytest.mark.parametrize("data", NO_HTTP, ids=["tls", "long line", "long header", "two lengths"])
async def test_what_is_no_http_is_refused_without_a_traceback(
    site: Site, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        assert (await site.raw(data)).status == 400
    assert not [record for record in caplog.records if record.exc_info]


async def test_a_monitor_may_ask_by_head(site: Site) -> None:
    asked, told = await site.send("HEAD", "/healthz"), await site.send("GET", "/healthz")
    assert (asked.status, asked.body) == (told.status, b"")
