"""The rule about addresses that may never be connected to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.addresses import address_refusal, parse_networks
from store.errors import NeverValid

LOOPBACK = parse_networks(["127.0.0.0/8", "::1/128"])


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("0.0.0.0", "unspecified"),
        ("10.1.2.3", "private"),
        ("172.31.255.255", "private"),
        ("192.168.0.1", "private"),
        ("169.254.169.254", "link-local"),
        ("100.64.0.1", "carrier-grade NAT"),
        ("224.0.0.1", "multicast"),
        ("255.255.255.255", "reserved"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:a9fe:a9fe", "link-local"),
        ("::127.0.0.1", "IPv4-compatible"),
        ("64:ff9b::7f00:1", "NAT64"),
        ("64:ff9b:1::7f00:1", "NAT64"),
        ("::ffff:0:127.0.0.1", "not a public address"),
        ("4000::1", "not a public address"),
        ("2002:7f00:1::", "6to4"),
        ("2001:0:53aa:64c::1", "reserved"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("fd12:3456::1", "private"),
        ("ff02::1", "multicast"),
        ("2130706433", "not an IP address"),
        ("0x7f.1", "not an IP address"),
        ("127.1", "not an IP address"),
        ("", "not an IP address"),
        ("localhost", "not an IP address"),
    ],
)
def test_an_address_that_is_not_public_is_refused_with_its_kind(address: str, reason: str) -> None:
    assert address_refusal(address) == reason


@pytest.mark.parametrize("address", ["8.8.8.8", "113.160.0.1", "::ffff:113.160.0.1", "2405:4800::1", "2606:4700::1111"])
def test_a_public_address_is_not_refused(address: str) -> None:
    assert address_refusal(address) is None


def test_an_allowed_network_is_reachable_and_nothing_beside_it() -> None:
    assert address_refusal("127.0.0.1", LOOPBACK) is None
    assert address_refusal("::ffff:127.0.0.1", LOOPBACK) is None
    assert address_refusal("::1", LOOPBACK) is None
    assert address_refusal("10.0.0.1", LOOPBACK) == "private"


def test_a_malformed_network_in_the_settings_is_named() -> None:
    with pytest.raises(NeverValid, match=r"127\.0\.0\.1/8"):
        parse_networks(["127.0.0.1/8"])


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_in_ipv6_never_changes_the_verdict(address: IPv4Address) -> None:
    assert address_refusal(IPv6Address(f"::ffff:{address}")) == address_refusal(address)


@given(st.ip_addresses())
def test_what_python_calls_not_global_is_never_let_through(address: IPv4Address | IPv6Address) -> None:
    if not address.is_global and not (isinstance(address, IPv6Address) and address.ipv4_mapped):
        assert address_refusal(address) is not None
