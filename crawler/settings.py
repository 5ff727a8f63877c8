"""What an operator may set about the crawler. The composition root reads it from the environment, once."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from store.addresses import parse_networks
from store.errors import NeverValid

PRODUCT: Final = "Reformwatch"
"""The name that robots.txt files may address."""


def _rising(ages: tuple[float, ...]) -> tuple[float, ...]:
    if any(age <= before for before, age in pairwise((0.0, *ages))):
        raise ValueError(f"expected ages that rise from above 0, got {', '.join(f'{age:g}' for age in ages)}")
    return ages


def _checked_networks(texts: tuple[str, ...]) -> tuple[str, ...]:
    try:
        parse_networks(texts)
    except NeverValid as error:
        raise ValueError(str(error)) from error
    return texts


class CrawlerSettings(BaseModel):
    """Frozen; unknown names fail. Durations are seconds, sizes are bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    registry: Path = Path(__file__).with_name("sources.yml")
    """The file that names the sources."""
    contact: str = Field(default="https://github.com/reformwatch/reformwatch", min_length=3, max_length=200)
    """A web address or mailbox, sent in the user agent, where a site's operator can complain."""
    delay_seconds: float = Field(default=2.0, ge=0.0, le=3600)
    """Least pause between the end of one request to a host and the begin of the next."""
    timeout_seconds: float = Field(default=20.0, gt=0, le=120)
    """All the time one request may take, from resolving the name to the last byte."""
    max_body_bytes: int = Field(default=5 * 1024 * 1024, gt=0, le=5 * 1024 * 1024)
    """Largest body that is kept, before and after decompression."""
    max_header_bytes: int = Field(default=64 * 1024, ge=1024)
    """Largest head of a response; a longer one ends the connection."""
    concurrency: int = Field(default=16, ge=1, le=64)
    """Hosts that are asked at the same time; with `max_body_bytes` it bounds memory."""
    attempts: int = Field(default=5, ge=1)
    """Fetches of one page that may fail before it is given up as failed."""
    retry_seconds: float = Field(default=300.0, ge=0)
    """Wait before the second attempt; each further wait is four times as long."""
    revisit_seconds: Annotated[tuple[float, ...], AfterValidator(_rising)] = (6 * 3600.0, 2 * 86_400.0, 10 * 86_400.0)
    """How long after it was first fetched a page is fetched again, once for each: sites correct silently. A late visit
    puts off those after it. Empty: never."""
    host_pause_seconds: float = Field(default=60.0, ge=0)
    """How long to leave a host alone that is in trouble and names no time itself; doubles while the trouble lasts."""
    longest_wait_seconds: float = Field(default=86_400.0, gt=0)
    """No back-off, Retry-After or poll interval goes past this."""
    robots_seconds: float = Field(default=6 * 3600.0, gt=0, le=86_400)
    """How long a robots.txt is believed before it is read again."""
    allowed_networks: Annotated[tuple[str, ...], AfterValidator(_checked_networks)] = ()
    """Networks such as 127.0.0.0/8 that may be connected to although they are not public. For tests and the demo."""
    stop_seconds: float = Field(default=25.0, gt=0, le=30)
    """How long a stopping crawler may finish what is in flight."""
    recycle_pages: int = Field(default=5_000, ge=1)
    """Requests after which the crawl is torn down and begun anew, so that no state of the libraries can grow."""
    memory_limit_bytes: int = Field(default=400 * 1024 * 1024, gt=0)
    """Resident memory past which `run_crawler` ends, asking to be started again."""

    @property
    def user_agent(self) -> str:
        return f"{PRODUCT}/0.1 (+{self.contact})"
