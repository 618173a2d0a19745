"""Addresses that must not be reached, however they are spelt."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.net.guard import blocked_reason, embedded, literal_address


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("10.1.2.3", "private"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.168.1.1", "private"),
        ("169.254.169.254", "cloud metadata"),
        ("168.63.129.16", "cloud metadata"),
        ("169.254.1.1", "link-local"),
        ("100.64.0.1", "shared by carriers"),
        ("100.100.100.200", "shared by carriers"),
        ("0.0.0.0", "unspecified"),
        ("224.0.0.1", "multicast"),
        ("255.255.255.255", "reserved"),
        ("198.18.0.1", "reserved"),
        ("192.0.0.192", "reserved"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("fd00:ec2::254", "private"),
        ("fec0::1", "private"),
        ("ff02::1", "multicast"),
        ("2001:db8::1", "reserved"),
        ("2001:0:53aa:64c::1", "reserved"),
        ("100::1", "reserved"),
        ("64:ff9b:1::1", "reserved"),
        ("5f00::1", "reserved"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:169.254.169.254", "cloud metadata"),
        ("::127.0.0.1", "loopback"),
        ("64:ff9b::10.0.0.1", "private"),
        ("2002:7f00:1::", "loopback"),
        ("2002:a9fe:a9fe::1", "cloud metadata"),
    ],
)
def test_special_addresses_are_blocked(address: str, reason: str) -> None:
    assert blocked_reason(ip_address(address)) == reason


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1",
     "169.253.255.255", "223.255.255.255", "2606:4700::1111", "64:ff9b::1.1.1.1", "::ffff:8.8.8.8", "2002:808:808::1"],
)  # fmt: skip
def test_public_addresses_are_not(address: str) -> None:
    assert blocked_reason(ip_address(address)) is None


def test_a_named_network_is_opened_and_no_other() -> None:
    allowed = [ip_network("10.1.0.0/16"), ip_network("fd00::/64")]
    assert blocked_reason(ip_address("10.1.2.3"), allowed) is None
    assert blocked_reason(ip_address("::ffff:10.1.2.3"), allowed) is None
    assert blocked_reason(ip_address("fd00::5"), allowed) is None
    assert blocked_reason(ip_address("10.2.2.3"), allowed) == "private"
    assert blocked_reason(ip_address("fd00:0:0:1::5"), allowed) == "private"
    assert blocked_reason(ip_address("127.0.0.1"), allowed) == "loopback"


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("2130706433", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0x7F000001", "127.0.0.1"),
        ("017700000001", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.1", "127.0.0.1"),
        ("0177.0.0.01", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("[::1]", "::1"),
        ("::ffff:7f00:1", "::ffff:7f00:1"),
        ("0", "0.0.0.0"),
        ("0xa9fea9fe", "169.254.169.254"),
        ("1.2.3.4", "1.2.3.4"),
    ],
)
def test_odd_spellings_of_addresses_are_read(host: str, address: str) -> None:
    assert literal_address(host) == ip_address(address)


@pytest.mark.parametrize(
    "host",
    ["example.org", "localhost", "localhost.", "", ".", "1.2.3.4.5", "256.1.1.1", "4294967296", "1.2.3.999", "0x",
     "0x7g", "08", "1..2", "-1", "1_0", "０", "face.b00c", "1" * 50],
)  # fmt: skip
def test_names_are_not_taken_for_addresses(host: str) -> None:
    found = literal_address(host)
    # A bare "0x" is zero to some C libraries; blocked either way.
    assert found is None or (host == "0x" and blocked_reason(found) == "unspecified")


@given(st.ip_addresses(v=4))
def test_an_embedded_address_is_judged_like_the_address_itself(address: IPv4Address) -> None:
    number = int(address)
    carriers = [
        IPv6Address((0xFFFF << 32) | number),
        IPv6Address((0x64FF9B << 96) | number),
        IPv6Address((0x2002 << 112) | (number << 80) | 1),
    ]
    for carrier in carriers:
        assert embedded(carrier) == address
        assert blocked_reason(carrier) == blocked_reason(address)


@given(st.ip_addresses(v=4), st.sampled_from(["dec", "hex", "oct"]))
def test_every_number_spelling_gives_the_address_back(address: IPv4Address, form: str) -> None:
    number = int(address)
    text = {"dec": str(number), "hex": hex(number), "oct": f"0{number:o}"}[form]
    assert literal_address(text) == address


@given(st.text(max_size=40))
def test_any_host_is_an_address_or_none(host: str) -> None:
    found = literal_address(host)
    assert found is None or isinstance(found, IPv4Address | IPv6Address)


@given(st.ip_addresses())
def test_what_python_calls_private_is_blocked(address: IPv4Address | IPv6Address) -> None:
    if address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified:
        assert blocked_reason(address) is not None
