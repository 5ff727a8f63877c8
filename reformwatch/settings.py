"""Every setting, read once from the environment (REFORMWATCH_…), a `.env` file and a secrets folder.

Unknown names and bad values stop the start and name themselves. Secrets print as ******.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from store.errors import NeverValid

PREFIX: Final = "REFORMWATCH_"
DOTENV: Final = Path(".env")
SECRETS_FOLDER: Final = Path("/run/secrets")


class Settings(BaseSettings):
    """Every default runs on a laptop with no services."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=DOTENV,
        env_ignore_empty=True,
        secrets_dir=SECRETS_FOLDER if SECRETS_FOLDER.is_dir() else None,
        frozen=True,
        # A .env may hold the variables of other programs; `load_settings` refuses unknown names that look like ours.
        extra="ignore",
        hide_input_in_errors=True,
    )

    data: Path = Field(Path("data"), description="Folder of the default database and event log.")
    database: SecretStr | None = Field(
        None, description="sqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST/NAME; default SQLite in `data`."
    )
    bus: str | None = Field(
        None, description="embedded:///PATH or kafka://HOST:PORT[,HOST:PORT]; default embedded in `data`."
    )
    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="Kafka security protocol."
    )
    kafka_ca_file: Path | None = Field(None, description="CA certificates that the Kafka brokers' are checked against.")
    kafka_cert_file: Path | None = Field(None, description="Client certificate for Kafka.")
    kafka_key_file: Path | None = Field(None, description="Key of the client certificate.")
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None = Field(
        None, description="SASL mechanism for Kafka."
    )
    kafka_username: str | None = Field(None, description="SASL user name.")
    kafka_password: SecretStr | None = Field(None, description="SASL password.")

    sources: Path | None = Field(
        None, description="Your sources.yml; default the registry that comes with the program."
    )
    contact: str = Field(
        "https://example.invalid/reformwatch",
        description="URL or e-mail address in the crawler's user agent, under which site owners reach you.",
    )
    delay_seconds: float = Field(2.0, ge=0, description="Least pause between two requests to one host.")
    revisit_seconds: Annotated[tuple[float, ...], NoDecode] = Field(
        (21_600.0, 172_800.0, 864_000.0),
        description="Comma-separated times after its first fetch at which a page is fetched again, to see corrections; "
        "empty: never.",
    )
    allowed_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (), description="Comma-separated private networks that may be connected to all the same; for tests and demos."
    )

    workers: int = Field(2, ge=1, le=64, description="Worker processes of one processor.")
    page_deadline_seconds: float = Field(10.0, gt=0, description="Longest time one page may take.")
    page_memory_mib: int = Field(1024, ge=128, description="Most memory one page may take, in MiB.")
    stop_after_failures: int = Field(20, ge=1, description="Failures in a row that stop a partition.")
    stop_share: float = Field(0.5, gt=0, le=1, description="Share of failures among the last 200 that stops it.")
    seeds: Path | None = Field(None, description="Folder of your own seed articles (*.txt), added to the five.")
    threshold: float | None = Field(None, gt=0, lt=1, description="Probability from which an article is a report.")

    webhook_url: SecretStr | None = Field(None, description="Where alerts are posted; default only to the log.")
    webhook_secret: SecretStr | None = Field(None, description="Signing secret, whsec_… as in Standard Webhooks.")
    alert_attempts: int = Field(10, ge=1, description="Attempts before a delivery counts as failed.")
    alert_on_backfill: bool = Field(False, description="Alert for back-filled and replayed pages too.")

    alert_published_within_days: int = Field(
        30, ge=0, description="Reports published longer ago do not alert: a new source lists its archive. 0: any age."
    )

    metrics_host: str = Field("127.0.0.1", description="Address that /metrics, /livez and /readyz are served on.")
    metrics_port: int = Field(9464, ge=0, le=65535, description="Their port; `run` uses the next ones too. 0: none.")
    log_format: Literal["auto", "json", "console"] = Field("auto", description="auto: console on a terminal.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")

    @field_validator("allowed_networks", "revisit_seconds", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @property
    def database_url(self) -> str:
        if self.database is not None:
            return self.database.get_secret_value()
        return f"sqlite:///{self.data / 'reformwatch.db'}"

    @property
    def bus_url(self) -> str:
        return self.bus or f"embedded:///{(self.data / 'bus.db').absolute()}"


def load_settings(**overrides: Any) -> Settings:
    """Raises `NeverValid` naming every setting that is unknown or has a bad value, without showing the value."""
    given = {*os.environ, *dotenv_values(DOTENV), *(PREFIX + name.upper() for name in overrides)}
    unknown = sorted(name for name in given if name.upper().startswith(PREFIX) and not _is_known(name))
    if unknown:
        raise NeverValid(f"unknown settings: {', '.join(unknown)}; `reformwatch config show` lists the known ones")
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise NeverValid(f"settings: {'; '.join(_complaints(error))}") from None


def _is_known(name: str) -> bool:
    return name.upper().removeprefix(PREFIX).lower() in Settings.model_fields


def _complaints(error: ValidationError) -> Sequence[str]:
    return [f"{PREFIX}{'.'.join(str(part) for part in item['loc']).upper()}: {item['msg']}" for item in error.errors()]
