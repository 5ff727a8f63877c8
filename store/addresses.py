"""Which network addresses may never be connected to: the one rule for fetching pages and for calling webhooks.

The check belongs where the connection is made, on the address that will be connected to: a check on the name alone
is void as soon as the name resolves differently the second time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from store.errors import NeverValid

Network = IPv4Network | IPv6Network

# The registries of special-purpose addresses (IANA, RFC 6890 and its updates). They are written out because what
# `ipaddress.is_global` answers has changed between releases of Python, and because a refusal names its reason.
_REFUSED: Final[tuple[tuple[Network, str], ...]] = tuple(
    (ip_network(network), reason)
    for network, reason in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "reserved"),
        ("192.52.193.0/24", "reserved"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "reserved"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::/96", "IPv4-compatible"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"),
        ("100::/64", "discard-only"),
        ("100:0:0:1::/64", "reserved"),
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("2620:4f:8000::/48", "reserved"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "segment routing"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)


_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
"""All of IPv6 that was ever given out for use on the Internet (RFC 4291); translators and tunnels live outside it."""


def address_refusal(address: str | IPv4Address | IPv6Address, allowed: Sequence[Network] = ()) -> str | None:
    """Why this address must not be connected to, or None when it is public or inside an allowed network.

    An IPv4 address wrapped in IPv6 (::ffff:127.0.0.1) is judged as the IPv4 address it is. Text that is not one
    address in its usual spelling is refused: the decimal, octal, hexadecimal and short spellings that C libraries
    accept must be resolved first and checked as what they resolve to.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return "not an IP address"
    if isinstance(parsed, IPv6Address) and parsed.scope_id is not None:
        return "link-local"
    plain = (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed
    if any(plain in network for network in allowed):
        return None
    for network, reason in _REFUSED:
        if plain in network:
            return reason
    if isinstance(plain, IPv6Address) and plain not in _GLOBAL_UNICAST:
        return "not a public address"
    return None if plain.is_global else "not a public address"


def parse_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """The networks of a setting. Raises `NeverValid` naming the first that is none."""
    networks = []
    for text in texts:
        try:
            networks.append(ip_network(text))
        except ValueError as error:
            raise NeverValid(f"an allowed network must look like 127.0.0.0/8 or fd00::/8, got {text!r}") from error
    return tuple(networks)
