"""The registry: every mistake in it stops the start and is named."""

from __future__ import annotations

from pathlib import Path

import pytest

import crawler
from crawler.registry import EntryKind, RegistryInvalid, load_registry, parse_registry
from crawler.watch import source_record

SOURCE = """
  - id: bao-a
    name: Báo A
    kind: newspaper
    home: https://bao-a.vn/
    province: Long An
    official: true
    entry_points:
      - feed: https://bao-a.vn/rss
    allowed_domains: [bao-a.vn]
    established: 2026-11-22
    evidence: seen
"""
REGISTRY = f"sources:{SOURCE}"


def refusal(text: str) -> str:
    with pytest.raises(RegistryInvalid) as caught:
        parse_registry(text, name="my.yml")
    return str(caught.value)


def test_the_registry_that_ships_is_valid_and_says_how_each_source_was_established() -> None:
    registry = load_registry(Path(crawler.__file__).with_name("sources.yml"))
    assert len(registry.enabled) >= 20
    assert all(source.evidence and source.established for source in registry.sources)


def test_a_minimal_source_is_read_with_the_documented_defaults() -> None:
    source = parse_registry(REGISTRY, name="my.yml").sources[0]
    assert (source.entry_points[0].kind, source.entry_points[0].url) == (EntryKind.FEED, "https://bao-a.vn/rss")
    assert source.verify_tls
    assert source.enabled
    assert source.delay_seconds is None
    assert source.selectors is None
    assert source.documents


def test_what_the_registry_says_of_documents_is_handed_to_those_who_find_them() -> None:
    told = source_record(parse_registry(REGISTRY + "    exclude: ['/noi-bo/']\n", name="my.yml").sources[0])
    assert told.documents == {"domains": ["bao-a.vn"], "exclude": ["/noi-bo/"]}
    off = parse_registry(REGISTRY + "    documents: false\n", name="my.yml").sources[0]
    assert source_record(off).documents is None


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("official: true", "official: true\n    colour: red", ["colour", "not permitted"]),
        ("official: true", "official: perhaps", ["official", "boolean", "'perhaps'"]),
        ("kind: newspaper", "kind: blog", ["kind", "'portal'", "'blog'"]),
        ("    name: Báo A\n", "", ["name", "required"]),
        ("https://bao-a.vn/rss", "ftp://bao-a.vn/rss", ["entry_points.0.feed", "http or https", "ftp://"]),
        ("https://bao-a.vn/rss", "https://other.vn/rss", ["https://other.vn/rss", "outside allowed_domains"]),
        ("- feed:", "- list:", ["entry_points.0", "link_selector or link_pattern"]),
        (
            "- feed: https://bao-a.vn/rss",
            "- {feed: https://bao-a.vn/rss, sitemap: https://bao-a.vn/s.xml}",
            ["exactly one", "feed, sitemap"],
        ),
        (
            "- feed: https://bao-a.vn/rss",
            "- {list: https://bao-a.vn/, link_pattern: '('}",
            ["entry_points.0.link_pattern", "regular expression", "'('"],
        ),
        (
            "- feed: https://bao-a.vn/rss",
            "- {list: https://bao-a.vn/, link_selector: 'a[['}",
            ["entry_points.0.link_selector", "CSS selector"],
        ),
        ("official: true", "official: true\n    selectors: {title: h1}", ["selectors.body", "required"]),
        (
            "official: true",
            "official: true\n    selectors: {title: h1, body: 'div::text'}",
            ["selectors.body", "not a CSS selector", "'div::text'"],
        ),
        ("allowed_domains: [bao-a.vn]", "allowed_domains: [Bao-A.vn]", ["allowed_domains.0", "lower case", "Bao-A.vn"]),
        ("established: 2026-11-22", "established: lately", ["established", "date", "'lately'"]),
    ],
)
def test_a_mistake_is_named_with_file_source_field_and_value(old: str, new: str, named: list[str]) -> None:
    message = refusal(REGISTRY.replace(old, new))
    assert message.startswith("my.yml: source 'bao-a' (number 1): ")
    for part in named:
        assert part in message


def test_every_mistake_is_named_at_once() -> None:
    message = refusal(REGISTRY.replace("official: true", "official: perhaps").replace("kind: newspaper", "kind: blog"))
    assert len(message.splitlines()) == 2


def test_an_id_is_used_once() -> None:
    assert "bao-a" in refusal(REGISTRY + SOURCE)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("sources: [", "not valid YAML"),
        ("- a\n- b", "expected a mapping"),
        ("sources: []", "at least 1 item"),
        (REGISTRY.replace("    name: Báo A\n", "    name: A\n    name: B\n"), "'name' is doubled"),
        ("sources: !!python/object/apply:os.system ['true']", "not valid YAML"),
    ],
)
def test_what_is_no_registry_is_refused(text: str, named: str) -> None:
    assert named in refusal(text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RegistryInvalid, match=r"absent\.yml: cannot be read"):
        load_registry(tmp_path / "absent.yml")
