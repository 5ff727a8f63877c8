from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformwatch import analyze
from reformwatch.analyze import bounded_lines, parse_published
from reformwatch.commands.shared import print_json
from store.errors import NeverValid


@given(st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b""))))
def test_short_lines_come_as_they_are(lines: list[bytes]) -> None:
    stream = io.BytesIO(b"".join(line + b"\n" for line in lines))
    assert list(bounded_lines(stream)) == [line + b"\n" for line in lines]


def test_a_line_that_is_too_long_is_cut_off_and_the_next_one_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyze, "MAX_LINE_BYTES", 10)
    stream = io.BytesIO(b"a" * 35 + b"\nbcd\n" + b"e" * 11)
    lines = list(bounded_lines(stream))
    assert [len(line) > 10 for line in lines] == [True, False, True]
    assert lines[1] == b"bcd\n"


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("2021-01-31", datetime(2021, 1, 30, 17, tzinfo=UTC)),
        ("2021-01-31T08:00", datetime(2021, 1, 31, 1, tzinfo=UTC)),
        ("2021-01-31T08:00:00Z", datetime(2021, 1, 31, 8, tzinfo=UTC)),
    ],
)
def test_a_date_without_a_zone_is_vietnams(printed: str, expected: datetime) -> None:
    found = parse_published(printed)
    assert found == expected
    assert found.utcoffset() in {timedelta(hours=7), timedelta(0)}


@pytest.mark.parametrize("printed", ["31/01/2020", "2021-02-30", "", "yesterday"])
def test_what_is_no_date_is_refused(printed: str) -> None:
    with pytest.raises(NeverValid, match="ISO date"):
        parse_published(printed)


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_any_text_is_printed_as_json_that_reads_back(text: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", stream)
        print_json(text)
    stream.seek(0)
    line = stream.read()
    assert line.count("\n") == 1
    assert json.loads(line) == text
