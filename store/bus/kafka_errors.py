"""Kafka's errors in the terms of the bus: try later, or never valid."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from kafka import errors

from store.errors import BusUnavailable, NeverValid, RecordTooLarge

_MESSAGE_LENGTH: Final = 300
_REFUSED: Final = (
    errors.AuthorizationError,
    errors.IncompatibleBrokerVersion,
    errors.InvalidTopicError,
    errors.KafkaConfigurationError,
    errors.PolicyViolationError,
    errors.SaslAuthenticationFailedError,
    errors.UnsupportedSaslMechanismError,
)


@contextmanager
def translated(action: str) -> Iterator[None]:
    """Raises `RecordTooLarge`, `NeverValid` when the broker refuses for good, else `BusUnavailable`."""
    try:
        yield
    except (errors.MessageSizeTooLargeError, errors.RecordListTooLargeError) as error:
        raise RecordTooLarge(f"Kafka, {action}: {_text(error)}") from error
    except _REFUSED as error:
        raise NeverValid(f"Kafka refuses, {action}: {_text(error)}") from error
    except errors.KafkaError as error:
        raise BusUnavailable(f"Kafka, {action}: {_text(error)}") from error


def _text(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:_MESSAGE_LENGTH]
