"""The wire form of both events is frozen: files written by an earlier version must be read and written alike."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from store.bus.base import Record
from store.errors import EventRejected
from store.events import (
    MAX_BODY_BYTES,
    FetchReason,
    PageFetched,
    ReportFound,
    ReportPlace,
    decode_page,
    decode_report,
    encode_page,
    encode_report,
    event_id,
    open_page,
)

EXAMPLES: Final = Path(__file__).parents[1] / "examples"
PAGES: Final = sorted(EXAMPLES.glob("page_fetched.v1.*.json"))
REPORTS: Final = sorted(EXAMPLES.glob("report_found.v1.*.json"))
# No surrogates: they are no text, and nothing that decodes a page lets them through.
TEXT: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
NAME: Final = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
ZONES: Final = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES: Final = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=ZONES)  # noqa: DTZ001


def example(path: Path) -> tuple[dict[str, Any], Record]:
    content = json.loads(path.read_text(encoding="utf-8"))
    wire = content["record"]
    value = base64.b64decode(wire["value_base64"]) if "value_base64" in wire else wire["value"].encode()
    headers = {name: text.encode() for name, text in wire["headers"].items()}
    return content["event"], Record(key=wire["key"], value=value, headers=headers)


def page_example(path: Path) -> tuple[PageFetched, Record]:
    fields, record = example(path)
    changed = {
        "fetched_at": datetime.fromisoformat(fields["fetched_at"]),
        "reason": FetchReason(fields["reason"]),
        "body": fields["body"].encode(),
    }
    return PageFetched(**fields | changed), record


def report_example(path: Path) -> tuple[ReportFound, Record]:
    fields, record = example(path)
    times = {
        name: datetime.fromisoformat(fields[name]) if fields[name] else None
        for name in ("published_at", "fetched_at", "found_at")
    }
    changed = {
        "reason": FetchReason(fields["reason"]),
        "pillars": tuple(fields["pillars"]),
        "place": ReportPlace(**fields["place"]) if fields["place"] else None,
    }
    return ReportFound(**fields | times | changed), record


def full_page() -> Record:
    return page_example(EXAMPLES / "page_fetched.v1.full.json")[1]


def full_report() -> Record:
    return report_example(EXAMPLES / "report_found.v1.full.json")[1]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_frozen_page_is_read_and_written_alike(path: Path) -> None:
    page, record = page_example(path)
    assert decode_page(record) == page
    encoded = encode_page(page)
    assert (encoded.key, encoded.headers) == (record.key, record.headers)
    # The bytes of zstd may differ between its versions, what they stand for may not.
    assert zstandard.decompress(encoded.value) == zstandard.decompress(record.value) == page.body


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_a_frozen_report_is_read_and_written_alike(path: Path) -> None:
    report, record = report_example(path)
    assert decode_report(record) == report
    assert encode_report(report) == record


@given(
    st.builds(
        PageFetched,
        url=NAME,
        final_url=NAME,
        status=st.integers(0, 999),
        content_type=st.none() | NAME,
        charset=st.none() | NAME,
        fetched_at=TIMES,
        source_id=NAME,
        reason=st.sampled_from(FetchReason),
        body=st.binary(max_size=100),
        link_text=st.none() | NAME,
        source_province=st.none() | NAME,
        linked_from=st.none() | NAME,
    )
)
def test_any_page_comes_back_as_it_was(page: PageFetched) -> None:
    record = encode_page(page)
    assert decode_page(record) == page
    assert event_id(record) == page.id
    sealed = open_page(replace(record, value=b"never unpacked"))
    assert (sealed.url, sealed.sha256, sealed.id) == (page.url, page.sha256, page.id)


@given(
    st.builds(
        ReportFound,
        report_id=NAME,
        version=st.integers(1, 10**6),
        content_hash=NAME,
        url=NAME,
        title=st.none() | TEXT,
        source_id=NAME,
        published_at=st.none() | TIMES,
        fetched_at=TIMES,
        found_at=TIMES,
        score=st.floats(0, 1),
        pillars=st.lists(NAME, max_size=3).map(tuple),
        place=st.none() | st.builds(ReportPlace, then=TEXT, level=NAME, province_now=st.none() | TEXT),
        reason=st.sampled_from(FetchReason),
        summary=TEXT,
        copy_of=st.none() | NAME,
        attachment_of=st.none() | NAME,
    )
)
def test_any_report_comes_back_as_it_was(report: ReportFound) -> None:
    assert decode_report(encode_report(report)) == report


def test_an_event_keeps_its_id_when_it_is_made_again_in_another_time_zone() -> None:
    page, _ = page_example(EXAMPLES / "page_fetched.v1.full.json")
    again = replace(page, fetched_at=page.fetched_at.astimezone(UTC))
    assert encode_page(again) == encode_page(page)
    assert replace(page, body=page.body + b" ").id != page.id


def test_a_long_link_text_is_cut() -> None:
    page, _ = page_example(EXAMPLES / "page_fetched.v1.full.json")
    assert decode_page(encode_page(replace(page, link_text="ấ" * 1000))).link_text == "ấ" * 300


REQUIRED_OF_A_PAGE: Final = [
    name
    for name in page_example(EXAMPLES / "page_fetched.v1.minimal.json")[1].headers
    # The value stands for itself, whatever its declared type.
    if name != "content-type"
]


@pytest.mark.parametrize("name", REQUIRED_OF_A_PAGE)
def test_a_page_without_a_required_attribute_is_refused(name: str) -> None:
    record = full_page()
    headers = {other: value for other, value in record.headers.items() if other != name}
    with pytest.raises(EventRejected):
        decode_page(replace(record, headers=headers))


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("ce_type", b"vn.reformwatch.page.fetched.v2", "expected an event of type"),
        ("ce_type", b"vn.reformwatch.report.found.v1", "expected an event of type"),
        ("ce_specversion", b"2.0", "."),
        ("ce_time", b"2026-03-04T05:06:07", "time"),
        ("ce_time", b"yesterday", "."),
        ("ce_status", b"-1", "status"),
        ("ce_status", b"ok", "status"),
        ("ce_reason", b"curiosity", "reason must be one of live, backfill, replay"),
        ("ce_sha256", b"0" * 64, "sha256"),
        ("ce_contentencoding", b"gzip", "zstd"),
        ("ce_url", b"", "url"),
        ("ce_url", b"\xff\xfe", "."),
    ],
)
def test_a_page_with_a_wrong_attribute_is_refused_with_the_reason(name: str, value: bytes, complaint: str) -> None:
    record = full_page()
    with pytest.raises(EventRejected, match=complaint):
        decode_page(replace(record, headers={**record.headers, name: value}))


@pytest.mark.parametrize("value", [b"", b"plain text", full_page().value[:-5]])
def test_a_page_with_a_broken_body_is_refused(value: bytes) -> None:
    with pytest.raises(EventRejected):
        decode_page(replace(full_page(), value=value))


def test_a_body_that_swells_beyond_the_limit_is_refused() -> None:
    bomb = zstandard.compress(bytes(MAX_BODY_BYTES + 1))
    with pytest.raises(EventRejected, match=f"more than {MAX_BODY_BYTES} bytes"):
        decode_page(replace(full_page(), value=bomb))


def test_attributes_added_later_are_ignored() -> None:
    record = full_page()
    assert decode_page(replace(record, headers={**record.headers, "ce_later": b"x"})) == decode_page(record)
    report = full_report()
    content = json.loads(report.value)
    content["later"] = content["place"]["later"] = "x"
    assert decode_report(replace(report, value=json.dumps(content).encode())) == decode_report(report)


@pytest.mark.parametrize("name", list(json.loads(full_report().value)))
def test_a_report_without_a_required_field_is_refused(name: str) -> None:
    record = full_report()
    content = {field: value for field, value in json.loads(record.value).items() if field != name}
    with pytest.raises(EventRejected):
        decode_report(replace(record, value=json.dumps(content).encode()))


@pytest.mark.parametrize("value", [b"", b"[]", b"null", b"\xff", b'{"place": 1}'])
def test_a_report_that_is_no_object_is_refused(value: bytes) -> None:
    with pytest.raises(EventRejected):
        decode_report(replace(full_report(), value=value))


@pytest.mark.parametrize("name", ["published_at", "fetched_at", "found_at"])
def test_a_report_with_a_naive_time_is_refused(name: str) -> None:
    record = full_report()
    content = json.loads(record.value) | {name: "2026-03-04T05:06:07"}
    with pytest.raises(EventRejected, match="time zone"):
        decode_report(replace(record, value=json.dumps(content).encode()))


def test_a_naive_time_cannot_even_become_an_event() -> None:
    page, _ = page_example(EXAMPLES / "page_fetched.v1.full.json")
    with pytest.raises(EventRejected, match="naive"):
        replace(page, fetched_at=datetime(2026, 3, 4))  # noqa: DTZ001 - the point of the test
