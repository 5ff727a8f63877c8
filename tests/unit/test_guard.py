"""The resolver that lets no inner address through, and the settings the crawler cannot be run without."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.address import IPv4Address, IPv6Address

from crawler import metrics
from crawler.guard import GuardedResolver
from crawler.scrapy_settings import scrapy_settings
from crawler.settings import CrawlerSettings
from store.addresses import parse_networks


class Reactor:
    """Resolves every name to the addresses it was given, as Twisted's resolver does: at once, in order."""

    def __init__(self, *addresses: IPv4Address | IPv6Address) -> None:
        self.addresses = addresses
        self.nameResolver: Any = self

    def resolveHostName(self, receiver: Any, host: str, *_: Any) -> object:  # noqa: N802
        receiver.resolutionBegan(object())
        for address in self.addresses:
            receiver.addressResolved(address)
        receiver.resolutionComplete()
        return object()


class Receiver:
    def __init__(self) -> None:
        self.seen: list[str] = []
        self.complete = False

    def resolutionBegan(self, resolution: object) -> None:  # noqa: N802
        assert not self.complete

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        self.seen.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        self.complete = True


def v4(host: str) -> IPv4Address:
    return IPv4Address("TCP", host, 80)


def v6(host: str) -> IPv6Address:
    return IPv6Address("TCP", host, 80)


def resolve(*addresses: IPv4Address | IPv6Address, allowed: tuple[str, ...] = ()) -> tuple[list[str], str | None]:
    guard = GuardedResolver(Reactor(*addresses), parse_networks(allowed))
    receiver = Receiver()
    guard.resolveHostName(receiver, "Site.example", 80)  # type: ignore[arg-type]  # it has the interface's methods
    assert receiver.complete
    return receiver.seen, guard.refusal("site.example.")


def refused_so_far() -> float:
    return float(metrics.ADDRESSES_REFUSED._value.get())


def test_public_addresses_pass_in_their_order() -> None:
    assert resolve(v4("113.160.0.1"), v6("2405:4800::1")) == (["113.160.0.1", "2405:4800::1"], None)


def test_a_name_that_is_inside_does_not_resolve_and_the_reason_is_kept_and_counted() -> None:
    before = refused_so_far()
    assert resolve(v4("10.0.0.5")) == ([], "10.0.0.5 is private")
    assert refused_so_far() == before + 1


def test_of_a_mixed_answer_only_the_public_part_passes() -> None:
    assert resolve(v4("127.0.0.1"), v4("113.160.0.1"), v6("::ffff:192.168.0.1")) == (["113.160.0.1"], None)


def test_a_name_without_any_address_is_not_called_refused() -> None:
    assert resolve() == ([], None)


def test_an_allowed_network_passes() -> None:
    assert resolve(v4("127.0.0.1"), allowed=("127.0.0.0/8",)) == (["127.0.0.1"], None)


def test_a_refusal_is_forgotten_when_the_name_comes_to_mean_something_public() -> None:
    reactor = Reactor(v4("127.0.0.1"))
    guard = GuardedResolver(reactor, ())
    guard.resolveHostName(Receiver(), "a.example")  # type: ignore[arg-type]
    assert guard.refusal("a.example") == "127.0.0.1 is loopback"
    reactor.addresses = (v4("113.160.0.1"),)
    guard.resolveHostName(Receiver(), "a.example")  # type: ignore[arg-type]
    assert guard.refusal("a.example") is None


def test_what_is_remembered_of_refusals_is_bounded() -> None:
    guard = GuardedResolver(Reactor(v4("127.0.0.1")), ())
    for number in range(10_050):
        guard.resolveHostName(Receiver(), f"host-{number}.example")  # type: ignore[arg-type]
    assert guard.refusal("host-0.example") is None
    assert guard.refusal("host-10049.example") is not None


SETTINGS = {
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "DOWNLOAD_MAXSIZE": 5_242_880,
    "DOWNLOAD_WARNSIZE": 0,
    "DOWNLOAD_TIMEOUT": 20,
    "DOWNLOAD_FAIL_ON_DATALOSS": True,
    "REDIRECT_MAX_TIMES": 5,
    "METAREFRESH_ENABLED": False,
    "COOKIES_ENABLED": False,
    "HTTPPROXY_ENABLED": False,
    "HTTPCACHE_ENABLED": False,
    "REFERRER_POLICY": "no-referrer",
    "ROBOTSTXT_OBEY": True,
    "AUTOTHROTTLE_ENABLED": True,
    "AUTOTHROTTLE_TARGET_CONCURRENCY": 1.0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "DOWNLOAD_DELAY": 2,
    "DOWNLOAD_DELAY_JITTER": 0,
    "LOG_LEVEL": "WARNING",
    "MEMUSAGE_LIMIT_MB": 400,
    "URLLENGTH_LIMIT": 2083,
    "RETRY_TIMES": 2,
    "TWISTED_DNS_RESOLVER": "crawler.guard.GuardedResolver",
    "JOBDIR": None,
}


@pytest.mark.parametrize("name", SETTINGS)
def test_scrapy_runs_with_this_setting_and_no_other(name: str) -> None:
    assert scrapy_settings(CrawlerSettings())[name] == SETTINGS[name]


def test_only_http_is_fetched_and_only_by_the_bounded_handler() -> None:
    handlers = scrapy_settings(CrawlerSettings()).getwithbase("DOWNLOAD_HANDLERS")
    used = {scheme: handler for scheme, handler in handlers.items() if handler is not None}
    assert used == dict.fromkeys(("http", "https"), "crawler.transport.BoundedDownloadHandler")


def test_no_network_is_allowed_unless_set() -> None:
    assert CrawlerSettings().allowed_networks == ()
    assert scrapy_settings(CrawlerSettings()).getlist("REFORMWATCH_ALLOWED_NETWORKS") == []


def test_the_user_agent_says_whom_to_complain_to() -> None:
    settings = CrawlerSettings(contact="mailto:crawler@example.org")
    assert scrapy_settings(settings)["USER_AGENT"] == "Reformwatch/0.1 (+mailto:crawler@example.org)"


@pytest.mark.parametrize(
    "wrong",
    [{"allowed_networks": ("127.0.0.1/8",)}, {"max_body_bytes": 10**9}, {"timeout_seconds": 0}, {"delay": 1}],
)
def test_a_wrong_setting_stops_the_start(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        CrawlerSettings(**wrong)
