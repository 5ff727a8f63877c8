"""Opens and closes the clients of kafka-python so that neither can leak or hang.

A client whose constructor fails leaves its thread and sockets behind; a producer that cannot flush goes on sending
after `close`. Both are put right here, with parts of the library that are not public: hence the pinned version.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any
from weakref import WeakSet, ref

from kafka import errors
from kafka.net.compat import KafkaNetClient
from kafka.net.manager import KafkaConnectionManager
from kafka.net.selector import NetworkSelector
from kafka.record import util as record_util

from store.errors import NeverValid


def check_client_library() -> None:
    """Raises `NeverValid` when checksums would be computed in Python, and keeps record bodies out of the log."""
    if record_util.crc32c_c is None:
        raise NeverValid(
            "the package crc32c is missing: without it kafka-python handles 5 MB/s; pip install 'kafka-python[crc32c]'"
        )
    logger = logging.getLogger("kafka")
    # At DEBUG the client logs keys, values and headers in full; at INFO, every connection and metadata refresh.
    if logger.level < logging.WARNING:
        logger.setLevel(logging.WARNING)


class _TellingManager(KafkaConnectionManager):  # type: ignore[misc]  # the library is untyped
    """Remembers why connections failed: a client that cannot begin only says that it reached no broker."""

    def __init__(self, net: Any, **settings: Any) -> None:
        super().__init__(net, **settings)
        self.refusal = ""
        self.failure = ""
        self._watched: WeakSet[Any] = WeakSet()

    def get_connection(self, *args: Any, **kwargs: Any) -> Any:
        connection = super().get_connection(*args, **kwargs)
        if connection not in self._watched:
            self._watched.add(connection)
            # Not the connection itself: in a circle with its own future it would keep what it had still to send.
            connection.init_future.add_errback(partial(self._note, ref(connection)))
        return connection

    def _note(self, watched: ref[Any], failure: Exception) -> None:
        connection = watched()
        self.failure = str(failure) or type(failure).__name__
        if isinstance(failure, errors.UnsupportedSaslMechanismError):
            self.refusal = f"the broker knows no such way to log in: {self.failure}"
        elif isinstance(failure, errors.SaslAuthenticationFailedError | errors.AuthorizationError):
            self.refusal = f"the broker refuses the login: {self.failure}"
        elif self.config["sasl_mechanism"] and connection and connection.broker_version_data and not self.refusal:
            # A broker that refuses a login also hangs up, and the client often sees only that.
            self.refusal = "the broker hung up during the login, as it does when it refuses one"


def opened(client_class: Callable[..., Any], settings: dict[str, Any]) -> Any:
    """Construct a client; when that fails, close what it had opened by then, and raise with the reason in words."""
    made: list[tuple[Any, _TellingManager]] = []

    def make(**kwargs: Any) -> Any:
        net = NetworkSelector(**kwargs)
        manager = _TellingManager(net, **kwargs)
        made.append((KafkaNetClient(net=net, manager=manager, **kwargs), manager))
        return made[-1][0]

    try:
        return client_class(**settings, kafka_client=make)
    except BaseException as error:
        for client, _ in made:
            client.close()
        why = next((manager.refusal or manager.failure for _, manager in made), "")
        if why and isinstance(error, errors.KafkaTimeoutError):
            raise errors.KafkaConnectionError(f"{error}: {why}") from error
        raise


def close_producer(producer: Any, *, seconds: float) -> None:
    """Send what waits, for at most so long, and then stop sending."""

    def close() -> None:
        with suppress(errors.KafkaError):
            producer.close(timeout=seconds)
        if not producer._closed:
            # It could not flush, and would keep sending records that nobody waits for any more.
            producer._sender.force_close()
            producer._closed = True

    bounded(close, seconds=2 * seconds)


def close_consumer(consumer: Any, *, seconds: float) -> None:
    """Leave the group, if that is possible within the time."""

    def close() -> None:
        with suppress(errors.KafkaError):
            consumer.close(autocommit=False, timeout_ms=int(seconds * 1000))

    bounded(close, seconds=2 * seconds)


def close_admin(admin: Any, *, seconds: float) -> None:
    bounded(admin.close, seconds=seconds)


def bounded(action: Callable[[], None], *, seconds: float) -> None:
    """Run the action; leave it to itself when it takes longer."""
    thread = threading.Thread(target=action, name="kafka-close", daemon=True)
    thread.start()
    thread.join(seconds)
