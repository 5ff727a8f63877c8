from __future__ import annotations

import pytest

from reformwatch.settings import load_settings
from store.errors import NeverValid


def test_defaults_need_no_service() -> None:
    settings = load_settings()
    assert settings.database_url == "sqlite:///data/reformwatch.db"
    assert settings.bus_url.startswith("embedded:///")


def test_an_unknown_setting_stops_the_start_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REFORMWATCH_DATABSE", "sqlite:///x.db")
    with pytest.raises(NeverValid, match="REFORMWATCH_DATABSE"):
        load_settings()


def test_a_bad_value_is_named_but_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REFORMWATCH_WORKERS", "hunter2")
    with pytest.raises(NeverValid, match="REFORMWATCH_WORKERS") as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)


def test_networks_are_read_from_a_list_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REFORMWATCH_ALLOWED_NETWORKS", "127.0.0.0/8, ::1/128")
    assert [str(network) for network in load_settings().allowed_networks] == ["127.0.0.0/8", "::1/128"]


def test_secrets_are_masked_in_print_and_dump(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REFORMWATCH_WEBHOOK_SECRET", "whsec_bWFya2Vy")
    monkeypatch.setenv("REFORMWATCH_DATABASE", "postgresql+psycopg://u:marker@h/d")
    settings = load_settings()
    shown = f"{settings!r} {settings} {settings.model_dump_json()}"
    assert "bWFya2Vy" not in shown
    assert "marker" not in shown
