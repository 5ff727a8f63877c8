"""What an operator decides about alerts. Read once at the start; a bad value stops the start and names itself."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Final, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, SecretStr, field_validator, model_validator

from store.addresses import Network

NAME_PATTERN: Final = r"^[a-z][a-z0-9_-]{0,31}$"
LOG_CHANNEL: Final = "log"
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - the public prefix of every secret, not a secret
MIN_SECRET_BYTES: Final = 24
MAX_SECRET_BYTES: Final = 64

# Inputs are hidden because the message of a refused value would otherwise print the secret beside it.
_STRICT: Final = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class WebhookSettings(BaseModel):
    """One endpoint that receives signed alerts."""

    model_config = _STRICT

    name: Annotated[str, Field(pattern=NAME_PATTERN)]
    """Names the channel in the ledger, the metrics and the log."""
    url: SecretStr
    """https://host/path. Kept secret, since many services put a token into it."""
    secrets: Annotated[tuple[SecretStr, ...], Field(min_length=1, max_length=2)]
    """whsec_ and base64 of 24 to 64 random bytes. With two, every request carries both signatures: for rotation."""

    @field_validator("url")
    @classmethod
    def _is_http_url(cls, value: SecretStr) -> SecretStr:
        parts = urlsplit(value.get_secret_value())
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.fragment:
            raise ValueError("a webhook URL must look like https://host/path, without user name or fragment")
        return value

    @property
    def is_plain_http(self) -> bool:
        return urlsplit(self.url.get_secret_value()).scheme == "http"

    @field_validator("secrets")
    @classmethod
    def _secrets_decode(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for secret in value:
            if not MIN_SECRET_BYTES <= len(_decoded(secret)) <= MAX_SECRET_BYTES:
                raise ValueError(f"a secret must decode to {MIN_SECRET_BYTES} to {MAX_SECRET_BYTES} bytes")
        return value


def _decoded(secret: SecretStr) -> bytes:
    text = secret.get_secret_value().removeprefix(SECRET_PREFIX)
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError(f"a secret must be {SECRET_PREFIX} followed by base64") from None


class AlertSettings(BaseModel):
    """Channels and how hard to try."""

    model_config = _STRICT

    log: bool = True
    """Whether each alert is also a line in the log: the channel that needs no set-up."""
    webhooks: tuple[WebhookSettings, ...] = ()
    allowed_networks: tuple[IPvAnyNetwork, ...] = ()
    """Private networks a webhook may live in. Empty: public addresses only."""
    allow_plain_http: bool = False
    """Whether http:// endpoints are accepted. The signature protects the content, nothing hides it."""
    max_attempts: Annotated[int, Field(ge=1, le=100)] = 12
    """Attempts before a delivery counts as failed; with the defaults they span about a day."""
    first_retry_seconds: Annotated[float, Field(gt=0)] = 5.0
    """Wait after the first failure; it trebles with every further one."""
    max_retry_seconds: Annotated[float, Field(gt=0)] = 6 * 3600.0
    max_pause_seconds: Annotated[float, Field(gt=0)] = 60.0
    """Longest rest of a channel whose deliveries fail in a row, so that a dead endpoint is probed, not hammered."""
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 10.0
    """For one whole request: connect, send and the answer's status line."""
    lease_seconds: Annotated[float, Field(gt=0)] = 120.0
    """After this long a delivery that a crashed process left in flight is sent again."""
    alert_on_backfill: bool = False
    alert_on_replay: bool = False
    alert_on_copies: bool = False
    """Whether a syndicated copy of a report that was announced before is announced again."""
    max_age_seconds: Annotated[float, Field(gt=0)] = 7 * 86_400.0
    """Pages fetched longer ago are not news: after a restore from a backup they are recorded as suppressed."""

    max_published_age_days: Annotated[int, Field(ge=0)] = 30
    """Reports published longer ago are not news: a source that was added lists its archive at first. 0: any age."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        names = [webhook.name for webhook in self.webhooks]
        if len({*names, LOG_CHANNEL}) != len(names) + 1:
            raise ValueError(f"webhook names must differ from each other and from {LOG_CHANNEL!r}")
        plain = [webhook.name for webhook in self.webhooks if webhook.is_plain_http]
        if plain and not self.allow_plain_http:
            raise ValueError(f"webhook {plain[0]!r} uses http://; use https:// or set allow_plain_http")
        if self.max_retry_seconds < self.first_retry_seconds:
            raise ValueError("max_retry_seconds must not be below first_retry_seconds")
        if self.webhooks and self.lease_seconds <= self.timeout_seconds:
            raise ValueError("lease_seconds must exceed timeout_seconds, or a slow delivery is sent twice")
        return self

    @property
    def networks(self) -> tuple[Network, ...]:
        return tuple(self.allowed_networks)
