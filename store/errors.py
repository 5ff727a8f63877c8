"""The two families of failure. Whatever belongs to neither should stop the process with a clear message."""

from __future__ import annotations


class TryLater(Exception):
    """A dependency cannot serve now; the same call may succeed later. Never a reason to quarantine anything."""


class NeverValid(Exception):
    """The input itself is wrong and stays wrong; the message says what was expected and what came."""


class DatabaseUnavailable(TryLater):
    """The database did not answer or broke the connection; the transaction did not commit."""


class SchemaMismatch(NeverValid):
    """The database's schema is not the one this program was built for."""


class BusUnavailable(TryLater):
    """The bus did not confirm within the deadline. The record may or may not be in the log."""


class RecordTooLarge(NeverValid):
    """The record exceeds the topic's limit and can never be appended."""


class EventRejected(NeverValid):
    """A record on the bus is not an event this program understands."""
