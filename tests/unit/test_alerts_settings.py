"""Settings of the alerter: what they refuse, and that they never print a secret."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from pydantic import ValidationError

from alerts.settings import AlertSettings, WebhookSettings

SECRET = "whsec_" + base64.b64encode(b"marker-secret-of-32-bytes-length").decode()


def webhook(**changes: Any) -> WebhookSettings:
    return WebhookSettings(**{"name": "office", "url": "https://example.org/hook", "secrets": (SECRET,)} | changes)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"url": "ftp://example.org/"}, "must look like https://host/path"),
        ({"url": "https://user:pw@example.org/"}, "without user name"),
        ({"url": "https:///path"}, "must look like"),
        ({"name": "Office!"}, "pattern"),
        ({"secrets": ()}, "at least 1"),
        ({"secrets": ("whsec_c2hvcnQ=",)}, "24 to 64 bytes"),
        ({"secrets": ("whsec_!!!",)}, "base64"),
        ({"colour": "red"}, "Extra inputs"),
    ],
)
def test_a_webhook_that_cannot_be_right_is_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        webhook(**changes)


def test_plain_http_needs_consent() -> None:
    with pytest.raises(ValidationError, match="allow_plain_http"):
        AlertSettings(webhooks=(webhook(url="http://10.0.0.1/"),))
    assert AlertSettings(webhooks=(webhook(url="http://10.0.0.1/"),), allow_plain_http=True)


@pytest.mark.parametrize("names", [("a", "a"), ("log",)])
def test_channels_need_names_of_their_own(names: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError, match="must differ"):
        AlertSettings(webhooks=tuple(webhook(name=name) for name in names))


def test_a_lease_shorter_than_a_request_is_refused() -> None:
    with pytest.raises(ValidationError, match="sent twice"):
        AlertSettings(webhooks=(webhook(),), timeout_seconds=10, lease_seconds=5)


def test_no_secret_shows_in_the_settings_or_in_their_errors() -> None:
    settings = AlertSettings(webhooks=(webhook(url="https://example.org/token-4711"),))
    with pytest.raises(ValidationError) as refused:
        webhook(secrets=(SECRET, SECRET, SECRET))
    with pytest.raises(ValidationError) as misplaced:
        webhook(secrets=(SECRET + "!",))
    for text in (repr(settings), str(settings.model_dump()), str(refused.value), str(misplaced.value)):
        assert SECRET not in text
        assert SECRET.removeprefix("whsec_") not in text
        assert "token-4711" not in text
