"""`reformwatch analyze`: pages, texts and whole corpora without bus or database."""

from __future__ import annotations

import json
import os
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.acceptance.command import ROOT, Ended, command, environment, reformwatch
from tests.parts import hostile, pages

BULK_LINES = 2_000
FAT_LINES = 250
FAT_BYTES = 2_000_000
MOST_MEMORY_BYTES = 400 * 1024**2
TEXT = "Tỉnh Long An đẩy mạnh cải cách hành chính.\nNăm 2020, tỷ lệ hồ sơ giải quyết đúng hạn của tỉnh đạt 98,5%."


def line(**fields: Any) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode()


def seed_lines() -> list[bytes]:
    seeds = sorted((ROOT / "seeds").glob("*.txt"))
    return [line(id=f"seed-{seed.name[:3]}", text=seed.read_text(encoding="utf-8")) for seed in seeds]


STRANGE: dict[str, tuple[bytes, Any, str]] = {
    # By name: the line, the id of its answer (None: the number of the line), and what the error says.
    "no JSON": (b"cai cach", None, "Expecting value"),
    "bytes that are no UTF-8": (b'{"id": "x", "text": "\xe9\xff"}', None, "utf-8"),
    "nested without end": (b"[" * 100_000, None, "nested too deeply"),
    "a number with 5,000 digits": (b'{"id": ' + b"1" * 5_000 + b"}", None, "digits"),
    "no object": (b'"text"', None, "expected a JSON object"),
    "a text that is no string": (line(id="list", text=["a"]), "list", "field 'text' must be a string"),
    "html and text": (line(id="both", text="a", html="b"), "both", "not both"),
    "nothing to judge": (line(id="none"), "none", "expected html, text or at least a title"),
    "a date as people write it": (line(id="date", text="a", published="31/01/2020"), "date", "2021-01-31"),
    "an id with half a letter": (b'{"id": "\\ud800"}', "\ud800", "expected html, text"),
    "more than a page can have": (b'{"id": 1, "text": "' + b"a" * 21_000_000 + b'"}', None, "longer than"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("analyze")


@pytest.fixture(scope="module")
def mixed(folder: Path) -> list[dict[str, Any]]:
    """Answers for the seeds, the strange lines, hostile pages, an empty line, and one more good line after all that."""
    lines = [*seed_lines(), *(content for content, _, _ in STRANGE.values())]
    lines += [
        line(id="hostile", html=hostile.attributes(100_000).decode(), url="https://a.vn/1"),
        line(id="empty", html="", url="https://a.vn/2"),
        b"",
        line(id="last", text=TEXT, published="2021-03-01", url="https://a.vn/3"),
    ]
    ended = reformwatch("analyze", "--jsonl", folder=folder, stdin=b"\n".join(lines))
    assert (ended.code, ended.errors) == (0, "")
    return [json.loads(answer) for answer in ended.output.splitlines()]


def test_answers_come_in_the_order_of_the_lines_and_bad_lines_end_nothing(mixed: list[dict[str, Any]]) -> None:
    given = [identity for _, identity, _ in STRANGE.values()]
    strange = [number + 6 if identity is None else identity for number, identity in enumerate(given)]
    expected = [*(f"seed-00{number}" for number in range(5)), *strange, "hostile", "empty", "last"]
    assert [answer["id"] for answer in mixed] == expected


def test_a_bad_line_says_its_number_and_what_was_expected(mixed: list[dict[str, Any]]) -> None:
    for number, (name, (_, _, message)) in enumerate(STRANGE.items()):
        answer = mixed[5 + number]
        assert set(answer) == {"id", "error"}, name
        assert answer["error"].startswith(f"line {number + 6}: "), name
        assert message in answer["error"], name


def test_the_seeds_are_reports(mixed: list[dict[str, Any]]) -> None:
    assert [answer["outcome"] for answer in mixed[:5]] == ["report"] * 5


def test_hostile_and_empty_pages_have_their_outcomes(mixed: list[dict[str, Any]]) -> None:
    assert {answer["id"]: answer["outcome"] for answer in mixed[-3:]} == {
        "hostile": "quarantined",
        "empty": "not_an_article",
        "last": "report",
    }


def test_facts_are_as_their_schema_says(mixed: list[dict[str, Any]]) -> None:
    schema = json.loads((files("processor") / "data" / "fact_schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    facts = [fact for answer in mixed for fact in answer.get("facts", ())]
    assert len(facts) > 10
    for fact in facts:
        validator.validate(fact)


def test_every_quote_stands_in_the_text_where_it_says(mixed: list[dict[str, Any]]) -> None:
    spans = 0
    for answer in mixed:
        for span in spans_in({name: answer.get(name) for name in ("pillars", "places", "references", "facts")}):
            assert answer["text"][span["start"] : span["end"]] == span["quote"]
            spans += 1
    assert spans > 50


def spans_in(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        own = [value] if {"start", "end", "quote"} <= set(value) else []
        return own + [span for item in value.values() for span in spans_in(item)]
    return [span for item in value for span in spans_in(item)] if isinstance(value, list) else []


def test_thousands_of_lines_stream_through_bounded_memory(folder: Path) -> None:
    with (folder / "bulk.jsonl").open("wb") as answers:
        process = subprocess.Popen(
            command(["analyze", "--jsonl"]),
            cwd=folder,
            env=environment(folder),
            stdin=subprocess.PIPE,
            stdout=answers,
        )
    assert process.stdin
    with process.stdin as stdin:
        for number in range(BULK_LINES):
            stdin.write(line(id=number, text=f"Bản tin số {number}. Đội bóng của tỉnh thắng trận mở màn.") + b"\n")
        for number in range(FAT_LINES):
            stdin.write(line(id=BULK_LINES + number, text=7, title="a" * FAT_BYTES) + b"\n")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    with (folder / "bulk.jsonl").open("rb") as written:
        assert [json.loads(answer)["id"] for answer in written] == list(range(BULK_LINES + FAT_LINES))
    assert usage.ru_maxrss * 1024 < MOST_MEMORY_BYTES


@pytest.fixture(scope="module")
def page(folder: Path) -> Ended:
    (folder / "page.html").write_text(pages.html(3), encoding="utf-8")
    arguments = ("analyze", "page.html", "--url", "https://a.vn/tin/3", "--published", "2021-05-06", "--json")
    return reformwatch(*arguments, folder=folder)


def test_a_page_is_judged_from_its_file(page: Ended) -> None:
    assert (page.code, page.errors) == (0, "")
    answer = page.json
    assert answer["outcome"] == "report"
    assert answer["title"] == "Đẩy mạnh cải cách hành chính 3"
    assert answer["published_at"] == "2021-05-06T00:00:00+07:00"
    assert answer["relevance"]["terms"]
    assert answer["relevance"]["seeds"]


def test_a_text_is_shown_to_people_with_its_facts(folder: Path) -> None:
    (folder / "text.txt").write_text(TEXT, encoding="utf-8")
    shown = reformwatch("analyze", "--text", "text.txt", folder=folder)
    assert shown.code == 0
    for expected in ("report", "Long An", "98.5", "Nearest seeds", "Deciding terms"):
        assert expected in shown.output


def test_a_reader_that_leaves_early_ends_the_run_quietly(folder: Path) -> None:
    lines = b"\n".join(line(id=number, text="a") for number in range(200))
    (folder / "many.jsonl").write_bytes(lines)
    shell = " ".join(command(["analyze", "--jsonl"])) + " < many.jsonl | head -n 1"
    done = subprocess.run(["sh", "-c", shell], cwd=folder, env=environment(folder), capture_output=True, check=False)
    assert json.loads(done.stdout)["id"] == 0
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "exactly one of FILE, --text FILE and --jsonl"),
        (("nowhere.html",), 3, "cannot read nowhere.html"),
        (("page.html", "--published", "yesterday"), 3, "ISO date"),
    ],
)
def test_wrong_usage_says_what_was_expected(
    folder: Path, page: Ended, arguments: tuple[str, ...], code: int, message: str
) -> None:
    ended = reformwatch("analyze", *arguments, folder=folder)
    assert ended.code == code
    assert message in ended.errors
    assert "Traceback" not in ended.errors


def test_seeds_that_cannot_be_read_are_named_at_once(folder: Path) -> None:
    (folder / "seeds").mkdir()
    (folder / "seeds" / "bad.txt").write_bytes(b"\xff\xfe")
    ended = reformwatch("analyze", "page.html", folder=folder, settings={"SEEDS": str(folder / "seeds")})
    assert ended.code == 3
    assert f"seeds folder {folder / 'seeds'}" in ended.errors
