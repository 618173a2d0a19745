"""A proxy that the operator named: used for everything, trusted for itself alone."""

from __future__ import annotations

from ipaddress import ip_network

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.news_server import NewsServer, Reply
from watcher.net.errors import AddressBlockedError
from watcher.net.proxy import Proxy, read_proxy
from watcher.net.target import check_target
from watcher.net.transport import GuardedTransport


def client(proxy: Proxy) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=GuardedTransport(proxy=proxy), trust_env=False)


async def test_requests_go_through_the_proxy_wherever_it_is() -> None:
    async with NewsServer() as server:
        server.on("http://news.example/rss", Reply(b"news"))
        proxy = read_proxy(f"http://desk:s%40fe@127.0.0.1:{server.port}")
        async with client(proxy) as http:
            answer = await http.get("http://news.example/rss")
        assert (answer.status_code, answer.content) == (200, b"news")
        assert server.requests[0].target == "http://news.example/rss"
        assert server.requests[0].headers["proxy-authorization"] == "Basic ZGVzazpzQGZl"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "169.254.169.254", "2130706433", "[::ffff:10.0.0.1]", "metadata.google.internal",
     "printer.local", "intranet", "router.lan."],
)  # fmt: skip
async def test_a_target_that_is_private_by_its_spelling_is_refused(host: str) -> None:
    async with NewsServer() as server, client(read_proxy(f"http://127.0.0.1:{server.port}")) as http:
        with pytest.raises(AddressBlockedError):
            await http.get(f"http://{host}/")
        assert server.requests == []


async def test_a_proxy_that_refuses_a_tunnel_is_an_error_of_the_client() -> None:
    async with NewsServer() as server, client(read_proxy(f"http://127.0.0.1:{server.port}")) as http:
        server.on("news.example:443", Reply(status=403))
        with pytest.raises(httpx.TransportError):
            await http.get("https://news.example/")
        assert server.requests[0].method == "CONNECT"


def test_networks_that_were_opened_stay_open() -> None:
    allowed = (ip_network("10.1.0.0/16"),)
    check_target("10.1.2.3", allowed)
    check_target("wiki.internal", allowed)
    check_target("news.example", ())
    for host in ("10.2.0.1", "localhost"):
        with pytest.raises(AddressBlockedError):
            check_target(host, allowed)


@pytest.mark.parametrize("url", ["", "proxy:3128", "socks5://p:1", "http://", "http://p:99999", "http://p/path", "//p"])
def test_what_is_no_proxy_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match="write the proxy's address") as caught:
        read_proxy(url)
    assert not url or url not in str(caught.value).replace("http://proxy.example:3128", "")


def test_a_password_is_not_shown() -> None:
    proxy = read_proxy("https://desk:s3cret@proxy.example")
    assert (proxy.host, proxy.port, proxy.auth) == ("proxy.example", 443, ("desk", "s3cret"))
    assert "s3cret" not in repr(proxy)


@given(st.text(max_size=60))
def test_any_text_is_a_proxy_or_a_value_error(text: str) -> None:
    try:
        proxy = read_proxy(f"http://{text}")
    except ValueError:
        return
    assert proxy.host
