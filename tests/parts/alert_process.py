"""The alerter as a process of its own that dies by SIGKILL at a chosen send: `python -m tests.parts.alert_process`.

The log it reads is a function of its length, so every start finds the same one, as with a durable bus.
"""

from __future__ import annotations

import argparse
import os
import signal
import threading
from collections.abc import Callable

from alerts.channel import Alert, Channel
from alerts.service import AlertService
from alerts.settings import AlertSettings, WebhookSettings
from alerts.webhook import WebhookChannel
from store.database import Database
from store.deliveries import Claim, Deliveries
from store.events import REPORTS, encode_report
from tests.parts.list_bus import ListBus
from tests.parts.reports import report

SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


class MortalChannel:
    """Ends its process without any clean-up before or after its n-th send."""

    def __init__(self, channel: Channel, *, die_at: int, moment: str) -> None:
        self.name = channel.name
        self._channel = channel
        self._left = die_at
        self._moment = moment

    def send(self, alert: Alert) -> None:
        self._left -= 1
        if self._left == 0 and self._moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        self._channel.send(alert)
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def mark_before_sending() -> None:
    """Take the guard away: close each delivery when it is claimed, as a careless program would."""
    honest: Callable[..., Claim | None] = Deliveries.claim

    def careless(self: Deliveries, channel: str, **arguments: object) -> Claim | None:
        claim = honest(self, channel, **arguments)
        if claim:
            self.mark_sent(claim, claim.lease_until)
        return claim

    Deliveries.claim = careless  # type: ignore[method-assign]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", required=True)
    parser.add_argument("--url", required=True)
    parser.add_argument("--alerts", type=int, required=True)
    parser.add_argument("--die-at", type=int, default=0)
    parser.add_argument("--moment", choices=("before", "after"), default="before")
    parser.add_argument("--careless", action="store_true")
    options = parser.parse_args()
    if options.careless:
        mark_before_sending()
    webhook = WebhookSettings(name="hook", url=options.url, secrets=(SECRET,))
    settings = AlertSettings(
        log=False,
        webhooks=(webhook,),
        allowed_networks=("127.0.0.0/8",),
        allow_plain_http=True,
        lease_seconds=1.0,
        timeout_seconds=0.9,
        max_attempts=100,
    )
    channel = WebhookChannel(webhook, allowed_networks=settings.networks, timeout_seconds=settings.timeout_seconds)
    bus = ListBus({REPORTS.name: [encode_report(report(number)) for number in range(options.alerts)]})
    service = AlertService(
        Database(options.database),
        bus,
        settings,
        channels=[MortalChannel(channel, die_at=options.die_at, moment=options.moment)],
    )
    service.run(threading.Event())


if __name__ == "__main__":
    main()
