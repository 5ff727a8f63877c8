"""Runs the pure pipeline over files or a stream of JSON lines, in the same killable workers as the service."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import IO, Any, Final

from processor.model import VIETNAM_TIME, Page, PlainText, Verdict
from processor.workers import PageWorkers, WorkerFailure
from reformwatch.verdict_json import verdict_json
from store.errors import NeverValid
from store.events import MAX_BODY_BYTES

IN_FLIGHT: Final = 16
MAX_LINE_BYTES: Final = 4 * MAX_BODY_BYTES
"""Largest line of a corpus: a page of the largest size, with room for JSON's escapes."""
TEXT_FIELDS: Final = ("url", "html", "text", "title", "published", "source")


def bounded_lines(stream: IO[bytes]) -> Iterator[bytes]:
    """The lines of a stream, each cut off after `MAX_LINE_BYTES + 1` bytes, so that no input can fill the memory."""
    while line := stream.readline(MAX_LINE_BYTES + 1):
        yield line
        while len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE_BYTES + 1)


def analyze_lines(lines: Iterable[bytes], workers: PageWorkers) -> Iterator[dict[str, Any]]:
    """One answer a line, in the order of the lines. A bad line gives an object with `error`, and the run goes on."""
    waiting: deque[_Job] = deque()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        waiting.append(_start(line, number, workers))
        if len(waiting) >= IN_FLIGHT:
            yield _finish(waiting.popleft(), workers)
    while waiting:
        yield _finish(waiting.popleft(), workers)


def analyze_one(item: Page | PlainText, workers: PageWorkers) -> Verdict:
    """Raises `NeverValid` when the page cannot be processed within its limits."""
    answer = workers.collect(workers.submit(item))
    if isinstance(answer, WorkerFailure):
        raise NeverValid(f"cannot be processed ({answer.reason}): {answer.detail}")
    return answer


@dataclass(slots=True)
class _Job:
    id: Any
    error: str | None = None
    future: Future[Verdict] | None = None


def _start(line: bytes, number: int, workers: PageWorkers) -> _Job:
    job = _Job(id=number)
    try:
        record = _record(line)
        job.id = record.get("id", number) if isinstance(record, dict) else number
        job.future = workers.submit(_item(record))
    except RecursionError:
        job.error = f"line {number}: nested too deeply"
    except (ValueError, NeverValid) as error:
        job.error = f"line {number}: {error}"
    return job


def _record(line: bytes) -> Any:
    if len(line) > MAX_LINE_BYTES:
        raise NeverValid(f"longer than {MAX_LINE_BYTES} bytes")
    return json.loads(line.decode("utf-8-sig"))


def _finish(job: _Job, workers: PageWorkers) -> dict[str, Any]:
    if job.future is None:
        return {"id": job.id, "error": job.error}
    answer = workers.collect(job.future)
    if isinstance(answer, WorkerFailure):
        return {"id": job.id, "outcome": "quarantined", "reason": answer.reason, "error": answer.detail}
    return {"id": job.id, **verdict_json(answer)}


def _item(record: Any) -> Page | PlainText:
    if not isinstance(record, dict):
        raise NeverValid(f"expected a JSON object, got {type(record).__name__}")
    for name in TEXT_FIELDS:
        if not isinstance(record.get(name, ""), str | None):
            raise NeverValid(f"field {name!r} must be a string, got {type(record[name]).__name__}")
    html, text = record.get("html"), record.get("text")
    published_at = parse_published(record["published"]) if record.get("published") else None
    if html is not None and text is not None:
        raise NeverValid("give either html or text, not both")
    if html is not None:
        body = html.encode("utf-8", "replace")
        if len(body) > MAX_BODY_BYTES:
            raise NeverValid(f"html is larger than {MAX_BODY_BYTES} bytes")
        return Page(
            url=record.get("url") or "about:blank",
            body=body,
            fetched_at=None,
            content_type="text/html",
            charset="utf-8",
            source_id=record.get("source"),
            link_text=record.get("title"),
            published_at=published_at,
        )
    if text is None and not record.get("title"):
        raise NeverValid("expected html, text or at least a title")
    return PlainText(
        text=text or "",
        title=record.get("title"),
        published_at=published_at,
        url=record.get("url"),
        source_id=record.get("source"),
    )


def parse_published(value: str) -> datetime:
    """An ISO date or time; without a zone it is Vietnam's. Raises `NeverValid`."""
    try:
        if len(value) == len("2021-01-31"):
            return datetime.combine(date.fromisoformat(value), time(), VIETNAM_TIME)
        parsed = datetime.fromisoformat(value)
    except ValueError:
        raise NeverValid(f"published must be an ISO date such as 2021-01-31, got {value!r}") from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=VIETNAM_TIME)
