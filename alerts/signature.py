"""Standard Webhooks signatures: the receiver can tell who sent a message, that it is whole, and that it is recent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr
from standardwebhooks import Webhook, WebhookVerificationError

from store.errors import NeverValid


class SignatureRejected(NeverValid):
    """A message is not from the holder of the secret, was changed on its way, or is more than five minutes old."""


def sign(secrets: Sequence[SecretStr], *, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers; with two secrets both signatures stand in one header, and either verifies."""
    moment = at.astimezone(UTC)
    signatures = [Webhook(secret.get_secret_value()).sign(message_id, moment, body.decode()) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def verify(secret: SecretStr, *, headers: Mapping[str, str], body: bytes) -> Any:
    """The message, decoded from JSON. Raises `SignatureRejected`."""
    try:
        return Webhook(secret.get_secret_value()).verify(body, dict(headers))
    except (WebhookVerificationError, ValueError) as error:
        raise SignatureRejected(f"the webhook's signature is not acceptable: {error}") from error
