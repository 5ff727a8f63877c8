"""The AsyncAPI document says what the code does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
import yaml

from processor.model import Pillar, PlaceLevel
from store.bus.base import Topic
from store.bus.kafka import topic_settings
from store.events import MAX_LINK_TEXT, PAGE_FETCHED_TYPE, PAGES, REPORT_FOUND_TYPE, REPORTS, FetchReason

DOCUMENT: Final[dict[str, Any]] = yaml.safe_load(
    resources.files("store").joinpath("asyncapi.yml").read_text(encoding="utf-8")
)
EXAMPLES: Final = Path(__file__).parents[1] / "examples"
MESSAGES: Final = DOCUMENT["components"]["messages"]


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def resolve(reference: str) -> Any:
    node: Any = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    return node


def conform(instance: object, schema: dict[str, Any]) -> None:
    whole = {**schema, "components": DOCUMENT["components"]}
    jsonschema.validate(
        instance,
        whole,
        cls=jsonschema.Draft202012Validator,
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )


def examples(kind: str) -> list[dict[str, Any]]:
    contents = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(EXAMPLES.glob("*.json"))]
    return [content["record"] for content in contents if content["kind"] == kind]


def test_every_reference_leads_somewhere() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    found = list(references(DOCUMENT))
    assert found
    for reference in found:
        assert resolve(reference)


@pytest.mark.parametrize(("channel", "topic"), [("pages", PAGES), ("reports", REPORTS)])
def test_the_topics_are_as_they_are_created(channel: str, topic: Topic) -> None:
    described = DOCUMENT["channels"][channel]
    binding = described["bindings"]["kafka"]
    created = {name: str(value) for name, value in binding["topicConfiguration"].items() if name != "cleanup.policy"}
    assert described["address"] == binding["topic"] == topic.name
    assert binding["partitions"] == topic.partitions
    assert created == {name: value for name, value in topic_settings(topic).items() if name in created}
    assert set(topic_settings(topic)) - set(created) == {"message.timestamp.type"}


@pytest.mark.parametrize(
    ("kind", "event_type"), [("PageFetched", PAGE_FETCHED_TYPE), ("ReportFound", REPORT_FOUND_TYPE)]
)
def test_the_headers_are_those_that_are_sent(kind: str, event_type: str) -> None:
    schema = MESSAGES[kind]["headers"]
    records = examples(kind)
    assert MESSAGES[kind]["name"] == schema["properties"]["ce_type"]["const"] == event_type
    assert set(schema["properties"]) == set.union(*(set(record["headers"]) for record in records))
    assert set(schema["required"]) == set.intersection(*(set(record["headers"]) for record in records))
    for record in records:
        conform(record["headers"], schema)


def test_the_payload_of_a_report_is_the_one_that_is_sent() -> None:
    schema = MESSAGES["ReportFound"]["payload"]
    payloads = [json.loads(record["value"]) for record in examples("ReportFound")]
    for payload in payloads:
        conform(payload, schema)
    assert set(schema["properties"]) == set.union(*map(set, payloads))
    assert set(schema["required"]) == set.intersection(*map(set, payloads))


@pytest.mark.parametrize("change", [{"score": 2}, {"reason": "x"}, {"place": {}}])
def test_the_schema_tells_wrong_payloads_apart(change: dict[str, object]) -> None:
    payload = json.loads(examples("ReportFound")[0]["value"]) | change
    with pytest.raises(jsonschema.ValidationError):
        conform(payload, MESSAGES["ReportFound"]["payload"])


def test_closed_lists_are_complete() -> None:
    payload = MESSAGES["ReportFound"]["payload"]["properties"]
    assert DOCUMENT["components"]["schemas"]["FetchReason"]["enum"] == list(FetchReason)
    assert payload["pillars"]["items"]["enum"] == list(Pillar)
    assert payload["place"]["oneOf"][1]["properties"]["level"]["enum"] == list(PlaceLevel)
    assert MESSAGES["PageFetched"]["headers"]["properties"]["ce_linktext"]["maxLength"] == MAX_LINK_TEXT
