"""The address guard: a resolver that lets no address through that may not be connected to.

Every connection of the crawler asks this resolver, IP addresses in any spelling included, and connects to the very
addresses it gave: there is no moment between check and use at which a name could come to mean something else.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Final, Self

from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer, provider  # type: ignore[import-untyped]  # it ships no types

from crawler import metrics
from store.addresses import Network, address_refusal, parse_networks

_REMEMBERED: Final = 10_000


@implementer(IHostnameResolver)
class GuardedResolver:
    """Wraps the reactor's own resolver. Scrapy builds it from `TWISTED_DNS_RESOLVER`."""

    def __init__(self, reactor: Any, allowed: Sequence[Network]) -> None:
        self._reactor = reactor
        self._inner = reactor.nameResolver
        self._allowed = tuple(allowed)
        self._refusals: OrderedDict[str, str] = OrderedDict()

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> Self:
        return cls(reactor, parse_networks(crawler.settings.getlist("REFORMWATCH_ALLOWED_NETWORKS")))

    def install_on_reactor(self) -> None:
        self._reactor.installNameResolver(self)

    def refusal(self, host: str) -> str | None:
        """Why the last resolution of this host was refused; None when it was not."""
        return self._refusals.get(_key(host))

    def resolveHostName(  # noqa: N802 - the interface's name and parameters
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Any = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        return self._inner.resolveHostName(
            _Filter(self, resolutionReceiver, hostName), hostName, portNumber, addressTypes, transportSemantics
        )

    def judge(self, address: Any) -> str | None:
        return address_refusal(address.host, self._allowed)

    def remember(self, host: str, refusal: str | None) -> None:
        key = _key(host)
        self._refusals.pop(key, None)
        if refusal is None:
            return
        metrics.ADDRESSES_REFUSED.inc()
        self._refusals[key] = refusal
        while len(self._refusals) > _REMEMBERED:
            self._refusals.popitem(last=False)


def _key(host: str) -> str:
    return host.lower().strip("[]").rstrip(".")


@provider(IResolutionReceiver)
class _Filter:
    """Passes on the addresses that may be connected to. When none is left, the name does not resolve."""

    def __init__(self, guard: GuardedResolver, receiver: Any, host: str) -> None:
        self._guard = guard
        self._receiver = receiver
        self._host = host
        self._passed = False
        self._refused: str | None = None

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802 - the interface's name
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        refusal = self._guard.judge(address)
        if refusal is None:
            self._passed = True
            self._receiver.addressResolved(address)
        else:
            self._refused = f"{address.host} is {refusal}"

    def resolutionComplete(self) -> None:  # noqa: N802
        self._guard.remember(self._host, None if self._passed else self._refused)
        self._receiver.resolutionComplete()
