"""The composition root: the only place that turns settings into databases, buses, workers and services."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from alerts.settings import AlertSettings, WebhookSettings
from crawler.settings import CrawlerSettings
from processor.facts.lexicon import FactLexicon
from processor.facts.reference_tables import indicator_rows, official_rows
from processor.fuse import FuseLimits
from processor.pipeline import Pipeline, PipelineSettings
from processor.service import Processor, ProcessorSettings
from processor.workers import PageWorkers, WorkerLimits
from reformwatch.settings import PREFIX, Settings
from store import migrate, reference_data
from store.bus.base import Bus
from store.bus.open import KafkaSecurity, open_bus
from store.database import Database
from store.errors import NeverValid, TryLater
from store.events import TOPICS
from store.health import Health


@contextmanager
def opened_database(settings: Settings, *, checked: bool = True) -> Iterator[Database]:
    """Raises `SchemaMismatch` unless `checked` is off; `DatabaseUnavailable` when it is down."""
    database = Database(settings.database_url)
    if database.dialect == "sqlite" and database.url.database:
        _make_folder(Path(database.url.database).parent)
    try:
        if checked:
            migrate.check(database)
        yield database
    finally:
        database.close()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NeverValid(f"the folder {folder} cannot be made: {error.strerror}; set {PREFIX}DATA") from error


def upgrade_database(settings: Settings) -> str:
    """Migrate, and refresh what is known beforehand; returns the schema reached."""
    with opened_database(settings, checked=False) as database:
        revision = migrate.upgrade(database)
        reference_data.refresh(database, indicators=indicator_rows(FactLexicon.load()), official=official_rows())
    return revision


@contextmanager
def opened_bus(settings: Settings) -> Iterator[Bus]:
    bus = open_bus(settings.bus_url, security=kafka_security(settings))
    try:
        bus.create_topics(TOPICS)
        yield bus
    finally:
        bus.close()


def kafka_security(settings: Settings) -> KafkaSecurity:
    password = settings.kafka_password
    return KafkaSecurity(
        protocol=settings.kafka_security,
        ca_file=settings.kafka_ca_file,
        cert_file=settings.kafka_cert_file,
        key_file=settings.kafka_key_file,
        sasl_mechanism=settings.kafka_sasl_mechanism,
        username=settings.kafka_username,
        password=password.get_secret_value() if password else None,
    )


def pipeline_settings(settings: Settings) -> PipelineSettings:
    return PipelineSettings(seeds_folder=settings.seeds, threshold=settings.threshold)


def loaded_pipeline(settings: Settings) -> Pipeline:
    """The rules as every worker loads them: what is wrong with them stops the start, not the first page."""
    pipeline = Pipeline.load(pipeline_settings(settings))
    pipeline.warm_up()
    return pipeline


@contextmanager
def started_workers(settings: Settings, *, count: int | None = None) -> Iterator[PageWorkers]:
    """Check the rules with `loaded_pipeline` first: a worker that cannot load them is started again for ever."""
    limits = WorkerLimits(
        count=count or settings.workers,
        deadline_seconds=settings.page_deadline_seconds,
        memory_bytes=settings.page_memory_mib * 1024**2,
    )
    workers = PageWorkers(pipeline_settings(settings), limits)
    try:
        yield workers
    finally:
        workers.close()


@contextmanager
def built_processor(
    settings: Settings, database: Database, bus: Bus, health: Health | None = None
) -> Iterator[Processor]:
    rules_version = loaded_pipeline(settings).rules_version
    with started_workers(settings) as workers:
        yield Processor(
            database=database,
            bus=bus,
            workers=workers,
            settings=ProcessorSettings(
                rules_version=rules_version,
                in_flight=settings.workers * 2,
                fuse=FuseLimits(in_a_row=settings.stop_after_failures, share=settings.stop_share),
            ),
            health=health or Health(),
        )


def crawler_settings(settings: Settings) -> CrawlerSettings:
    optional = {"registry": settings.sources} if settings.sources else {}
    return CrawlerSettings(
        contact=settings.contact,
        delay_seconds=settings.delay_seconds,
        revisit_seconds=settings.revisit_seconds,
        allowed_networks=tuple(str(network) for network in settings.allowed_networks),
        **optional,
    )


def alert_settings(settings: Settings) -> AlertSettings:
    """Raises `NeverValid` naming what does not fit, without showing a secret."""
    webhooks: tuple[WebhookSettings, ...] = ()
    if (settings.webhook_url is None) != (settings.webhook_secret is None):
        raise NeverValid(f"set both {PREFIX}WEBHOOK_URL and {PREFIX}WEBHOOK_SECRET, or neither")
    try:
        if settings.webhook_url and settings.webhook_secret:
            secrets = (settings.webhook_secret,)
            webhooks = (WebhookSettings(name="webhook", url=settings.webhook_url, secrets=secrets),)
        return AlertSettings(
            webhooks=webhooks,
            allowed_networks=settings.allowed_networks,
            allow_plain_http=bool(settings.allowed_networks),
            max_attempts=settings.alert_attempts,
            max_published_age_days=settings.alert_published_within_days,
            alert_on_backfill=settings.alert_on_backfill,
            alert_on_replay=settings.alert_on_backfill,
        )
    except ValidationError as error:
        raise NeverValid(f"alerts: {'; '.join(item['msg'] for item in error.errors())}") from None


def database_check(database: Database) -> str | None:
    """For `/readyz`: what is wrong with the database, or None."""
    try:
        database.server_version()
    except TryLater as error:
        return str(error)
    return None


def secret_values(settings: Settings) -> tuple[str, ...]:
    """Every secret's text, for masking logs."""
    secrets = (settings.kafka_password, settings.webhook_secret, settings.webhook_url)
    values = [secret.get_secret_value() for secret in secrets if secret is not None]
    return (*values, *Database(settings.database_url).passwords())
